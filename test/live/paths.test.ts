// Wherever a host comes from, it ends where the file says: random pairs of topologies, one applied over the other, then each alone.
import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import { load } from '../../src/load/index.js';
import { needsOf } from '../support/examples.js';
import { kernelHas } from '../support/features.js';
import { liveTest } from '../support/live-test.js';
import { openSandbox, type Sandbox } from '../support/sandbox.js';
import { Session, type Document } from '../support/session.js';
import { changesSince, snapshot, type Snapshot } from '../support/snapshot.js';

/** How many pairs; more of them find more: `PATHS=2000 SEED=7`. An emulated processor takes long for each. */
const pairs = Number(process.env['PATHS'] ?? (process.env['LAB_GUEST'] === '1' ? 16 : 200));
/** One and the same, so that no change is blamed for what it did not do; `SEED=$RANDOM` looks further. */
const seed = Number(process.env['SEED'] ?? 4);

/** Hosts side by side, each with its share. */
const HOSTS = 4;

for (let host = 0; host < HOSTS; host += 1) {
  const share = Math.ceil(pairs / HOSTS);
  liveTest(
    `a topology over another is the same as that topology alone (${share} pairs, seed ${seed + host})`,
    { needs: ['veth', 'bridge', 'vxlan', 'nat', 'ovs', 'macvlan', 'tap', 'ifb'], timeout: 120 },
    (t) => paired(t, share, seed + host),
  );
}

async function paired(t: ExecutionContext, share: number, from: number): Promise<void> {
  const box = await openSandbox({});
  t.teardown(() => box.close());
  await box.sh('ip link add nic0 type veth peer name nic0p; ip link set nic0 up; ip link set nic0p up');
  // As long as it has a bridge, Open vSwitch keeps the device of its userspace datapath, whose MAC address is random.
  await box.ovs('add-br', 'keeper', '--', 'set', 'Bridge', 'keeper', 'datapath_type=netdev');
  const session = new Session(box);
  const empty = await snapshot(box);
  const topologies = fc.sample(topology(), { numRuns: howMany(share), seed: from });
  const alone: Snapshot[] = [];
  for (const each of topologies) {
    await session.apply(each);
    alone.push(await snapshot(box));
    await session.destroy('paths');
    await same(empty, box, `destroyed: ${JSON.stringify(each)}`);
    t.pass(); // and the next one has its own time
  }
  let last: number | null = null;
  const to = async (next: number): Promise<void> => {
    if (last === next) return;
    await session.apply(topologies[next] ?? {});
    const when = `from ${JSON.stringify(topologies[last ?? -1] ?? {})}\nto ${JSON.stringify(topologies[next])}`;
    await same(alone[next] ?? empty, box, when);
    last = next;
  };
  for (const [i, [a, b]] of couples(topologies.length, share, from).entries()) {
    for (const next of [a, b, a]) await to(next);
    t.pass();
    if (i % 10 < 9) continue;
    await session.destroy('paths');
    await same(empty, box, `destroyed after pair ${i}`);
    last = null;
  }
}

/** So many that they make more pairs than are tried. */
const howMany = (share: number): number => Math.ceil((1 + Math.sqrt(1 + 8 * share)) / 2) + 1;

/** Some of all pairs among so many, those of one after the other. */
function couples(count: number, share: number, from: number): (readonly [number, number])[] {
  const all = Array.from({ length: count }, (_, a) =>
    Array.from({ length: count - a - 1 }, (__, i) => [a, a + 1 + i] as const),
  ).flat();
  const some = fc.shuffledSubarray(all, { minLength: share, maxLength: share });
  return (fc.sample(some, { numRuns: 1, seed: from })[0] ?? []).sort(([a], [b]) => a - b);
}

async function same(expected: Snapshot, box: Sandbox, when: string): Promise<void> {
  const changes = await changesSince(expected, box, {}, isChosenByKernel);
  if (changes.length > 0) throw new Error(`${when}:\n${changes.join('\n')}`);
}

/** A bridge numbers its ports as they join it (find_portno() in net/bridge/br_if.c), and spanning trees speak of them by these numbers. */
const isChosenByKernel = (line: string): boolean =>
  /^~ namespaces \S+ links \S+ linkinfo info_slave_data (id|no|designated_port): /.test(line);

type Fields = Record<string, unknown>;

/** A file that the loader takes; the names are few, so that two files share many of them. */
function topology(): fc.Arbitrary<Document> {
  return fc
    .record({
      version: fc.constant(1),
      name: fc.constant('paths'),
      interfaces: fc.constantFrom<Fields>(
        {},
        { nic0: {} },
        { nic0: { mtu: 1400, addresses: ['198.51.100.9/24'] } },
      ),
      bridges: named(['bra', 'brb'], bridge),
      namespaces: named(['n1', 'n2'], namespace),
      veths: named(['w0', 'w1', 'w2'], veth),
      vlans: named(['v0', 'v1'], vlan),
      tunnels: named(['t0', 't1'], tunnel),
      patches: named(['p0'], () =>
        fc.record({
          bridge: fc.constant('bra'),
          peer: fc.record({ bridge: fc.constant('brb'), name: fc.constantFrom('p0b', 'p0c') }),
        }),
      ),
      macvlans: named(['m0'], macvlan),
      taps: named(['k0'], tap),
      ifbs: named(['f0'], ifb),
      rules: fc.subarray([
        { from: '10.1.0.0/24', table: 100, priority: 500 },
        { from: 'fd00:1::/64', table: 100, priority: 500 },
        { to: '192.0.2.0/24', type: 'blackhole', priority: 600 },
        { iif: 'nic0', mark: 16, table: 101, priority: 700 },
      ]),
      neighbours: fc.subarray([
        { to: '198.51.100.10', macaddress: '02:00:00:00:09:01', link: 'nic0' },
        { to: '198.51.100.11', macaddress: '02:00:00:00:09:02', link: 'nic0' },
        { to: '198.51.100.12', proxy: true, link: 'nic0' },
      ]),
      nat: fc.subarray([
        { masquerade: { source: '10.1.0.0/16', out: 'nic0' } },
        { masquerade: { source: 'fd00:1::/64', out: 'nic0' } },
        { dnat: { in: 'nic0', protocol: 'tcp', port: 8080, to: '10.1.0.2:80' } },
      ]),
      sysctls: fc
        .subarray(['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding'])
        .map((names) => Object.fromEntries(names.map((name) => [name, 1]))),
    })
    .map(({ tunnels, ...document }) => ({
      ...document,
      interfaces: { nic0: {}, ...document.interfaces },
      tunnels: Object.fromEntries(
        Object.entries(tunnels).map(([key, fields]) => [
          key,
          document.bridges[String(fields?.['bridge'])]?.['type'] === 'ovs'
            ? fields
            : { ...fields, macaddress: `02:00:00:04:0${key.slice(1)}:00` }, // a link of the kernel
        ]),
      ),
    }))
    .map((document) => JSON.stringify(document))
    .filter((text) => needsOf([text]).every(kernelHas) && load(text, 'paths.yaml').topology !== null)
    .map((text) => JSON.parse(text) as Document);
}

/** Some of the names, each with an entry. */
const named = (names: readonly string[], entry: (name: string, index: number) => fc.Arbitrary<Fields>) =>
  fc
    .tuple(fc.subarray([...names]), ...names.map((name, index) => entry(name, index)))
    .map(([chosen, ...entries]) =>
      Object.fromEntries(chosen.map((name) => [name, entries[names.indexOf(name)]])),
    );

const maybe = <Value>(...values: Value[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });

/** Without the fields that are undefined: JSON has none. */
const entry = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Fields> =>
  fc.record(fields).map((value) => JSON.parse(JSON.stringify(value)) as Fields);

/** Random MAC addresses would differ from one making to the next. */
const mac = (kind: number, index: number, end: number) =>
  fc.constantFrom(0, 1).map((n) => `02:00:00:0${kind}:${index}${end}:0${n}`);

const bridge = (_: string, index: number) =>
  entry({
    type: fc.constantFrom('linux', 'ovs'),
    macaddress: mac(1, index, 0),
    addresses: maybe(
      [`10.1.${index}.1/24`],
      [`10.1.${index}.1/24`, `fd00:1:${index}::1/64`],
      [`10.1.${index}.7/25`],
    ),
    mtu: maybe(1300, 1400),
    up: maybe(true, true, false),
    description: maybe('plain', `it's "odd"; $(x) \\`),
    flows: maybe(
      [{ actions: 'normal' }],
      [
        { match: 'ip,nw_dst=192.0.2.1', actions: 'drop', priority: 7 },
        { actions: 'normal', priority: 1 },
      ],
    ),
    'fail-mode': maybe('secure', 'standalone'),
    stp: maybe(true),
  }).map(({ flows, 'fail-mode': failMode, ...rest }) =>
    rest['type'] === 'ovs'
      ? {
          ...rest,
          ...(flows === undefined ? {} : { flows }),
          ...(failMode === undefined ? {} : { 'fail-mode': failMode }),
        }
      : rest,
  );

/** With an MTU: without one it keeps that of its link as it was when the macvlan was made. */
const macvlan = () =>
  entry({
    mtu: fc.constantFrom(1280, 1300),
    link: fc.constantFrom('nic0', 'w0'),
    mode: fc.constantFrom('bridge', 'private', 'vepa'),
    macaddress: mac(5, 0, 0),
    addresses: maybe(['10.3.0.1/24']),
  });

const tap = () =>
  entry({
    mode: fc.constant('tap'),
    bridge: maybe('bra', 'brb'),
    macaddress: mac(6, 0, 0),
    'multi-queue': maybe(true),
    mtu: maybe(1300),
  });

const ifb = () => entry({ macaddress: mac(7, 0, 0), mtu: maybe(1300), up: maybe(false) });

const namespace = (_: string, index: number) =>
  entry({
    sysctls: maybe({ 'net.ipv4.ip_forward': 1 }, { 'net.ipv6.conf.default.accept_ra': 0 }),
    routes: maybe([{ to: `192.0.2.${index}/32`, type: 'blackhole' }]),
  });

const veth = (_: string, index: number) =>
  entry({
    bridge: maybe('bra', 'brb'),
    macaddress: mac(2, index, 0),
    tag: maybe(10, 20),
    mtu: maybe(1300, 1400),
    isolated: maybe(true),
    description: maybe('one', 'two'),
    peer: entry({
      namespace: maybe('n1', 'n2'),
      name: fc.constantFrom(`e${index}`, `e${index}x`),
      macaddress: mac(2, index, 1),
      mtu: maybe(1300),
      addresses: maybe([`10.1.0.${index + 2}/24`], [`10.1.1.${index + 2}/24`, `fd00:1:1::${index + 2}/64`]),
      routes: maybe(
        [{ to: 'default', via: '10.1.0.1' }],
        [{ to: '203.0.113.0/24', via: '10.1.1.1', metric: 50 + index }],
      ),
    }),
  });

const vlan = (_: string, index: number) =>
  entry({
    link: fc.constantFrom('bra', 'brb'),
    id: fc.constantFrom(10, 20),
    macaddress: mac(3, index, 0),
    addresses: maybe([`10.2.${index}.1/24`]),
    mtu: maybe(1300),
  });

const tunnel = (_: string, index: number) =>
  entry({
    mode: fc.constant('vxlan'),
    bridge: maybe('bra', 'brb'),
    id: fc.constantFrom(100 + index, 200 + index),
    local: maybe('198.51.100.9'),
    remote: fc.constantFrom('198.51.100.10', '198.51.100.11'),
    port: fc.constantFrom(4789 + index, 14789 + index),
    tag: maybe(10),
    ttl: maybe(9),
  });
