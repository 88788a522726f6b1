// A plan and what was seen of a host in, the bodies that need not be looked at again out, and the last batches of the others.
import test from 'ava';
import type { Batch, Change, Live, Plan } from '../../src/model.js';
import { unread } from '../../src/observe.js';
import type { BodyState, HostState } from '../../src/state.js';
import { lastOf, reachesBeyond, untouched } from '../../src/touched.js';

const state = (name: string): BodyState => ({
  ...unread({ name, netns: name === 'host' ? null : `/run/netns/${name}` }),
  exists: true,
});

const names = ['host', 'a', 'b', 'c'];
const host: HostState = {
  topology: 't',
  bodies: new Map(names.map((name) => [name, state(name)])),
  ovs: null,
};

function removal(live: Partial<Live> & Pick<Live, 'id' | 'body'>): Change {
  const before = { kind: 'x', fields: {}, needs: [], diesWith: [], provides: [], ...live };
  return { action: 'remove', id: live.id, before, after: null, fields: [], reason: '', interrupts: 'gap' };
}

const seenAfter = (...changes: Change[]): string[] => [...untouched({ changes }, host).keys()];

test('the host is always looked at again, the rest only where something changes', (t) => {
  t.deepEqual(seenAfter(), ['a', 'b', 'c']);
  t.deepEqual(seenAfter(removal({ id: 'b/address/eth0/10.0.0.1', body: 'b' })), ['a', 'c']);
});

test('both ends of what goes are looked at', (t) => {
  const pair = removal({ id: 'a/veth/x', body: 'a', provides: ['a/device/x', 'c/device/y'] });
  t.deepEqual(seenAfter(pair), ['b']);
  const held = removal({ id: 'a/route/main/default', body: 'a', diesWith: ['b/netns'] });
  t.deepEqual(seenAfter(held), ['c']);
});

/** A plan of removals; each batch is `[body, ids of its changes]`. */
function planOf(changes: readonly Change[], ...waves: (readonly [string, ...string[]])[][]): Plan {
  const steps = changes.map(({ id }) => ({ id, phase: 'remove' as const, commands: [] }));
  const batch = ([body, ...ids]: readonly [string, ...string[]]): Batch => ({
    ...{ tool: 'ip', body, commands: ids.map((id) => ({ tool: 'ip', body, args: [id] })) },
    steps: ids.map((id) => steps.findIndex((step) => step.id === id)),
  });
  return { topology: 't', bodies: [], changes, steps, waves: waves.map((wave) => wave.map(batch)) };
}

const lastIn = (plan: Plan): string[][] =>
  [...lastOf(plan)].map(({ body, commands }) => [body, ...commands.flatMap(({ args }) => args)]);

test('the last batch of a body is the one after which no change names the body any more', (t) => {
  const address = removal({ id: 'a/address/x/10.0.0.1', body: 'a' });
  const route = removal({ id: 'a/route/main/default', body: 'a' });
  const pair = removal({ id: 'host/veth/x', body: 'host', provides: ['host/device/x', 'a/device/y'] });
  t.deepEqual(lastIn(planOf([address, route], [['a', address.id]], [['a', route.id]])), [['a', route.id]]);
  // What happens on the host afterwards takes something out of `a`.
  t.deepEqual(lastIn(planOf([address, pair], [['a', address.id]], [['host', pair.id]])), [['host', pair.id]]);
  t.deepEqual(lastIn(planOf([address, pair], [['host', pair.id]], [['a', address.id]])), [
    ['host', pair.id],
    ['a', address.id],
  ]);
});

test('of two batches side by side that name one body neither is the last', (t) => {
  const address = removal({ id: 'a/address/x/10.0.0.1', body: 'a' });
  const pair = removal({ id: 'host/veth/x', body: 'host', provides: ['host/device/x', 'a/device/y'] });
  const host = ['host', pair.id] as const;
  const inside = ['a', address.id] as const;
  t.deepEqual(lastIn(planOf([address, pair], [host, inside])), [[...host]]);
  t.deepEqual(lastIn(planOf([address, pair], [inside, host])), [[...host]]);
});

test('in a body where nothing was done, what ends in another one still counts', (t) => {
  const settled = new Map([
    ['a', state('a')],
    ['b', state('b')],
  ]);
  const reaches = (body: string, ...provides: string[]): boolean =>
    reachesBeyond(settled, { body, provides });
  t.false(reaches('a'));
  t.false(reaches('a', 'a/device/eth0', 'b/device/eth0'));
  t.true(reaches('a', 'a/device/eth0', 'c/device/eth0'));
  t.true(reaches('c', 'a/device/eth0'));
});
