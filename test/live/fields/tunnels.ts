// Rows for the kernel's tunnels, mode by mode, over IPv4 and IPv6.
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

const table = (mode: string, words: object, rows: readonly Row[], title = mode): Table => ({
  title: `tunnel, ${title}`,
  kind: 'tunnel',
  needs: [mode === 'vxlan' || mode === 'geneve' || mode === 'gretap' ? mode : 'gre'],
  base: {
    ...base,
    tunnels: { t0: { mode, ...words, ...(mode === 'gre' ? {} : MAC), addresses: ADDRESSES } },
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
    back: ['± host/tunnel/t0 mode local port link learning csum', ...AGAIN],
    needs: ['geneve'],
  },
  { field: 'id', to: [2, 16777215], brings: AGAIN },
  { field: 'remote', to: ['192.0.2.8', '239.1.1.1', undefined] },
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

export const tunnels: readonly Table[] = [vxlan, vxlan6, geneve, gretap, gre];
