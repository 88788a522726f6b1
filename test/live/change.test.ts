// A live topology becomes another one: what goes, what is replaced and what only moves; and the end is as if it had been made so.
import type { ExecutionContext } from 'ava';
import type { Feature } from '../support/features.js';
import { liveTest } from '../support/live-test.js';
import { openSandbox, type Sandbox } from '../support/sandbox.js';
import { changeLine, Session, type Document } from '../support/session.js';
import { changesSince, diffSnapshots, snapshot, type Snapshot } from '../support/snapshot.js';

const NIC = `ip link add nic0 type veth peer name far0; ip link set nic0 up; ip link set far0 up
  ip addr add 203.0.113.1/24 dev nic0`;

/** MAC addresses that the kernel and Open vSwitch choose by chance; a file's begin with 02:00:00. */
function withoutChance(state: Snapshot): Snapshot {
  const text = JSON.stringify(state).replace(
    /\b(?!02:00:00|00:00|ff:ff)[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g,
    'a MAC',
  );
  return JSON.parse(text, (key, value: unknown) =>
    key === 'fdb' ? (value as unknown[]).map((entry) => JSON.stringify(entry)).sort() : value,
  ) as Snapshot;
}

class Subject {
  readonly box: Sandbox;
  readonly session: Session;

  private constructor(box: Sandbox) {
    this.box = box;
    this.session = new Session(box);
  }

  static async open(t: ExecutionContext): Promise<Subject> {
    const box = await openSandbox();
    t.teardown(() => box.close());
    await box.sh(NIC);
    return new Subject(box);
  }

  async lines(topology: Document): Promise<string[]> {
    return (await this.session.plan(topology)).map(changeLine);
  }

  async state(): Promise<Snapshot> {
    return withoutChance(await snapshot(this.box));
  }
}

/** Each of the lines is one of a plan's, or its beginning. */
function holds(
  t: ExecutionContext,
  plan: readonly string[],
  expected: readonly string[],
  when: string,
): void {
  for (const line of expected) {
    const isThere = plan.some((one) => one === line || one.startsWith(`${line} `));
    t.true(isThere, `${when}: ${line}\nis not in\n${plan.join('\n')}`);
  }
}

type Section = Readonly<Record<string, unknown>>;

/** Two namespaces on a bridge of each type, a tunnel with an address, and routes, neighbours and settings that hang on all that. */
const BASE = {
  version: 1,
  name: 'lab',
  interfaces: { nic0: { routes: [{ to: '198.51.100.0/24', via: '203.0.113.9' }] } } as Section,
  namespaces: { ns1: {}, ns2: {} } as Section,
  bridges: {
    br0: {
      type: 'linux',
      addresses: ['10.1.0.1/24', 'fd01::1/64'],
      routes: [{ to: '10.8.0.0/16', via: '10.1.0.8' }],
    },
    ovs0: { type: 'ovs', addresses: ['10.2.0.1/24'] },
  } as Section,
  veths: {
    v0: {
      bridge: 'br0',
      peer: {
        namespace: 'ns1',
        name: 'eth0',
        addresses: ['10.1.0.2/24', 'fd01::2/64'],
        routes: [
          { to: 'default', via: '10.1.0.1' },
          { to: 'default', via: 'fd01::1' },
        ],
        neighbours: [{ to: '10.1.0.7', macaddress: '02:00:00:00:00:07' }],
        sysctls: { 'ipv4.rp_filter': 2 },
      },
    },
    v1: {
      bridge: 'ovs0',
      tag: 10,
      peer: { namespace: 'ns2', name: 'eth0', addresses: ['10.2.0.2/24'] },
    },
  } as Section,
  tunnels: {
    vx: {
      mode: 'vxlan',
      id: 7,
      local: '127.0.0.1',
      remote: '127.0.0.2',
      addresses: ['10.7.0.1/24'],
      routes: [{ to: '10.70.0.0/16', via: '10.7.0.9' }],
    },
  } as Section,
  nat: [{ masquerade: { source: '10.1.0.0/24', out: 'nic0' } }] as unknown[],
};

const v0 = BASE.veths['v0'] as { readonly peer: Section };
const v1 = BASE.veths['v1'] as Section;
const br0 = BASE.bridges['br0'] as Section;
const ovs0 = BASE.bridges['ovs0'] as Section;
const vx = BASE.tunnels['vx'] as Section;
const without = (section: Section, key: string): Section =>
  Object.fromEntries(Object.entries(section).filter(([name]) => name !== key));

/** What becomes of the base, and lines that its plan must hold. */
const CHANGES: readonly (readonly [title: string, topology: Document, ...plan: string[]])[] = [
  [
    'an entry that is removed',
    { ...BASE, veths: without(BASE.veths, 'v1'), tunnels: {}, nat: [] },
    '- host/veth/v1',
    '- host/port/v1',
    '- ns2/address/eth0/10.2.0.2',
    '- host/tunnel/vx',
    '- host/route/main/10.70.0.0/16',
    '- host/nat',
  ],
  [
    'parts of a link that are removed',
    {
      ...BASE,
      interfaces: { nic0: {} },
      veths: {
        ...BASE.veths,
        v0: { ...v0, peer: { namespace: 'ns1', name: 'eth0', addresses: ['10.1.0.2/24'] } },
      },
    },
    '- host/route/main/198.51.100.0/24',
    '- ns1/address/eth0/fd01::2',
    '- ns1/route/main/default',
    '- ns1/route/main/::/0',
    '- ns1/neighbour/eth0/10.1.0.7',
  ],
  [
    'a tunnel of another id',
    { ...BASE, tunnels: { vx: { ...vx, id: 8 } } },
    '± host/tunnel/vx id',
    '± host/link/vx',
    '± host/address/vx/10.7.0.1',
    '± host/route/main/10.70.0.0/16',
  ],
  [
    'a veth whose other end gets another name',
    { ...BASE, veths: { ...BASE.veths, v0: { ...v0, peer: { ...v0.peer, name: 'eth9' } } } },
    '± host/veth/v0 peer',
    '± host/port/v0',
    '- ns1/address/eth0/10.1.0.2',
    '+ ns1/address/eth9/10.1.0.2',
    '+ ns1/neighbour/eth9/10.1.0.7',
  ],
  [
    'a veth whose other end moves',
    {
      ...BASE,
      veths: { ...BASE.veths, v0: { ...v0, peer: { ...v0.peer, namespace: 'ns2', name: 'eth1' } } },
    },
    '± host/veth/v0 peer',
    '± host/port/v0',
    '+ ns2/address/eth1/10.1.0.2',
    '+ ns2/route/main/default',
  ],
  [
    'a device of another name',
    { ...BASE, veths: { ...without(BASE.veths, 'v1'), v1: { ...v1, name: 'w1' } } },
    '- host/veth/v1',
    '+ host/veth/w1',
    '- host/port/v1',
    '+ host/port/w1',
    '± ns2/address/eth0/10.2.0.2',
  ],
  [
    'a Linux bridge that becomes one of Open vSwitch, and the other way round',
    {
      ...BASE,
      bridges: { br0: { ...br0, type: 'ovs' }, ovs0: { ...ovs0, type: 'linux' } },
      veths: { ...BASE.veths, v1: without(v1, 'tag') },
    },
    '± host/bridge/br0 type',
    '± host/bridge/ovs0 type',
    '± host/port/v0',
    '± host/port/v1',
    '± host/address/br0/10.1.0.1',
    '± host/route/main/10.8.0.0/16',
  ],
  [
    'a namespace that goes, and another that takes its links',
    {
      ...BASE,
      namespaces: { ns2: {}, ns3: {} },
      veths: { ...BASE.veths, v0: { ...v0, peer: { ...v0.peer, namespace: 'ns3' } } },
    },
    '- ns1/namespace',
    '+ ns3/namespace',
    '± host/veth/v0 peer',
    '± host/port/v0',
    '+ ns3/route/main/default',
  ],
  [
    'addresses of one network that follow each other',
    {
      ...BASE,
      veths: {
        ...BASE.veths,
        v0: { ...v0, peer: { ...v0.peer, addresses: ['10.1.0.3/24', '10.1.0.4/24', 'fd01::3/64'] } },
      },
    },
    '- ns1/address/eth0/10.1.0.2',
    '+ ns1/address/eth0/10.1.0.3',
    '+ ns1/address/eth0/10.1.0.4',
    '± ns1/route/main/default',
  ],
  [
    'an address with another prefix, and one that two links trade',
    {
      ...BASE,
      bridges: {
        br0: { ...br0, addresses: ['10.1.0.1/25', 'fd01::1/64'] },
        ovs0: { ...ovs0, addresses: ['10.7.0.1/24'] },
      },
      tunnels: { vx: { ...vx, addresses: ['10.2.0.1/24'], routes: [] } },
    },
    '± host/address/br0/10.1.0.1 prefix',
    '- host/address/vx/10.7.0.1',
    '+ host/address/ovs0/10.7.0.1',
  ],
];

const needs: readonly Feature[] = ['veth', 'bridge', 'vxlan', 'nat', 'ovs'];

for (const [title, topology, ...expected] of CHANGES) {
  liveTest(`changed as if made so: ${title}`, { needs, timeout: 120 }, async (t) => {
    const [changed, fresh] = await Promise.all([Subject.open(t), Subject.open(t)]);
    const empty = await snapshot(changed.box);
    await Promise.all([changed.session.apply(BASE), fresh.session.apply(topology)]);
    const base = await changed.state();

    holds(t, await changed.lines(topology), expected, title);
    await changed.session.apply(topology);
    t.deepEqual(await changed.lines(topology), []);
    t.deepEqual(diffSnapshots(await fresh.state(), await changed.state()), [], 'changed');

    await changed.session.apply(BASE);
    t.deepEqual(diffSnapshots(base, await changed.state()), [], 'changed back');
    await changed.session.destroy('lab');
    t.deepEqual(await changesSince(empty, changed.box), []);
  });
}

/** Where a port is and where it goes, and its plan: between bridges of one type it is changed in place. */
const MOVES = [
  ['linux', 'linux', '~ host/port/v0 bridge'],
  ['ovs', 'ovs', '~ host/port/v0 bridge'],
  ['linux', 'ovs', '± host/port/v0 bridge'],
  // Open vSwitch had it take in all frames.
  ['ovs', 'linux', '± host/port/v0 bridge', '~ host/link/v0 promiscuous'],
] as const;

for (const [from, to, ...expected] of MOVES) {
  liveTest(
    `a port that moves from a bridge of type ${from} to one of type ${to} is one move`,
    { needs: ['veth', 'bridge', 'ovs'], timeout: 60 },
    async (t) => {
      const subject = await Subject.open(t);
      const on = (bridge: string): Document => ({
        version: 1,
        name: 'lab',
        namespaces: { ns1: {} },
        bridges: { a: { type: from }, b: { type: to } },
        veths: { v0: { bridge, peer: { namespace: 'ns1', name: 'eth0', addresses: ['10.0.0.1/24'] } } },
      });
      await subject.session.apply(on('a'));
      const index = await subject.box.sh('cat /sys/class/net/v0/ifindex; ip -n ns1 -4 addr show dev eth0');
      const lines = await subject.lines(on('b'));
      holds(t, lines, expected, 'the plan');
      t.is(lines.length, expected.length, lines.join('\n'));
      await subject.session.apply(on('b'));
      t.deepEqual(await subject.lines(on('b')), []);
      t.is(
        await subject.box.sh('cat /sys/class/net/v0/ifindex; ip -n ns1 -4 addr show dev eth0'),
        index,
        'the veth is the one it was',
      );
      const bridge = await subject.box.sh(
        to === 'ovs'
          ? 'ovs-vsctl port-to-br v0'
          : "ip -o link show dev v0 | sed 's/.* master \\([ab]\\) .*/\\1/'",
      );
      t.is(bridge.trim(), 'b');
    },
  );
}

liveTest('renaming a topology is refused, with a hint', { needs, timeout: 60 }, async (t) => {
  const { box, session } = await Subject.open(t);
  await session.apply(BASE);
  const before = await snapshot(box);
  const text = JSON.stringify({ ...BASE, name: 'other' }, null, 1);
  for (const command of ['plan', 'apply']) {
    const { exitCode, stderr } = await session.run({
      ...{ command, argument: '/run/topology.yaml', text },
      options: { format: 'text' },
    });
    t.is(exitCode, 1);
    t.regex(stderr, /belong to topology `lab`/);
    t.regex(stderr, /if this topology was called `lab` before, call it so again: a name cannot be changed/);
  }
  t.deepEqual(await changesSince(before, box), []);
});

/** What somebody does to a live topology, and the lines of the plan that tell it. */
const DRIFT: readonly (readonly [title: string, script: string, ...plan: string[]])[] = [
  [
    'an address is deleted',
    'ip -n ns1 addr del 10.1.0.2/24 dev eth0',
    '+ ns1/address/eth0/10.1.0.2',
    '+ ns1/route/main/default',
  ],
  ['an address is added', 'ip addr add 10.99.0.1/24 dev br0', '- host/address/br0/10.99.0.1'],
  [
    'a link is set down',
    'ip -n ns1 link set eth0 down',
    '~ ns1/link/eth0 up',
    '+ ns1/route/main/default',
    '+ ns1/route/main/::/0',
  ],
  ['a port of an Open vSwitch bridge is deleted', 'ovs-vsctl del-port v1', '+ host/port/v1'],
  ['a port leaves a Linux bridge', 'ip link set v0 nomaster', '+ host/port/v0'],
  ['the tag of a port is changed', 'ovs-vsctl set Port v1 tag=99', '~ host/port/v1 tag'],
  ['a rule of nftables is removed', 'nft flush chain inet netplan-ovs-lab postrouting', '~ host/nat rules'],
  ['the table of nftables is deleted', 'nft delete table inet netplan-ovs-lab', '+ host/nat'],
  ['an MTU is changed', 'ip link set v0 mtu 1300', '~ host/link/v0 mtu'],
  [
    'routes are flushed',
    'ip -n ns1 route flush default; ip -n ns1 -6 route flush default',
    '+ ns1/route/main/default',
    '+ ns1/route/main/::/0',
  ],
  [
    'a setting is changed',
    'ip netns exec ns1 sysctl -qw net.ipv4.conf.eth0.rp_filter=1',
    '~ ns1/sysctl/net.ipv4.conf.eth0.rp_filter value',
  ],
  ['a neighbour is deleted', 'ip -n ns1 neigh del 10.1.0.7 dev eth0', '+ ns1/neighbour/eth0/10.1.0.7'],
  ['a veth is deleted', 'ip link del v0', '+ host/veth/v0', '+ host/port/v0', '+ ns1/address/eth0/10.1.0.2'],
  [
    'a veth of an Open vSwitch bridge is deleted',
    'ip link del v1',
    '+ host/veth/v1',
    '+ ns2/address/eth0/10.2.0.2',
  ],
  [
    'a bridge is deleted',
    'ip link del br0',
    '+ host/bridge/br0',
    '+ host/address/br0/10.1.0.1',
    '+ host/port/v0',
  ],
  ['an Open vSwitch bridge is deleted', 'ovs-vsctl del-br ovs0', '+ host/bridge/ovs0', '+ host/port/v1'],
  [
    'a tunnel is deleted',
    'ip link del vx',
    '+ host/tunnel/vx',
    '+ host/address/vx/10.7.0.1',
    '+ host/route/main/10.70.0.0/16',
  ],
  ['a namespace is deleted', 'ip netns del ns1', '+ ns1/namespace', '+ host/veth/v0'],
  ['a veth is renamed', 'ip link set v0 down; ip link set v0 name x0; ip link set x0 up', '+ host/veth/v0'],
];

liveTest('drift is shown by a plan and repaired by an apply', { needs, timeout: 300 }, async (t) => {
  const subject = await Subject.open(t);
  const { box, session } = subject;
  const empty = await snapshot(box);
  await session.apply(BASE);
  const made = await subject.state();
  for (const [title, script, ...expected] of DRIFT) {
    await box.sh(script);
    // The kernel ends a namespace's links some time after it has let go of its name.
    if (script.includes('netns del')) await box.sh('while [ -e /sys/class/net/v0 ]; do sleep 0.02; done');
    holds(t, await subject.lines(BASE), expected, title);
    await session.apply(BASE);
    t.deepEqual(await subject.lines(BASE), [], title);
    t.deepEqual(diffSnapshots(made, await subject.state()), [], title);
  }
  await box.sh('rm -rf /run/netplan-ovs');
  t.deepEqual(await subject.lines(BASE), [], 'without its record');
  await session.destroy('lab');
  t.deepEqual(await changesSince(empty, box), []);
});
