// Rows for the kernel's tunnels, mode by mode, over IPv4 and IPv6.
import type { TunnelMode } from '../../../src/kinds/tunnel-modes.js';
import type { Row, Table } from './table.js';

const base = {
  version: 1,
  name: 'fields',
  veths: {
    v0: {
      addresses: ['192.0.2.1/24', '192.0.2.2/24', '2001:db8:1::1/64', '2001:db8:1::2/64'],
      peer: { name: 'v1' },
    },
  },
};
const ADDRESSES = ['198.51.100.1/24', '2001:db8:9::1/64'];

/** So that a tunnel that is made anew has the address that it had. */
const MAC = { macaddress: '02:00:00:00:00:01' };

/** What is made anew with the tunnel. */
const AGAIN = ['link/t0', 'address/t0/198.51.100.1', 'address/t0/2001:db8:9::1'].map(
  (part) => `± host/${part}`,
);
const AGAIN_MTU = AGAIN.map((line) => line.replace('link/t0', 'link/t0 mtu'));
const anew = { cost: 'replace', brings: AGAIN } as const;
const renamed: Row = {
  field: 'name',
  to: ['t9'],
  plan: ['tunnel/t', 'link/t', 'address/t'].flatMap((part) =>
    (part === 'address/t' ? ['/198.51.100.1', '/2001:db8:9::1'] : ['']).flatMap((address) => [
      `- host/${part}0${address}`,
      `+ host/${part}9${address}`,
    ]),
  ),
};

/** Those that carry packets have no MAC address. */
const FRAMES: readonly string[] = ['vxlan', 'geneve', 'gretap', 'ip6gretap'];

const table = (mode: TunnelMode, words: object, rows: readonly Row[], title: string = mode): Table => ({
  title: `tunnel, ${title}`,
  kind: 'tunnel',
  needs: [mode],
  base: {
    ...base,
    tunnels: { t0: { mode, ...words, ...(FRAMES.includes(mode) ? MAC : {}), addresses: ADDRESSES } },
  },
  at: ['tunnels', 't0'],
  id: 'host/tunnel/t0',
  rows,
});

const TTL: Row = { field: 'ttl', to: [1, 255] };
const TOS: Row = { field: 'tos', to: [16, 'inherit'] };

const vxlan = table('vxlan', { id: 1, remote: '192.0.2.7', local: '192.0.2.1', link: 'v0' }, [
  {
    field: 'mode',
    at: ['tunnels', 't0'],
    to: [{ mode: 'geneve', id: 1, remote: '192.0.2.7', ...MAC, addresses: ADDRESSES }],
    plan: ['± host/tunnel/t0 mode port csum', ...AGAIN],
    back: ['± host/tunnel/t0 mode local group port link learning csum', ...AGAIN],
    needs: ['geneve'],
  },
  { field: 'id', to: [2, 16777215], brings: AGAIN },
  { field: 'remote', to: ['192.0.2.8', undefined] },
  { field: 'local', to: ['192.0.2.2', undefined] },
  { field: 'port', to: [8472], brings: AGAIN },
  { field: 'link', to: ['v1'], brings: AGAIN },
  { field: 'link', to: [undefined], brings: AGAIN_MTU },
  TTL,
  { field: 'ttl', to: ['inherit'], ...anew },
  TOS,
  { field: 'learning', to: [false] },
  { field: 'csum', to: [false], brings: AGAIN },
  { field: 'df', to: ['set', 'inherit'] },
  renamed,
]);

const vxlan6 = table(
  'vxlan',
  { id: 1, remote: '2001:db8:1::7', local: '2001:db8:1::1' },
  [
    { field: 'remote', to: ['2001:db8:1::8', undefined] },
    { field: 'local', to: ['2001:db8:1::2', undefined] },
    { field: 'csum', to: [false], brings: AGAIN },
    { field: 'link', to: ['v0'], brings: AGAIN_MTU },
    TOS,
  ],
  'vxlan over IPv6',
);

// Its MTU follows the route that there is as it is made, which at first there is not.
const geneve = table('geneve', { id: 1, remote: '192.0.2.7', mtu: 1400 }, [
  { field: 'id', to: [2], ...anew },
  { field: 'remote', to: ['192.0.2.8'], ...anew },
  { field: 'remote', to: ['2001:db8:1::8'], shown: 'remote csum', ...anew },
  { field: 'port', to: [6082], ...anew },
  { field: 'ttl', to: [1, 'inherit'], ...anew },
  { field: 'tos', to: [16], ...anew },
  { field: 'csum', to: [true], ...anew },
  { field: 'df', to: ['set'], ...anew },
]);

const GRE = { remote: '192.0.2.7', local: '192.0.2.1', key: 42, link: 'v0' };

const gretap = table('gretap', GRE, [
  { field: 'remote', to: ['192.0.2.8', undefined] },
  { field: 'local', to: ['192.0.2.2', undefined] },
  { field: 'key', to: [4294967295] },
  // Four bytes of each packet.
  { field: 'key', to: [undefined], cost: 'replace', brings: AGAIN_MTU },
  { field: 'link', to: ['v1', undefined], ...anew },
  { field: 'ttl', to: [255] },
  TOS,
  { field: 'csum', to: [true], brings: AGAIN_MTU },
  { field: 'df', to: ['unset'] },
]);

/** What is another thing for it than for gretap. */
const gre = table('gre', GRE, [
  { field: 'remote', to: ['192.0.2.8'] },
  { field: 'remote', to: [undefined], ...anew },
  { field: 'local', to: ['192.0.2.2'] },
  { field: 'key', to: [43] },
  { field: 'link', to: ['v1'], ...anew },
]);

const group = (title: string, local: string, from: string, to: string): Table =>
  table(
    'vxlan',
    { id: 1, group: from, local, link: 'v0' },
    [{ field: 'group', to: [to], brings: AGAIN }, TTL, TOS, { field: 'learning', to: [false] }],
    title,
  );

const ALL = 'host/remote/t0/00:00:00:00:00:00';
const ONE = 'host/remote/t0/02:00:00:00:00:09';
const entries = {
  remotes: ['192.0.2.7', '192.0.2.8'],
  fdb: [{ mac: '02:00:00:00:00:09', remote: '192.0.2.7' }],
};

const remotes = table(
  'vxlan',
  { id: 1, local: '192.0.2.1', link: 'v0', ...entries },
  [
    {
      field: 'remotes',
      to: [['192.0.2.8', '192.0.2.9']],
      plan: [`- ${ALL}/192.0.2.7`, `+ ${ALL}/192.0.2.9`],
    },
    { field: 'remotes', to: [undefined], plan: [`- ${ALL}/192.0.2.7`, `- ${ALL}/192.0.2.8`] },
    {
      field: 'remotes',
      at: ['tunnels', 't0'],
      to: [
        {
          mode: 'vxlan',
          id: 1,
          local: '192.0.2.1',
          link: 'v0',
          remote: '192.0.2.7',
          fdb: entries.fdb,
          ...MAC,
          addresses: ADDRESSES,
        },
      ],
      id: 'host/link/t0',
      plan: ['~ host/tunnel/t0 remote', `- ${ALL}/192.0.2.7`, `- ${ALL}/192.0.2.8`],
    },
    {
      field: 'remotes',
      to: [],
      drift: `bridge fdb append 00:00:00:00:00:00 dev t0 dst 192.0.2.99 via v0
        bridge fdb del 00:00:00:00:00:00 dev t0 dst 192.0.2.7 via v0`,
      back: [`+ ${ALL}/192.0.2.7`, `- ${ALL}/192.0.2.99`],
    },
    { field: 'fdb', to: [undefined], plan: [`- ${ONE}`] },
    {
      field: 'fdb.mac',
      at: ['tunnels', 't0', 'fdb', 0, 'mac'],
      to: ['02:00:00:00:00:0A'],
      plan: [`- ${ONE}`, '+ host/remote/t0/02:00:00:00:00:0a'],
    },
    {
      // A group's address may have several entries.
      field: 'fdb.mac',
      at: ['tunnels', 't0', 'fdb'],
      to: [['192.0.2.8', '192.0.2.9'].map((remote) => ({ mac: '01:00:5E:00:00:05', remote }))],
      plan: [
        `- ${ONE}`,
        '+ host/remote/t0/01:00:5e:00:00:05/192.0.2.8',
        '+ host/remote/t0/01:00:5e:00:00:05/192.0.2.9',
      ],
    },
    {
      field: 'fdb.remote',
      at: ['tunnels', 't0', 'fdb', 0, 'remote'],
      id: ONE,
      shown: 'remote',
      to: ['192.0.2.8'],
    },
    {
      field: 'remote',
      kind: 'vxlan-fdb',
      id: ONE,
      to: [],
      drift: 'bridge fdb replace 02:00:00:00:00:09 dev t0 dst 192.0.2.99 via v0',
    },
    {
      field: 'link',
      kind: 'vxlan-fdb',
      at: ['tunnels', 't0', 'link'],
      to: ['v1'],
      plan: [
        '± host/tunnel/t0 link',
        ...AGAIN,
        ...[`${ALL}/192.0.2.7`, `${ALL}/192.0.2.8`, ONE].map((id) => `± ${id} link`),
      ],
    },
  ],
  'vxlan to several',
);

/** As a port of a bridge. */
const asPort: Table = {
  title: 'tunnel, as a port',
  kind: 'tunnel',
  needs: ['vxlan', 'vlan-filtering'],
  base: {
    ...base,
    bridges: { br0: { type: 'linux', macaddress: '02:00:00:00:00:02' } },
    tunnels: {
      t0: {
        mode: 'vxlan',
        id: 1,
        remote: '192.0.2.7',
        ...MAC,
        bridge: 'br0',
        trunks: [10, 20],
        fdb: [{ mac: '02:00:00:00:00:09', vlan: 10 }],
      },
    },
  },
  at: ['tunnels', 't0'],
  id: 'host/tunnel/t0',
  rows: [
    {
      field: 'fdb.vlan',
      at: ['tunnels', 't0', 'fdb', 0, 'vlan'],
      to: [20],
      plan: ['- host/fdb/t0/02:00:00:00:00:09/10', '+ host/fdb/t0/02:00:00:00:00:09/20'],
    },
  ],
};

const IPV4_ENDS = { remote: '192.0.2.7', local: '192.0.2.1', link: 'v0' };

/** What tunnels of packets over IPv4 have in common. */
const IPV4_ROWS: readonly Row[] = [
  { field: 'remote', to: ['192.0.2.8'] },
  { field: 'remote', to: [undefined], ...anew },
  { field: 'local', to: ['192.0.2.2', undefined] },
  { field: 'link', to: ['v1', undefined], ...anew },
  { field: 'ttl', to: [255] },
  TOS,
  { field: 'df', to: ['unset'] },
];

const ipip = table('ipip', IPV4_ENDS, [...IPV4_ROWS, { field: 'payload', to: ['ipv4'], brings: AGAIN }]);
const sit = table('sit', IPV4_ENDS, [
  ...IPV4_ROWS,
  { field: 'payload', to: ['ipv4', 'ipv6'], brings: AGAIN },
]);

/** Over IPv6 the MTU follows the route that there is as it is made, which at first there is not. */
const IPV6_ENDS = { remote: '2001:db8:1::7', local: '2001:db8:1::1', mtu: 1400 };
const IPV6_ROWS: readonly Row[] = [
  { field: 'remote', to: ['2001:db8:1::8'], ...anew },
  { field: 'local', to: ['2001:db8:1::2'], ...anew },
  { field: 'link', to: ['v0'], ...anew },
  { field: 'ttl', to: [1, 'inherit'], ...anew },
  { field: 'tos', to: [16, 'inherit'], ...anew },
];
const GRE6_ROWS: readonly Row[] = [
  ...IPV6_ROWS,
  { field: 'key', to: [43, undefined], ...anew },
  { field: 'csum', to: [true], ...anew },
];
const ip6gre = table('ip6gre', { ...IPV6_ENDS, key: 42 }, GRE6_ROWS);
const ip6gretap = table('ip6gretap', { ...IPV6_ENDS, key: 42 }, GRE6_ROWS);
const ip6tnl = table('ip6tnl', IPV6_ENDS, [
  ...IPV6_ROWS,
  { field: 'payload', to: ['ipv4', 'ipv6'], ...anew },
]);

export const tunnels: readonly Table[] = [
  vxlan,
  vxlan6,
  group('vxlan to a group', '192.0.2.1', '239.1.1.1', '239.1.1.2'),
  group('vxlan to a group over IPv6', '2001:db8:1::1', 'ff05::100', 'ff05::101'),
  remotes,
  asPort,
  geneve,
  gretap,
  gre,
  ipip,
  sit,
  ip6gre,
  ip6gretap,
  ip6tnl,
];
