// Rows for what Open vSwitch has: bridges, ports, VLANs, tunnels and patches.
import type { Row, Table } from './table.js';

const version = { version: 1, name: 'fields' };
const OVS = { type: 'ovs' };
const ADDRESSES = ['192.0.2.1/24', '2001:db8:1::1/64'];
/** So that what is made anew has the address that it had. */
const MAC = { macaddress: '02:00:00:00:00:01' };

/** The parts of a device that goes under one name and comes under another. */
const renamed = (noun: string, from: string, to: string): string[] =>
  ['', '192.0.2.1', '2001:db8:1::1'].flatMap((part) =>
    (part === '' ? [noun, 'link'] : ['address']).flatMap((word) => [
      `- host/${[word, from, part].filter((each) => each !== '').join('/')}`,
      `+ host/${[word, to, part].filter((each) => each !== '').join('/')}`,
    ]),
  );

const ADDRESSES_AGAIN = (device: string): string[] =>
  ['192.0.2.1', '2001:db8:1::1'].map((part) => `± host/address/${device}/${part}`);

const bridge: Table = {
  title: 'ovs-bridge',
  kind: 'ovs-bridge',
  needs: ['ovs'],
  base: {
    ...version,
    // With the last bridge the userspace datapath's own device would go.
    bridges: { br0: { ...OVS, ...MAC, addresses: ADDRESSES }, br9: OVS },
    veths: { v0: { bridge: 'br0', peer: { name: 'v1' } } },
  },
  at: ['bridges', 'br0'],
  id: 'host/bridge/br0',
  rows: [
    {
      field: 'type',
      to: ['linux'],
      plan: [
        '± host/bridge/br0 type forward-delay hello-time max-age priority ageing-time mcast-snooping vlan-protocol group-fwd-mask vlan-filtering',
        '± host/link/br0 promiscuous',
        '± host/port/v0 hairpin learning flood priority',
        '~ host/link/v0 promiscuous',
        ...ADDRESSES_AGAIN('br0'),
      ],
      back: [
        '± host/bridge/br0 type fail-mode controllers protocols rstp mcast-snooping other-config external-ids mtu macaddress',
        '± host/link/br0',
        '± host/port/v0 tag trunks native-tag vlan-mode other-config external-ids',
        ...ADDRESSES_AGAIN('br0'),
      ],
    },
    { field: 'fail-mode', to: ['secure'] },
    { field: 'controllers', to: [['tcp:127.0.0.1:6653'], ['punix:/run/of.sock', 'tcp:[::1]:6653']] },
    { field: 'protocols', to: [['OpenFlow13'], ['OpenFlow10', 'OpenFlow15']] },
    { field: 'stp', to: [true] },
    { field: 'rstp', to: [true] },
    { field: 'mcast-snooping', to: [true] },
    { field: 'other-config', to: [{ 'mac-aging-time': 77 }], shown: 'other-config.mac-aging-time' },
    { field: 'external-ids', to: [{ 'a "b"': 'c d;' }], shown: 'external-ids.a "b"' },
    { field: 'mtu', to: [1400] },
    { field: 'macaddress', to: ['02:00:00:00:0A:BC'], brings: ADDRESSES_AGAIN('br0') },
    { field: 'name', to: ['br1'], plan: [...renamed('bridge', 'br0', 'br1'), '± host/port/v0 bridge'] },
  ],
};

const datapath: Table = {
  ...bridge,
  title: 'ovs-bridge, datapath',
  needs: ['ovs', 'openvswitch'],
  base: {
    ...version,
    bridges: {
      br0: { ...OVS, datapath: 'netdev', ...MAC, addresses: ADDRESSES },
      br8: { ...OVS, datapath: 'system' },
      br9: { ...OVS, datapath: 'netdev' },
    },
    veths: { v0: { bridge: 'br0', peer: { name: 'v1' } } },
  },
  rows: [
    {
      field: 'datapath',
      to: ['system'],
      brings: ['± host/link/br0', '± host/port/v0', ...ADDRESSES_AGAIN('br0')],
    },
  ],
};

const port: Table = {
  title: 'ovs-port',
  kind: 'ovs-port',
  needs: ['ovs'],
  base: {
    ...version,
    bridges: { br0: OVS, br1: OVS },
    veths: {
      v0: { bridge: 'br0', peer: { name: 'v1' } },
      v2: { bridge: 'br0', tag: 10, peer: { name: 'v3' } },
      v4: { bridge: 'br0', 'native-tag': 30, trunks: [10, 20], peer: { name: 'v5' } },
    },
  },
  at: ['veths', 'v0'],
  id: 'host/port/v0',
  rows: [
    { field: 'bridge', to: ['br1'] },
    { field: 'tag', at: ['veths', 'v2', 'tag'], id: 'host/port/v2', to: [11, 4094] },
    { field: 'trunks', to: [[10, '20-22'], ['1-4094']] },
    { field: 'trunks', at: ['veths', 'v4', 'trunks'], id: 'host/port/v4', to: [[10, 21], undefined] },
    { field: 'native-tag', at: ['veths', 'v4', 'native-tag'], id: 'host/port/v4', to: [31] },
    { field: 'vlan-mode', at: ['veths', 'v4', 'vlan-mode'], id: 'host/port/v4', to: ['native-tagged'] },
    { field: 'vlan-mode', at: ['veths', 'v2', 'vlan-mode'], id: 'host/port/v2', to: ['dot1q-tunnel'] },
    { field: 'isolated', to: [true] },
    { field: 'other-config', to: [{ 'stp-path-cost': 7 }], shown: 'other-config.stp-path-cost' },
    { field: 'external-ids', to: [{ 'vm-id': 'x' }], shown: 'external-ids.vm-id' },
  ],
};

const vlan: Table = {
  title: 'ovs-vlan',
  kind: 'ovs-vlan',
  needs: ['ovs'],
  base: {
    ...version,
    bridges: { br0: OVS, br1: OVS },
    vlans: { p10: { link: 'br0', id: 10, ...MAC, addresses: ADDRESSES } },
  },
  at: ['vlans', 'p10'],
  id: 'host/vlan/p10',
  rows: [
    { field: 'link', to: ['br1'], brings: ['± host/link/p10', ...ADDRESSES_AGAIN('p10')] },
    { field: 'id', to: [11, 4094] },
    { field: 'isolated', to: [true] },
    { field: 'other-config', to: [{ 'stp-path-cost': 7 }], shown: 'other-config.stp-path-cost' },
    { field: 'external-ids', to: [{ 'vm-id': 'x' }], shown: 'external-ids.vm-id' },
    { field: 'mtu', to: [1400] },
    { field: 'macaddress', to: ['02:00:00:00:0A:BC'], brings: ADDRESSES_AGAIN('p10') },
    { field: 'name', to: ['p11'], plan: renamed('vlan', 'p10', 'p11') },
  ],
};

const PORT_ROWS: Row[] = [
  { field: 'bridge', to: ['br1'] },
  { field: 'tag', to: [11] },
  { field: 'tag', to: [undefined], shown: 'tag vlan-mode' },
  { field: 'isolated', to: [true] },
  { field: 'other-config', to: [{ 'stp-path-cost': 7 }], shown: 'other-config.stp-path-cost' },
  { field: 'external-ids', to: [{ 'vm-id': 'x' }], shown: 'external-ids.vm-id' },
];

const tunnel = (mode: string, words: object, rows: readonly Row[], title = mode): Table => ({
  title: `ovs-tunnel, ${title}`,
  kind: 'ovs-tunnel',
  needs: ['ovs'],
  base: { ...version, bridges: { br0: OVS, br1: OVS }, tunnels: { t0: { mode, ...words, bridge: 'br0' } } },
  at: ['tunnels', 't0'],
  id: 'host/tunnel/t0',
  rows,
});

const COMMON: Row[] = [
  { field: 'remote', to: ['192.0.2.8', 'flow'] },
  { field: 'local', to: ['192.0.2.2'] },
  { field: 'ttl', to: [1, 255, 'inherit'] },
  { field: 'tos', to: [16, 'inherit'] },
  { field: 'csum', to: [true] },
  { field: 'df', to: ['unset'] },
];

const vxlan = tunnel('vxlan', { id: 1, remote: '192.0.2.7', tag: 10 }, [
  { field: 'mode', to: ['geneve'] },
  { field: 'id', to: [2, 'flow', undefined] },
  { field: 'port', to: [8472] },
  ...COMMON,
  ...PORT_ROWS,
]);

const gre = tunnel('gre', { key: 1, remote: '192.0.2.7' }, [
  { field: 'key', to: [2, 'flow', undefined] },
  { field: 'trunks', to: [[10, '20-22']] },
  ...COMMON,
]);

const over6 = tunnel(
  'geneve',
  { id: 1, remote: '2001:db8::7', 'native-tag': 30, trunks: [10, 20] },
  [
    { field: 'remote', to: ['2001:DB8:0::8'] },
    { field: 'local', to: ['2001:db8::1'] },
    { field: 'native-tag', to: [31] },
    { field: 'vlan-mode', to: ['native-tagged'] },
    { field: 'trunks', to: [[10], undefined] },
    { field: 'name', to: ['t9'], plan: ['- host/tunnel/t0', '+ host/tunnel/t9'] },
  ],
  'geneve over IPv6',
);

const patch: Table = {
  title: 'patch',
  kind: 'patch',
  needs: ['ovs'],
  base: {
    ...version,
    bridges: { br0: OVS, br1: OVS, br2: OVS },
    patches: {
      p0: { bridge: 'br0', tag: 10, peer: { bridge: 'br1', name: 'p1', 'native-tag': 30, trunks: [10, 20] } },
    },
  },
  at: ['patches', 'p0'],
  id: 'host/patch/p0',
  rows: [
    { field: 'bridge', to: ['br2'] },
    { field: 'tag', to: [11] },
    { field: 'isolated', to: [true] },
    { field: 'other-config', to: [{ 'stp-path-cost': 7 }], shown: 'other-config.stp-path-cost' },
    { field: 'external-ids', to: [{ 'vm-id': 'x' }], shown: 'external-ids.vm-id' },
    { field: 'peer', at: ['patches', 'p0', 'peer', 'isolated'], to: [true], shown: 'peer.isolated' },
    { field: 'peer.name', to: ['p9'] },
    { field: 'peer.bridge', to: ['br2'] },
    {
      field: 'trunks',
      at: ['patches', 'p0', 'peer', 'trunks'],
      shown: 'peer.trunks',
      to: [[10, 21]],
      cost: 'flap',
    },
    {
      field: 'native-tag',
      at: ['patches', 'p0', 'peer', 'native-tag'],
      shown: 'peer.native-tag',
      to: [31],
      cost: 'flap',
    },
    {
      field: 'vlan-mode',
      at: ['patches', 'p0', 'peer', 'vlan-mode'],
      shown: 'peer.vlan-mode',
      to: ['native-tagged'],
      cost: 'flap',
    },
    { field: 'name', to: ['p7'], plan: ['- host/patch/p0', '+ host/patch/p7'] },
  ],
};

export const ovs: readonly Table[] = [bridge, datapath, port, vlan, vxlan, gre, over6, patch];
