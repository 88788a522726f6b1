// Rows for links that stand on another one: macvlans, macvtaps, ipvlans; with what every link takes, on each of them.
import { AGAIN, COMMON, OWN_MAC, OWN_MTU, PORT, renamed, tableOf } from './own-links.js';
import type { Table } from './table.js';

const ADDRESSES = ['192.0.2.1/24', '2001:db8:1::1/64'];
const MAC = { macaddress: '02:00:00:00:00:01' };
const below = {
  veths: { v0: { macaddress: '02:00:00:00:00:0a', peer: { name: 'v1', macaddress: '02:00:00:00:00:0b' } } },
};

/** A link with `passthru` has the MAC address of the link below, and none of its own. */
const macvlanOf = (kind: 'macvlan' | 'macvtap'): Table[] => {
  const section = `${kind}s`;
  const shared = tableOf(
    kind,
    section,
    { link: 'v0', mode: 'bridge', ...MAC },
    [
      { field: 'link', to: ['v1'], brings: AGAIN },
      { field: 'mode', to: ['vepa', 'private', 'source'] },
      {
        field: 'mode',
        at: [section, 'x0'],
        to: [{ link: 'v0', mode: 'passthru', addresses: ADDRESSES }],
        cost: 'replace',
        brings: AGAIN,
        back: [
          `± host/${kind}/x0 mode`,
          ...AGAIN.map((line) => line.replace('link/x0', 'link/x0 macaddress')),
        ],
      },
      renamed(kind),
      ...COMMON,
      OWN_MTU,
      OWN_MAC,
      // The frames of a macvtap are its program's.
      ...(kind === 'macvlan' ? [PORT] : []),
    ],
    below,
  );
  const source = tableOf(
    kind,
    section,
    { link: 'v0', mode: 'source', sources: ['02:00:00:00:00:0B', '02:00:00:00:00:01'], ...MAC },
    [
      { field: 'sources', to: [['02:00:00:00:00:0b'], ['02:00:00:00:00:0c', '02:00:00:00:00:01'], []] },
      {
        field: 'mode',
        at: [section, 'x0'],
        to: [{ link: 'v0', mode: 'bridge', ...MAC, addresses: ADDRESSES }],
        plan: [`~ host/${kind}/x0 mode sources`],
      },
    ],
    below,
  );
  return [shared, { ...source, title: `${kind}, by source` }];
};

const NEIGHBOURS = [
  { to: '192.0.2.9', macaddress: '02:00:00:00:00:09' },
  { to: '2001:db8:1::9', macaddress: '02:00:00:00:00:09' },
];
const NEIGHBOURS_AGAIN = ['± host/neighbour/x0/192.0.2.9', '± host/neighbour/x0/2001:db8:1::9'];
const withNeighbours = (line: string): string[] => (line === AGAIN[0] ? [line, ...NEIGHBOURS_AGAIN] : [line]);

const ipvlan = tableOf(
  'ipvlan',
  'ipvlans',
  { link: 'v0', mode: 'l2', neighbours: NEIGHBOURS },
  [
    { field: 'link', to: ['v1'], brings: AGAIN.flatMap(withNeighbours) },
    { field: 'mode', to: ['l3', 'l3s'], brings: NEIGHBOURS_AGAIN },
    { field: 'flags', to: ['private', 'vepa'] },
    {
      ...renamed('ipvlan'),
      plan: [
        ...(renamed('ipvlan').plan ?? []),
        ...NEIGHBOURS_AGAIN.flatMap((line) => [
          line.replace('±', '-'),
          line.replace('±', '+').replace('x0', 'x9'),
        ]),
      ],
    },
    ...COMMON.map((row) =>
      row.field === 'up' ? { ...row, brings: [...(row.brings ?? []), ...NEIGHBOURS_AGAIN] } : row,
    ),
  ],
  below,
);

export const upperLinks: readonly Table[] = [...macvlanOf('macvlan'), ...macvlanOf('macvtap'), ipvlan];
