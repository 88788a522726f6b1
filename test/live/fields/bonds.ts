// Rows for bonds: those of the kernel with their members, and those of Open vSwitch.
import type { Row, Table } from './table.js';

const version = { version: 1, name: 'fields' };
/** So that what is made anew has the address that it had. */
const MAC = { macaddress: '02:00:00:00:00:01' };
const ADDRESSES = ['192.0.2.1/24', '2001:db8:1::1/64'];

const PAIRS = {
  v0: { macaddress: '02:00:00:00:01:00', peer: { name: 'w0' } },
  v1: { macaddress: '02:00:00:00:01:01', peer: { name: 'w1' } },
  v2: { macaddress: '02:00:00:00:01:02', peer: { name: 'w2' } },
};

/** What is made again with a bond: it, all that is on it, and its members. */
const ANEW = [
  '± host/link/b0',
  ...['192.0.2.1', '2001:db8:1::1'].map((ip) => `± host/address/b0/${ip}`),
  ...['v0', 'v1'].flatMap((member) => [`± host/port/${member}`, `± host/link/${member}`]),
];

/** A link that joins or leaves is set again, as it was taken down. */
const JOINS = (member: string): string[] => [`+ host/port/${member}`];
const LEAVES = (member: string): string[] => [`- host/port/${member}`, `± host/link/${member}`];

const linux = (mode: string, words: object, rows: readonly Row[]): Table => ({
  title: `bond, ${mode}`,
  kind: 'bond',
  needs: ['bond'],
  base: {
    ...version,
    veths: PAIRS,
    bonds: { b0: { mode, interfaces: ['v0', 'v1'], addresses: ADDRESSES, ...words } },
  },
  at: ['bonds', 'b0'],
  id: 'host/bond/b0',
  rows,
});

const WATCHED = { 'mii-monitor-interval': 100 };

const activeBackup = linux('active-backup', { ...WATCHED, 'up-delay': 200 }, [
  { field: 'mode', to: ['balance-rr', 'balance-xor', 'broadcast'], brings: ANEW },
  { field: 'interfaces', to: [['v0', 'v1', 'v2']], plan: JOINS('v2'), back: LEAVES('v2') },
  { field: 'interfaces', to: [['v0']], plan: LEAVES('v1'), back: JOINS('v1') },
  { field: 'mii-monitor-interval', to: [50, 200] },
  { field: 'up-delay', to: [0, 1000] },
  { field: 'down-delay', to: [100, 1000] },
  { field: 'all-members-active', to: [true] },
  { field: 'primary', to: ['v1'], plan: ['+ host/primary/b0'] },
  { field: 'primary-reselect-policy', to: ['better', 'failure'] },
  { field: 'fail-over-mac-policy', to: ['active', 'follow'], brings: ANEW },
  { field: 'gratuitous-arp', to: [0, 255] },
  { field: 'resend-igmp', to: [0, 255] },
  {
    field: 'name',
    to: ['b1'],
    plan: [
      ...['bond/NAME', 'link/NAME', 'address/NAME/192.0.2.1', 'address/NAME/2001:db8:1::1'].flatMap(
        (part) => [`- host/${part.replace('NAME', 'b0')}`, `+ host/${part.replace('NAME', 'b1')}`],
      ),
      ...['v0', 'v1'].flatMap((member) => [`± host/port/${member} bond`, `± host/link/${member}`]),
    ],
    // That of the member that joins it first.
    chosen: /links (b0|v0|v1) address: /,
  },
]);

const asked = linux(
  'balance-xor',
  { 'arp-interval': 1000, 'arp-ip-targets': ['192.0.2.254'], 'arp-validate': 'all' },
  [
    { field: 'arp-interval', to: [500] },
    { field: 'arp-ip-targets', to: [['192.0.2.253', '192.0.2.254'], ['192.0.2.9']] },
    { field: 'arp-validate', to: ['active', 'backup', undefined] },
    { field: 'arp-all-targets', to: ['all'] },
    { field: 'transmit-hash-policy', to: ['layer2+3', 'layer3+4', 'encap2+3', 'encap3+4'] },
    {
      field: 'mii-monitor-interval',
      at: ['bonds', 'b0'],
      to: [
        {
          mode: 'balance-xor',
          interfaces: ['v0', 'v1'],
          addresses: ADDRESSES,
          ...WATCHED,
          'down-delay': 300,
        },
      ],
      plan: ['~ host/bond/b0 mii-monitor-interval down-delay arp-interval arp-ip-targets arp-validate'],
      cost: 'flap',
    },
  ],
);

const lacp = linux('802.3ad', {}, [
  { field: 'lacp-rate', to: ['fast'], brings: ANEW },
  { field: 'ad-select', to: ['bandwidth', 'count'], brings: ANEW },
  { field: 'min-links', to: [1, 2] },
  { field: 'mii-monitor-interval', to: [50] },
]);

const roundRobin = linux('balance-rr', WATCHED, [{ field: 'packets-per-member', to: [0, 65535] }]);

const balanced = linux('balance-alb', { primary: 'v1' }, [
  { field: 'learn-packet-interval', to: [2] },
  { field: 'primary', kind: 'bond-primary', id: 'host/primary/b0', to: ['v0'] },
]);

const members: Table = {
  title: 'bond-port',
  kind: 'bond-port',
  needs: ['bond', 'bridge'],
  base: {
    ...version,
    bridges: { br0: { type: 'linux', ...MAC } },
    veths: PAIRS,
    bonds: {
      b0: { mode: 'active-backup', ...WATCHED, ...MAC, interfaces: ['v0', 'v1'] },
      b1: { mode: 'active-backup', ...WATCHED, macaddress: '02:00:00:00:00:02', interfaces: ['v2'] },
    },
  },
  at: ['veths', 'v0'],
  id: 'host/port/v0',
  rows: [
    {
      field: 'bond',
      at: ['bonds'],
      to: [
        {
          b0: { mode: 'active-backup', ...WATCHED, ...MAC, interfaces: ['v1'] },
          b1: {
            mode: 'active-backup',
            ...WATCHED,
            macaddress: '02:00:00:00:00:02',
            interfaces: ['v0', 'v2'],
          },
        },
      ],
      plan: ['± host/port/v0 bond', '± host/link/v0'],
    },
    {
      field: 'macaddress',
      kind: 'link',
      to: ['02:00:00:00:01:0a'],
      id: 'host/link/v0',
      plan: ['± host/link/v0 macaddress', '± host/port/v0'],
    },
    {
      field: 'mtu',
      kind: 'link',
      at: ['bonds', 'b0', 'mtu'],
      id: 'host/link/b0',
      to: [9000, 1400],
      brings: ['~ host/link/v0 mtu', '~ host/link/v1 mtu'],
    },
  ],
};

const BONDED = { v0: { peer: { name: 'w0' } }, v1: { peer: { name: 'w1' } }, v2: { peer: { name: 'w2' } } };

const ovs = (title: string, words: object, rows: readonly Row[]): Table => ({
  title: `ovs-bond, ${title}`,
  kind: 'ovs-bond',
  needs: ['ovs'],
  base: {
    ...version,
    bridges: { br0: { type: 'ovs' }, br1: { type: 'ovs' } },
    veths: BONDED,
    bonds: { b0: { bridge: 'br0', interfaces: ['v0', 'v1'], ...words } },
  },
  at: ['bonds', 'b0'],
  id: 'host/bond/b0',
  rows,
});

const ovsBond = ovs('active-backup', { tag: 10 }, [
  { field: 'bridge', to: ['br1'] },
  // Open vSwitch lets its members receive all frames.
  {
    field: 'interfaces',
    to: [['v0', 'v1', 'v2']],
    back: ['~ host/bond/b0 interfaces', '~ host/link/v2 promiscuous'],
  },
  {
    field: 'interfaces',
    to: [['v1', 'v2']],
    brings: ['~ host/link/v0 promiscuous'],
    back: ['~ host/bond/b0 interfaces', '~ host/link/v2 promiscuous'],
  },
  { field: 'mode', to: ['balance-slb'] },
  { field: 'mii-monitor-interval', to: [100, 200] },
  { field: 'up-delay', to: [200] },
  { field: 'down-delay', to: [200] },
  { field: 'tag', to: [11, 4094] },
  { field: 'tag', to: [undefined], shown: 'tag vlan-mode' },
  { field: 'isolated', to: [true] },
  { field: 'other-config', to: [{ 'bond-primary': 'v1' }], shown: 'other-config.bond-primary' },
  { field: 'external-ids', to: [{ rack: 'x 1' }], shown: 'external-ids.rack' },
  { field: 'name', to: ['b9'], plan: ['- host/bond/b0', '+ host/bond/b9'] },
]);

const ovsLacp = ovs('LACP', { mode: 'balance-tcp', lacp: 'active', 'native-tag': 30, trunks: [10, 20] }, [
  { field: 'lacp', to: ['passive'] },
  { field: 'lacp-rate', to: ['fast'] },
  { field: 'trunks', to: [[10, '20-22'], undefined] },
  { field: 'native-tag', to: [31] },
  { field: 'vlan-mode', to: ['native-tagged'] },
]);

export const bonds: readonly Table[] = [
  activeBackup,
  asked,
  lacp,
  roundRobin,
  balanced,
  members,
  ovsBond,
  ovsLacp,
];
