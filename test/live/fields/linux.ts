// Rows for what the kernel makes: namespaces, bridges, veth pairs and VLANs.
import type { Row, Table } from './table.js';

const version = { version: 1, name: 'fields' };
/** So that a link that is made anew has the address that it had. */
const MAC0 = { macaddress: '02:00:00:00:00:01' };
const MAC1 = { macaddress: '02:00:00:00:00:02' };

/** What moves with `eth0` from one namespace into another. */
const moves = (from: string, to: string): string[] => [
  '± host/veth/v0 peer',
  '± host/link/v0',
  ...[`link/eth0`, 'address/eth0/192.0.2.1', 'address/eth0/2001:db8::1'].flatMap((part) => [
    `- ${from}/${part}`,
    `+ ${to}/${part}`,
  ]),
];
const FORWARD = 'sysctl/net.ipv4.ip_forward value';

const found = (from: string, name: string): Row => ({
  field: 'from',
  to: [from],
  plan: [...moves('one', 'web'), `~ one/${FORWARD}`, `~ web/${FORWARD}`],
  back: [...moves(name, 'web'), `~ ${name}/${FORWARD}`, `~ web/${FORWARD}`],
});

const namespace: Table = {
  title: 'namespace',
  kind: 'namespace',
  before: `
    ip netns add one; ip netns add two
    mkdir /run/elsewhere; : >/run/elsewhere/three; unshare --net=/run/elsewhere/three true
    unshare --net sleep infinity >/dev/null 2>&1 &
    until [ "$(readlink /proc/$!/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do :; done
    echo PID=$!`,
  base: {
    ...version,
    namespaces: { web: { from: 'path:/run/netns/one', sysctls: { 'net.ipv4.ip_forward': 1 } } },
    veths: {
      v0: {
        ...MAC0,
        peer: { namespace: 'web', name: 'eth0', ...MAC1, addresses: ['192.0.2.1/24', '2001:db8::1/64'] },
      },
    },
  },
  at: ['namespaces', 'web'],
  id: 'web/namespace',
  rows: [
    found('path:/run/netns/two', 'two'),
    found('path:/run/elsewhere/three', 'old:web'),
    found('pid:$PID', 'old:web'),
    {
      field: 'from',
      to: [undefined],
      plan: [
        ...moves('one', 'web'),
        `~ one/${FORWARD}`,
        '+ web/namespace',
        '+ web/link/lo',
        '+ web/sysctl/net.ipv4.ip_forward',
      ],
      back: [
        ...moves('netns:web', 'web'),
        '- netns:web/namespace',
        '- netns:web/link/lo',
        `~ web/${FORWARD}`,
      ],
    },
  ],
};

const bridge: Table = {
  title: 'linux-bridge',
  kind: 'linux-bridge',
  base: {
    ...version,
    bridges: {
      br0: {
        type: 'linux',
        ...MAC0,
        addresses: ['192.0.2.1/24', '2001:db8:1::1/64'],
        routes: [{ to: '198.51.100.0/24', via: '192.0.2.2' }],
      },
    },
    veths: { v0: { bridge: 'br0', peer: { name: 'v1' } } },
  },
  at: ['bridges', 'br0'],
  id: 'host/bridge/br0',
  rows: [
    {
      field: 'type',
      to: ['ovs'],
      needs: ['ovs'],
      plan: [
        '± host/bridge/br0 type fail-mode controllers protocols rstp mcast-snooping other-config external-ids mtu macaddress',
        '± host/link/br0',
        '± host/address/br0/192.0.2.1',
        '± host/address/br0/2001:db8:1::1',
        '± host/route/main/198.51.100.0/24',
        '± host/port/v0 tag trunks native-tag vlan-mode other-config external-ids',
      ],
      // Open vSwitch lets its ports receive all frames.
      back: [
        '± host/bridge/br0 type forward-delay hello-time max-age priority ageing-time mcast-snooping vlan-protocol group-fwd-mask vlan-filtering',
        '± host/link/br0 promiscuous',
        '± host/address/br0/192.0.2.1',
        '± host/address/br0/2001:db8:1::1',
        '± host/route/main/198.51.100.0/24',
        '± host/port/v0 hairpin learning flood priority',
        '~ host/link/v0 promiscuous',
      ],
    },
    {
      field: 'name',
      to: ['br1'],
      plan: [
        '- host/bridge/br0',
        '+ host/bridge/br1',
        '- host/link/br0',
        '+ host/link/br1',
        '- host/address/br0/192.0.2.1',
        '+ host/address/br1/192.0.2.1',
        '- host/address/br0/2001:db8:1::1',
        '+ host/address/br1/2001:db8:1::1',
        '± host/route/main/198.51.100.0/24 link',
        '± host/port/v0 bridge',
      ],
    },
    { field: 'stp', to: [true] },
    { field: 'forward-delay', to: [0, 4, 30] },
    { field: 'hello-time', to: [1, 10] },
    { field: 'max-age', to: [6, 40] },
    { field: 'priority', to: [0, 4096, 65535] },
    { field: 'ageing-time', to: [0, 100] },
    { field: 'mcast-snooping', to: [false] },
    {
      field: 'vlan-filtering',
      to: [true],
      needs: ['vlan-filtering'],
      brings: ['+ host/port-vlans/br0', '+ host/port-vlans/v0'],
    },
    { field: 'group-fwd-mask', to: [16384, 65528] },
  ],
};

const filtering: Table = {
  title: 'linux-bridge, VLANs kept apart',
  kind: 'linux-bridge',
  needs: ['vlan-filtering'],
  base: { ...version, bridges: { br0: { type: 'linux', ...MAC0, 'vlan-filtering': true } } },
  at: ['bridges', 'br0'],
  id: 'host/bridge/br0',
  rows: [{ field: 'vlan-protocol', to: ['802.1ad'] }],
};

/** The plan for a veth pair whose other end is to have another place, or name: with what is on both ends. */
function rewired(place: string, device = 'eth0'): string[] {
  const parts = (name: string): string[] => [
    `link/${name}`,
    `address/${name}/192.0.2.1`,
    `address/${name}/2001:db8:1::1`,
    `sysctl/net.ipv4.conf.${name}.rp_filter`,
  ];
  const route = 'route/main/default';
  return [
    '± host/link/v0',
    '± host/port/v0',
    ...parts('eth0').map((part) => `- a/${part}`),
    ...parts(device).map((part) => `+ ${place}/${part}`),
    ...(place === 'a' ? [`± a/${route} link`] : [`- a/${route}`, `+ ${place}/${route}`]),
  ];
}

const veth: Table = {
  title: 'veth',
  kind: 'veth',
  base: {
    ...version,
    namespaces: { a: {}, b: {} },
    bridges: { br0: { type: 'linux' } },
    veths: {
      v0: {
        bridge: 'br0',
        ...MAC0,
        peer: {
          namespace: 'a',
          name: 'eth0',
          ...MAC1,
          addresses: ['192.0.2.1/24', '2001:db8:1::1/64'],
          routes: [{ to: 'default', via: '192.0.2.2' }],
          sysctls: { 'ipv4.rp_filter': 2 },
        },
      },
    },
  },
  at: ['veths', 'v0'],
  id: 'host/veth/v0',
  rows: [
    {
      field: 'peer',
      to: [{ namespace: 'b', name: 'eth1' }],
      brings: [
        '± host/link/v0',
        '± host/port/v0',
        ...rewired('b').filter((line) => line.startsWith('- ')),
        '+ b/link/eth1',
      ],
    },
    { field: 'peer.namespace', shown: 'peer', to: ['b'], brings: rewired('b') },
    // The name of a pair whose ends are in one namespace is that of its first end.
    {
      field: 'peer.namespace',
      to: [undefined],
      plan: ['- host/veth/v0', '+ host/veth/eth0', ...rewired('host')],
    },
    {
      field: 'peer.name',
      shown: 'peer',
      to: ['eth1'],
      brings: rewired('a', 'eth1'),
    },
    {
      field: 'name',
      to: ['w0'],
      plan: [
        ...['veth', 'link', 'port'].flatMap((part) => [`- host/${part}/v0`, `+ host/${part}/w0`]),
        ...['link/eth0', 'address/eth0/192.0.2.1', 'address/eth0/2001:db8:1::1', 'route/main/default'].map(
          (part) => `± a/${part}`,
        ),
        '± a/sysctl/net.ipv4.conf.eth0.rp_filter',
      ],
    },
  ],
};

const VLAN_AGAIN = ['link/up10', 'address/up10/192.0.2.1', 'address/up10/2001:db8:1::1'].map(
  (part) => `± host/${part}`,
);

const vlan: Table = {
  title: 'vlan',
  kind: 'vlan',
  needs: ['8021q'],
  base: {
    ...version,
    bridges: { br0: { type: 'linux' } },
    veths: { v0: { peer: { name: 'v1' } } },
    vlans: {
      'v0.20': { link: 'v0', id: 20, bridge: 'br0' },
      up10: { link: 'v1', id: 10, addresses: ['192.0.2.1/24', '2001:db8:1::1/64'] },
    },
  },
  at: ['vlans', 'up10'],
  id: 'host/vlan/up10',
  rows: [
    { field: 'link', to: ['v0'], brings: VLAN_AGAIN },
    { field: 'id', to: [11, 4094], brings: VLAN_AGAIN },
    { field: 'protocol', to: ['802.1ad'], brings: VLAN_AGAIN, needs: ['8021ad'] },
    {
      field: 'name',
      to: ['v1.10'],
      plan: ['vlan/NAME', 'link/NAME', 'address/NAME/192.0.2.1', 'address/NAME/2001:db8:1::1'].flatMap(
        (part) => [`- host/${part.replace('NAME', 'up10')}`, `+ host/${part.replace('NAME', 'v1.10')}`],
      ),
    },
    {
      field: 'id',
      at: ['vlans', 'v0.20', 'id'],
      id: 'host/vlan/v0.20',
      to: [21],
      brings: ['± host/link/v0.20', '± host/port/v0.20'],
    },
  ],
};

export const linux: readonly Table[] = [namespace, bridge, filtering, veth, vlan];
