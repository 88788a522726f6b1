// What a plan's text tells and what it leaves out: changes as data in, lines out.
import test from 'ava';
import type { Change, Desired, FieldChange, Live } from '../../../src/model.js';
import { folded } from '../../../src/render/fold.js';
import { plain } from '../../../src/render/paint.js';
import { shownFields } from '../../../src/render/shown-fields.js';
import { planText } from '../../../src/render/text.js';

const resource = (id: string, kind: string, rest: Partial<Desired> = {}): Desired => ({
  ...{ id, kind, body: 'host', fields: {}, needs: [], diesWith: [], provides: [] },
  ...{ ownership: 'owned', at: null },
  ...rest,
});

const created = (after: Desired): Change => ({
  ...{ action: 'create', id: after.id, before: null, after, reason: '', interrupts: 'none' },
  fields: Object.entries(after.fields).map(([field, value]) => ({ field, after: value })),
});

const removed = (before: Live): Change => ({
  ...{ action: 'remove', id: before.id, before, after: null, fields: [], reason: '', interrupts: 'gap' },
});

const names = (fields: readonly FieldChange[]): string[] => fields.map(({ field }) => field);

test('what is made is told without empty values, defaults and what is usual for its kind', (t) => {
  const port = {
    bridge: 'br0',
    tag: 10,
    trunks: [],
    'native-tag': null,
    'vlan-mode': 'access',
    isolated: false,
  };
  t.deepEqual(names(shownFields(created(resource('host/port/v0', 'ovs-port', { fields: port })))), [
    'bridge',
    'tag',
  ]);
  const link = { up: true, mtu: 1500, description: '', txqueuelen: 1000, promiscuous: false };
  t.deepEqual(shownFields(created(resource('host/link/v0', 'link', { fields: link }))), []);
  const other = { ...link, up: false, mtu: 9000, description: 'to the lab' };
  t.deepEqual(names(shownFields(created(resource('host/link/v0', 'link', { fields: other })))), [
    'up',
    'mtu',
    'description',
  ]);
});

test('what changes is told even when it becomes empty or the default; what follows from it is not', (t) => {
  const before = resource('host/port/v0', 'ovs-port', { fields: { tag: 10, 'vlan-mode': 'access' } });
  const after = resource('host/port/v0', 'ovs-port', { fields: { tag: null, 'vlan-mode': 'trunk' } });
  const fields = [
    { field: 'tag', before: 10, after: null },
    { field: 'vlan-mode', before: 'access', after: 'trunk' },
  ];
  const change: Change = {
    action: 'update',
    id: after.id,
    before,
    after,
    fields,
    reason: '',
    interrupts: 'none',
  };
  t.deepEqual(names(shownFields(change)), ['tag']);
  const mode = { field: 'vlan-mode', before: 'access', after: 'dot1q-tunnel' };
  t.deepEqual(names(shownFields({ ...change, fields: [mode] })), ['vlan-mode']);
});

test('a new link that is up and nothing more is told with what makes it; a bridge is told by itself', (t) => {
  const namespace = resource('ns1/namespace', 'namespace', { provides: ['ns1/netns'] });
  const bridge = resource('ns1/bridge/br0', 'linux-bridge', {
    ...{ diesWith: ['ns1/netns'], provides: ['ns1/device/br0'] },
  });
  const link = resource('ns1/link/br0', 'link', { ownership: 'part', diesWith: ['ns1/device/br0'] });
  const { hidden, of } = folded([namespace, bridge, link].map(created));
  t.deepEqual([...hidden], ['ns1/link/br0']);
  t.is(of('ns1/bridge/br0'), '(and link:ns1/br0)');
  t.is(of('ns1/namespace'), '');
});

test('what goes with something that goes is counted there, through any number of steps', (t) => {
  const live = (id: string, kind: string, rest: Partial<Live> = {}): Live => resource(id, kind, rest);
  const { hidden, of } = folded(
    [
      live('ns1/namespace', 'namespace', { provides: ['ns1/netns'] }),
      live('ns1/link/eth0', 'link', { diesWith: ['ns1/netns'] }),
      live('ns1/address/eth0/10.0.0.1', 'address', { diesWith: ['ns1/link/eth0'] }),
      live('ns1/address/eth0/10.0.0.2', 'address', { diesWith: ['ns1/link/eth0'] }),
    ].map(removed),
  );
  t.is(hidden.size, 3);
  t.is(of('ns1/namespace'), 'with it: 1 link, 2 addresses');
});

test('things that die with each other are both told, not lost', (t) => {
  const pair = [
    resource('host/veth/a', 'veth', { diesWith: ['host/veth/b'] }),
    resource('host/veth/b', 'veth', { diesWith: ['host/veth/a'] }),
  ];
  const { hidden } = folded(pair.map(removed));
  t.true(hidden.size < 2);
});

test('a replacement says why, in the kernel’s terms, and what it interrupts', (t) => {
  const before = resource('host/tunnel/vx0', 'tunnel', { fields: { mode: 'vxlan', id: 10 } });
  const after = resource('host/tunnel/vx0', 'tunnel', { fields: { mode: 'vxlan', id: 20 } });
  const change: Change = {
    ...{ action: 'replace', id: after.id, before, after, interrupts: 'gap' },
    fields: [{ field: 'id', before: 10, after: 20 }],
    reason: 'id cannot change in place',
  };
  const text = planText(
    { topology: 'lab', bodies: [], changes: [change], steps: [], waves: [] },
    'lab.yaml',
    plain,
  );
  t.regex(text, /± tunnel:vx0 {2}id 10 → 20 \(id cannot change in place: the kernel refuses it\) \[gap\]\n/);
  t.regex(text, /\[gap\] traffic through it stops until it is there again\n/);
  t.regex(text, /Plan: 0 to create, 0 to change, 1 to replace, 0 to remove\.\n$/);
});

test('no line is wider than the terminal, as long as no word is', (t) => {
  const value = Array.from({ length: 40 }, (_, i) => `key${String(i)}`);
  const fields = Object.fromEntries(value.map((name) => [name, 'value']));
  const change = created(resource('host/veth/v0', 'veth', { fields }));
  const plan = { topology: 'lab', bodies: [], changes: [change], steps: [], waves: [] };
  for (const columns of [60, 80, 140]) {
    const lines = planText(plan, null, { ...plain, columns }).split('\n');
    t.true(lines.length > 5);
    t.true(lines.every((line) => line.length <= columns + 1));
  }
});
