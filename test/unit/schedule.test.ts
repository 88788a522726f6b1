import test from 'ava';
import type { Step, ToolName } from '../../src/model.js';
import { schedule, type Edge } from '../../src/schedule.js';

const step = (id: string, tool?: ToolName, body = 'host'): Step => ({
  id,
  phase: 'make',
  commands: tool === undefined ? [] : [{ tool, body, args: [id] }],
});

/** The waves as text: `tool body: id id | tool body: id`. */
const show = (steps: readonly Step[], edges: readonly Edge[], wishes: readonly Edge[] = []): string[] =>
  schedule(steps, edges, wishes).map((wave) =>
    wave
      .map(({ tool, body, commands }) => `${tool} ${body}: ${commands.map(({ args }) => args[0]).join(' ')}`)
      .join(' | '),
  );

test('independent steps of one tool in one namespace are one batch', (t) => {
  t.deepEqual(show([step('a', 'ip'), step('b', 'ip'), step('c', 'ip')], []), ['ip host: a b c']);
});

test('a step waits for what it needs, in the same batch', (t) => {
  t.deepEqual(show([step('b', 'ip'), step('a', 'ip')], [[1, 0]]), ['ip host: a b']);
});

test('namespaces are filled side by side once the host has done its part', (t) => {
  const steps = [step('a', 'ip'), step('x', 'ip', 'ns1'), step('y', 'ip', 'ns2')];
  t.deepEqual(
    show(steps, [
      [0, 1],
      [0, 2],
    ]),
    ['ip host: a', 'ip ns1: x | ip ns2: y'],
  );
});

test('Open vSwitch gets one transaction although its bridge could come before its ports’ devices', (t) => {
  const steps = [step('bridge', 'ovs'), step('veth', 'ip'), step('port', 'ovs'), step('address', 'ip')];
  const edges = [
    [0, 2],
    [1, 2],
    [0, 3],
  ] as const;
  t.deepEqual(show(steps, edges), ['ip host: veth', 'ovs host: bridge port', 'ip host: address']);
});

test('steps without commands pass the order on', (t) => {
  const steps = [step('a', 'ip'), step('nothing'), step('b', 'ip', 'ns1')];
  t.deepEqual(
    show(steps, [
      [0, 1],
      [1, 2],
    ]),
    ['ip host: a', 'ip ns1: b'],
  );
});

test('steps that wait for each other are named', (t) => {
  const error = t.throws(() =>
    schedule(
      [step('a', 'ip'), step('b', 'ip')],
      [
        [0, 1],
        [1, 0],
      ],
    ),
  );
  t.regex(error.message, /wait for each other: make a, make b/);
});

test('steps are done once each, in an order that breaks no edge', (t) => {
  const count = 2000;
  const steps = Array.from({ length: count }, (_, i) =>
    step(String(i), i % 7 === 0 ? undefined : i % 5 === 0 ? 'ovs' : 'ip', `ns${String(i % 11)}`),
  );
  const edges = steps.flatMap((_, i) =>
    [i * 2 + 1, i * 3 + 2].filter((to) => to < count).map((to) => [i, to] as const),
  );
  const position = new Map<number, number>();
  for (const batch of schedule(steps, edges).flat())
    for (const done of batch.steps) position.set(done, position.size);
  t.is(position.size, steps.filter(({ commands }) => commands.length > 0).length);
  for (const [from, to] of edges) {
    const [before, after] = [position.get(from), position.get(to)];
    if (before !== undefined && after !== undefined) t.true(before < after);
  }
});

test('a wish is kept, even if a batch has to be cut in two for it', (t) => {
  const steps = [step('pair', 'ip'), step('port-up', 'ip'), step('end-up', 'ip', 'ns1')];
  const edges = [
    [0, 1],
    [0, 2],
  ] as const;
  t.deepEqual(show(steps, edges), ['ip host: pair port-up', 'ip ns1: end-up']);
  t.deepEqual(show(steps, edges, [[2, 1]]), ['ip host: pair', 'ip ns1: end-up', 'ip host: port-up']);
});

test('wishes that wait for each other, or for what waits for them, are given up', (t) => {
  const steps = [step('a', 'ip'), step('b', 'ip', 'ns1'), step('c', 'ip', 'ns2'), step('d', 'ip')];
  const circle = [
    [0, 1],
    [1, 0],
  ] as const;
  t.deepEqual(show(steps.slice(0, 2), [], circle), ['ip host: a | ip ns1: b']);
  t.deepEqual(show(steps.slice(0, 2), [[0, 1]], circle), ['ip host: a', 'ip ns1: b']);
  const chain = [
    [0, 1],
    [1, 2],
  ] as const;
  // What can still be kept without the wish that cannot is done first: d.
  t.deepEqual(show(steps, chain, [[2, 0]]), ['ip host: d', 'ip host: a', 'ip ns1: b', 'ip ns2: c']);
});
