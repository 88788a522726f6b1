// What plans, outcomes and problems look like, to the letter: recorded plans in, the texts under expected/ out.
import test from 'ava';
import type { Applied } from '../../src/apply.js';
import type { CheckResult } from '../../src/check.js';
import { Refusal, ToolError } from '../../src/errors.js';
import type { Obstacle } from '../../src/diff.js';
import type { StepFailure } from '../../src/execute.js';
import { HOST, type Live } from '../../src/model.js';
import type { Owned } from '../../src/owned.js';
import { checksText } from '../../src/render/checks.js';
import { errorText } from '../../src/render/error.js';
import { appliedText } from '../../src/render/failure.js';
import { jsonText, planJson } from '../../src/render/json.js';
import { obstaclesText } from '../../src/render/obstacles.js';
import { outcomeJson } from '../../src/render/outcome.js';
import { ownedJson, ownedText } from '../../src/render/owned.js';
import { paint, plain } from '../../src/render/paint.js';
import { planScript } from '../../src/render/script.js';
import { planText } from '../../src/render/text.js';
import type { Survey } from '../../src/survey.js';
import { golden, recordedPlan } from '../support/golden.js';

const create = recordedPlan('create');
const change = recordedPlan('change');
const remove = recordedPlan('remove');

for (const recorded of ['create', 'change', 'nothing', 'remove'] as const) {
  const { plan, origin } = recordedPlan(recorded);
  test(`a plan as text: ${recorded}`, (t) => golden(t, `${recorded}.txt`, planText(plan, origin.file, plain)));
  test(`a plan as JSON: ${recorded}`, (t) =>
    golden(t, `${recorded}.json`, jsonText(planJson(plan, [], origin))));
  test(`a plan as a script: ${recorded}`, (t) => golden(t, `${recorded}.sh`, planScript(plan, origin)));
}

test('a plan in colours', (t) =>
  golden(t, 'change.ansi', planText(change.plan, change.origin.file, paint(true, 100))));

test('a plan on a narrow and on a wide terminal', (t) => {
  golden(t, 'change-60.txt', planText(change.plan, change.origin.file, paint(false, 40)));
  golden(t, 'change-140.txt', planText(change.plan, change.origin.file, paint(false, 500)));
});

test('a plan of destroy by name knows no file', (t) => {
  t.true(planText(remove.plan, null).startsWith('Changes to office, in the order in which they are done:\n'));
});

const wanted = (id: string) => create.plan.changes.find((each) => each.id === id)!.after!;
const foreign = (id: string, kind: string, fields: Live['fields'] = {}): Live => ({
  ...{ id, kind, body: HOST, fields, needs: [], diesWith: [], provides: [] },
});

test('obstacles: each says who holds the name and what to do, one other topology once', (t) => {
  const ids = ['host/veth/v-desk', 'host/veth/v-lab', 'desk/netns'].filter((id) =>
    create.plan.changes.some((each) => each.id === id),
  );
  const obstacles: readonly Obstacle[] = [
    ...ids.map((id) => ({
      ...{ reason: 'taken' as const, desired: wanted(id), owner: 'yesterday' },
      holder: foreign(id, 'veth'),
    })),
    {
      reason: 'taken',
      desired: wanted('host/bridge/br0'),
      holder: foreign('host/bridge/br0', 'linux-bridge'),
      owner: null,
    },
    {
      reason: 'missing',
      desired: { ...wanted('host/veth/v-store'), id: 'host/interface/eth7', kind: 'interface' },
    },
    {
      reason: 'occupied',
      desired: wanted('host/bridge/br-old'),
      holder: foreign('host/interface/eth9', 'interface'),
    },
    {
      reason: 'beside',
      desired: { ...wanted('host/veth/v-store'), id: 'host/ipvlan/ip0', kind: 'ipvlan', provides: ['host/upon/eth0/l2'] },
      holder: foreign('host/ipvlan/ip9', 'ipvlan'),
    },
    { reason: 'nowhere', desired: wanted('desk/address/eth0/10.0.0.1'), words: '/proc/71/ns/net' },
  ];
  golden(t, 'obstacles.txt', obstaclesText(obstacles, create.origin));
  golden(t, 'obstacles.json', jsonText(planJson({ ...create.plan, steps: [], waves: [] }, obstacles, create.origin)));
});

const failureOf = (id: string): StepFailure => {
  const step = create.plan.steps.find((each) => each.id === id)!;
  const [command] = step.commands;
  const message = 'RTNETLINK answers: File exists\nand a second line of it';
  return { step, command: command!, netns: command!.body === HOST ? null : `/run/netns/${command!.body}`, message };
};

const NOTHING_WRONG = { failure: null, unproven: [], obstacles: [], missed: [], trouble: null, isRefused: false, left: [] };

const inTheWay: Obstacle = {
  reason: 'occupied',
  desired: { ...create.plan.changes[0]!.after!, id: 'host/bridge/br-old', kind: 'linux-bridge', at: null },
  holder: { ...create.plan.changes[0]!.after!, id: 'host/interface/eth9', kind: 'interface', fields: {}, owner: null },
};

const outcomes: Readonly<Record<string, Applied>> = {
  done: { ...NOTHING_WRONG, status: 'done' },
  restored: { ...NOTHING_WRONG, status: 'restored', failure: failureOf('desk/address/eth0/10.0.0.1') },
  broken: {
    ...NOTHING_WRONG,
    status: 'broken',
    failure: failureOf('host/veth/v-lab'),
    trouble: failureOf('host/veth/v-desk'),
    left: remove.plan.changes.slice(0, 2),
  },
  blind: {
    ...NOTHING_WRONG,
    status: 'broken',
    trouble: new ToolError('no answer within 60 s', { argv: ['ovs-vsctl', 'list', 'Bridge'], netns: null }),
  },
  missed: {
    ...NOTHING_WRONG,
    status: 'broken',
    failure: failureOf('host/veth/v-lab'),
    missed: [inTheWay],
    left: remove.plan.changes.slice(0, 1),
  },
  occupied: { ...NOTHING_WRONG, status: 'restored', obstacles: [inTheWay] },
  refused: { ...NOTHING_WRONG, status: 'restored', isRefused: true },
  unproven: { ...NOTHING_WRONG, status: 'restored', unproven: create.plan.changes.slice(-2) },
};

const checks: readonly CheckResult[] = create.checks.flatMap((check) => [
  { check, passed: true, detail: 'answered in 0.04 ms', elapsedMs: 12 },
  { check: { ...check, kind: 'no-tcp', from: HOST, port: 80 }, passed: false, detail: 'connected', elapsedMs: 3 },
]);

for (const [name, applied] of Object.entries(outcomes)) {
  test(`an outcome as text: ${name}`, (t) =>
    golden(t, `outcome-${name}.txt`, appliedText(applied, create.plan, create.origin)));
  test(`an outcome as JSON: ${name}`, (t) => {
    const survey = { plan: { ...create.plan, changes: [], steps: [], waves: [] }, obstacles: [] };
    const json = outcomeJson(survey as unknown as Survey, applied, checks, create.origin);
    golden(t, `outcome-${name}.json`, json);
  });
}

test('checks: a line each, with the place of those that failed', (t) => {
  golden(t, 'checks.txt', checksText(checks, create.origin));
  t.is(checksText([], create.origin), 'There are no checks.\n');
});

test('what topologies own', (t) => {
  const resources = create.plan.changes.flatMap(({ after }): Live[] => (after === null ? [] : [after]));
  const all: readonly Owned[] = [
    {
      topology: 'office',
      resources: resources.filter(({ kind }) => kind !== 'sysctl').slice(0, 12),
      adopted: [{ id: 'host/sysctl/net.ipv4.ip_forward', before: { value: '0' } }],
    },
  ];
  golden(t, 'owned.txt', ownedText(all));
  golden(t, 'owned.json', ownedJson(all));
  t.is(ownedText([]), 'Nothing on this host was made by netplan-ovs.\n');
});

test('errors: what people can mend, what a tool said, and a bug', (t) => {
  const process = { argv: ['ip', '-j', 'link'], netns: '/run/netns/desk' } as const;
  const errors: readonly unknown[] = [
    new Refusal('the plan is old', { hint: 'make it again' }),
    new ToolError('exit status 1', process, 'Cannot open network namespace "desk": Permission denied\n'),
    Object.assign(new Error("EACCES: permission denied, mkdir '/run/netplan-ovs'"), {
      code: 'EACCES',
      path: '/run/netplan-ovs',
    }),
    Object.assign(new Error("ENOSPC: no space left on device, write"), { code: 'ENOSPC' }),
  ];
  golden(t, 'errors.txt', errors.map((error) => errorText(error)).join('\n'));
  t.regex(errorText(new TypeError('x is not a function')), /^error: this is a bug in netplan-ovs; .*\nTypeError: x is/);
});

test('nothing that a terminal would obey gets through', (t) => {
  const evil = '\x1b[2J\u202e';
  const { plan, origin } = create;
  const changes = plan.changes.map((each) => ({
    ...each,
    reason: 'x',
    fields: [{ field: 'peer', after: evil }],
  }));
  const text = planText({ ...plan, changes }, origin.file, plain) + errorText(new Refusal(evil));
  t.false(text.includes('\x1b') || text.includes('\u202e'));
  t.true(text.includes('\\x1b[2J\\u202e'));
});
