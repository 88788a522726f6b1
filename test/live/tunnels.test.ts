// Tunnels between two hosts: every mode over IPv4 and IPv6, as a port of a bridge with VLANs kept apart, and as a link with VLANs on it.
import type { ExecutionContext } from 'ava';
import type { Feature } from '../support/features.js';
import { liveTest } from '../support/live-test.js';
import { connect, openSandbox, type Sandbox, type SandboxWishes } from '../support/sandbox.js';
import { Session, type Document } from '../support/session.js';
import { changesSince, snapshot } from '../support/snapshot.js';

/** Number of a host, and that of the other one. */
type Side = 1 | 2;
type Underlay = 4 | 6;

const across = (side: Side): Side => (side === 1 ? 2 : 1);

/** A host's address on the cable. */
const outer = (underlay: Underlay, side: Side): string =>
  underlay === 4 ? `192.0.2.${side}` : `2001:db8::${side}`;
const onCable = (underlay: Underlay, side: Side): string =>
  `${outer(underlay, side)}/${underlay === 4 ? 24 : 64}`;

/** What tells a tunnel from others, beside its ends: gre calls it a key, and where packets are wrapped bare there is none. */
const identity = (mode: string) => {
  if (['ipip', 'sit', 'ip6tnl'].includes(mode)) return {};
  return { [mode.includes('gre') ? 'key' : 'id']: 7 };
};

const tunnel = (mode: string, underlay: Underlay, side: Side) => ({
  mode,
  ...identity(mode),
  // A geneve link of the kernel has no address of its own.
  ...(mode === 'geneve' ? {} : { local: outer(underlay, side) }),
  remote: outer(underlay, across(side)),
});

// ---- A trunk: the tunnel is a port that carries VLAN 10 and 20, but not 30. ----

/** All have addresses in one subnet, so that what answers shows which VLAN reaches what. */
const NAMESPACES = { red: 10, blue: 20, green: 30 };

const inner = (tag: number, side: Side): string => `10.0.${tag}.${side}`;
const inner6 = (tag: number, side: Side): string => `fd00::${tag}:${side}`;

function trunk(
  type: 'linux' | 'ovs',
  mode: string,
  underlay: Underlay,
  uplink: Uplink,
  side: Side,
): Document {
  const address = onCable(underlay, side);
  const phy = uplink === 'bridge';
  return {
    interfaces: { eth0: phy ? { bridge: 'br-phy' } : { addresses: [address] } },
    bridges: { br0: { type }, ...(phy ? { 'br-phy': { type, addresses: [address] } } : {}) },
    tunnels: { tun: { ...tunnel(mode, underlay, side), bridge: 'br0', trunks: [10, 20] } },
    namespaces: { red: {}, blue: {}, green: {} },
    veths: Object.fromEntries(
      Object.entries(NAMESPACES).map(([namespace, tag]) => [
        `v-${namespace}`,
        {
          bridge: 'br0',
          tag,
          peer: {
            namespace,
            name: 'eth0',
            mtu: 1400,
            addresses: [`${inner(tag, side)}/8`, `${inner6(tag, side)}/64`],
          },
        },
      ]),
    ),
    checks: [
      ping('red', inner(10, across(side))),
      ping('blue', inner(20, across(side))),
      ping('red', inner6(10, across(side))),
      ping('blue', inner6(20, across(side))),
      noPing('red', inner(20, across(side))),
      noPing('blue', inner(10, across(side))),
      noPing('red', inner6(20, across(side))),
      noPing('green', inner(30, across(side))),
    ],
  };
}

/** The userspace datapath sends tunnels out through a bridge only. */
type Uplink = 'bridge' | 'nic';

const ping = (from: string, to: string) => ({ ping: { from, to } });
const noPing = (from: string, to: string) => ({ 'no-ping': { from, to } });

const OVS_MODES = [
  ['gre', 4],
  ['vxlan', 4],
  ['vxlan', 6],
  ['geneve', 4],
  ['geneve', 6],
] as const;
for (const [mode, underlay] of OVS_MODES) {
  const title = `Open vSwitch: a trunk of VLANs through ${mode} over IPv${underlay}`;
  life(title, { needs: ['ovs'] }, {}, (side) => trunk('ovs', mode, underlay, 'bridge', side));
  life(
    `${title}, in the kernel’s datapath`,
    { needs: ['openvswitch'], again: true },
    { datapath: 'system' },
    (side) => trunk('ovs', mode, underlay, 'nic', side),
  );
}

const BRIDGED = [
  ['vxlan', 4],
  ['vxlan', 6],
  ['gretap', 4],
  ['ip6gretap', 6],
  ['geneve', 4],
  ['geneve', 6],
] as const;
/** A mode that goes over both is tried over IPv4 in every run. */
const isAgain = (mode: string, underlay: Underlay): boolean => underlay === 6 && !mode.startsWith('ip6');

for (const [mode, underlay] of BRIDGED) {
  life(
    `Linux: a trunk of VLANs through ${mode} over IPv${underlay}`,
    { needs: ['bridge', 'vlan-filtering', mode], again: isAgain(mode, underlay) },
    { ovs: false },
    (side) => trunk('linux', mode, underlay, 'nic', side),
  );
}

// ---- A link: addresses on the tunnel itself, and on VLANs that both ends have upon it. ----

const addresses = (net: number, side: Side): string[] => [
  `10.0.${net}.${side}/24`,
  `fd00:${net}::${side}/64`,
];
const pings = (net: number, side: Side) => [
  ping('host', `10.0.${net}.${across(side)}`),
  ping('host', `fd00:${net}::${across(side)}`),
];
const isIpv4 = (text: string): boolean => !text.includes(':');

/** `carries`: which of the addresses get through. */
function link(
  mode: string,
  underlay: Underlay,
  side: Side,
  words: object = {},
  carries = (_: string) => true,
) {
  const through = pings(1, side);
  return {
    interfaces: { eth0: { addresses: [onCable(underlay, side)] } },
    tunnels: { tun: { ...tunnel(mode, underlay, side), ...words, addresses: addresses(1, side) } },
    checks: [
      ping('host', outer(underlay, across(side))),
      ...through.filter(({ ping: { to } }) => carries(to)),
      ...through.filter(({ ping: { to } }) => !carries(to)).map(({ ping: { to } }) => noPing('host', to)),
    ],
  };
}

for (const [mode, underlay] of [
  ['vxlan', 4],
  ['vxlan', 6],
  ['gre', 4],
  ['sit', 4],
  ['ip6gre', 6],
  ['ip6tnl', 6],
] as const) {
  life(`Linux: packets through ${mode} over IPv${underlay}`, { needs: [mode] }, { ovs: false }, (side) =>
    link(mode, underlay, side),
  );
}

life('Linux: packets of IPv4 alone through ipip', { needs: ['ipip'] }, { ovs: false }, (side) =>
  link('ipip', 4, side, {}, isIpv4),
);
for (const [mode, underlay] of [
  ['sit', 4],
  ['ip6tnl', 6],
] as const) {
  for (const payload of ['ipv4', 'ipv6'])
    life(
      `Linux: packets of ${payload} alone through ${mode} with that payload`,
      { needs: [mode], again: payload === 'ipv6' },
      { ovs: false },
      (side) => link(mode, underlay, side, { payload }, (to) => isIpv4(to) === (payload === 'ipv4')),
    );
}

/** VLANs on a link, one of each id on both ends; id 30 is here alone, and 31 there, with addresses of one subnet. */
const vlansOn = (below: string, side: Side) => ({
  vlans: {
    v10: { link: below, id: 10, addresses: addresses(10, side) },
    v20: { link: below, id: 20, addresses: addresses(20, side) },
    v30: { link: below, id: 29 + side, addresses: addresses(30, side) },
  },
  checks: [...pings(10, side), ...pings(20, side), noPing('host', `10.0.30.${across(side)}`)],
});

life('Linux: VLANs on both ends of a cable', { needs: ['8021q'] }, { ovs: false }, (side) => ({
  interfaces: { eth0: {} },
  ...vlansOn('eth0', side),
}));
life(
  'Linux: customers’ VLANs within two of a provider’s',
  { needs: ['8021q', '8021ad'] },
  { ovs: false },
  (side) => ({
    interfaces: { eth0: {} },
    vlans: {
      s100: { link: 'eth0', id: 100, protocol: '802.1ad' },
      s200: { link: 'eth0', id: 200, protocol: '802.1ad' },
      // A frame with the same id in the other sort of tag is another one.
      c100: { link: 'eth0', id: 100, addresses: addresses(1, side) },
      v100: { link: 's100', id: 10, addresses: addresses(10, side) },
      v200: { link: 's200', id: 10, addresses: addresses(20, side) },
      // Within 100 on one side, and within 200 on the other.
      v30: { link: side === 1 ? 's100' : 's200', id: 30, addresses: addresses(30, side) },
    },
    checks: [
      ...pings(1, side),
      ...pings(10, side),
      ...pings(20, side),
      noPing('host', `10.0.30.${across(side)}`),
    ],
  }),
);
for (const [mode, underlay] of BRIDGED) {
  life(
    `Linux: VLANs on both ends of ${mode} over IPv${underlay}`,
    // That VLANs stand on a tunnel is shown with one; that the others carry frames with tags, as ports.
    { needs: ['8021q', mode], again: mode !== 'gretap' },
    { ovs: false },
    (side) => {
      const [below, above] = [link(mode, underlay, side), vlansOn('tun', side)];
      return { ...below, ...above, checks: [...below.checks, ...above.checks] };
    },
  );
}

// ---- What is done with each. ----

/** Two hosts, set up by the program itself: quiet when asked again, and as they were when it has gone. */
function life(
  title: string,
  { needs, again = false }: { readonly needs: readonly Feature[]; readonly again?: boolean },
  wishes: SandboxWishes,
  topologyOf: (side: Side) => Document,
): void {
  liveTest(title, { needs, timeout: 120, again }, async (t) => {
    const hosts = await wired(t, wishes);
    const before = await Promise.all(hosts.map((host) => snapshot(host)));
    const ends = hosts.map((host, index) => {
      const { checks, ...topology } = topologyOf((index + 1) as Side);
      const quiet = { version: 1, name: 'tunnels', ...topology };
      return { session: new Session(host), quiet, checked: { ...quiet, checks } };
    });

    // The other end has to be there before checks can pass.
    await Promise.all(ends.map(({ session, quiet }) => session.apply(quiet)));
    await Promise.all(ends.map(({ session, checked }) => session.apply(checked)));
    for (const { session, checked } of ends) t.deepEqual(await session.plan(checked), []);
    await Promise.all(ends.map(({ session }) => session.destroy('tunnels')));
    for (const [i, host] of hosts.entries()) t.deepEqual(await changesSince(before[i]!, host), []);
  });
}

async function wired(t: ExecutionContext, wishes: SandboxWishes): Promise<Sandbox[]> {
  const first = await openSandbox(wishes);
  t.teardown(() => first.close());
  const second = await openSandbox({ ...wishes, beside: first });
  t.teardown(() => second.close());
  await connect(first, second, 'eth0', 'eth0');
  return [first, second];
}
