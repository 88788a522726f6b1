// Rows for routes: those of a link and those of a body, IPv4 and IPv6.
import type { Path } from '../../../src/model.js';
import type { Row, Table } from './table.js';

const ROUTES = [
  { to: '198.51.100.0/24', via: '192.0.2.254' },
  { to: '2001:db8:2::/64', via: '2001:db8:1::fe' },
  { to: '198.51.101.0/24', nexthops: [{ via: '192.0.2.253', weight: 2 }, { via: '192.0.2.252' }] },
  { to: '2001:db8:4::/64', nexthops: [{ via: '2001:db8:1::fd', weight: 2 }, { via: '2001:db8:1::fc' }] },
];

const SEVERAL = ['host/route/main/198.51.101.0/24', 'host/route/main/2001:db8:4::/64'] as const;

/** The rows of both lists. `at` is where the list is, `prefix` what its words are called by. */
function rowsOf(at: Path, prefix: string): Row[] {
  const four = (word: string) => ({ field: `${prefix}${word}`, shown: word, at: [...at, 0, word] });
  const six = (word: string) => ({
    ...{ field: `${prefix}${word}`, shown: word, at: [...at, 1, word] },
    id: 'host/route/main/2001:db8:2::/64',
  });
  const hop = (nth: 0 | 1, word: string) => ({
    ...{ field: `${prefix}nexthops.${word}`, shown: 'nexthops', cost: 'flap' as const },
    ...{ at: [...at, 2 + nth, 'nexthops', 0, word], id: SEVERAL[nth] },
  });
  const hops = (nth: 0 | 1) => ({
    ...{ field: `${prefix}nexthops`, shown: 'nexthops', cost: 'flap' as const },
    ...{ at: [...at, 2 + nth, 'nexthops'], id: SEVERAL[nth] },
  });
  const flap = { cost: 'flap' } as const;
  const live = { cost: 'live' } as const;
  const moved = (id: string, to: string) => ({ plan: [`- host/route/main/${id}`, `+ host/route/${to}`] });
  return [
    { ...four('to'), to: ['198.51.100.0/25'], ...moved('198.51.100.0/24', 'main/198.51.100.0/25') },
    { ...four('to'), to: ['default', '0.0.0.0/0'], ...moved('198.51.100.0/24', 'main/default') },
    { ...six('to'), to: ['default', '::/0'], ...moved('2001:db8:2::/64', 'main/::/0') },
    { ...six('to'), to: ['2001:db8:3::1'], ...moved('2001:db8:2::/64', 'main/2001:db8:3::1/128') },
    { ...four('via'), to: ['192.0.2.253'], ...flap },
    { ...six('via'), to: ['2001:db8:1::fd', ...(prefix === '' ? [] : ['fe80::1'])], ...flap },
    { ...four('from'), to: ['192.0.2.2'], ...live },
    { ...six('from'), to: ['2001:db8:1::2'], ...live },
    { ...four('metric'), to: [100], ...moved('198.51.100.0/24', 'main/198.51.100.0/24/metric 100') },
    { ...six('metric'), to: [100], ...moved('2001:db8:2::/64', 'main/2001:db8:2::/64/metric 100') },
    { ...four('table'), to: [100], ...moved('198.51.100.0/24', '100/198.51.100.0/24') },
    { ...four('table'), to: [4294967295], ...moved('198.51.100.0/24', '4294967295/198.51.100.0/24') },
    { ...six('table'), to: [100], ...moved('2001:db8:2::/64', '100/2001:db8:2::/64') },
    { ...four('on-link'), to: [true], ...flap },
    { ...six('on-link'), to: [true], ...flap },
    { ...four('mtu'), to: [1400], ...live },
    { ...six('mtu'), to: [1400], ...live },
    { ...hops(0), to: [[{ via: '192.0.2.253' }, { via: '192.0.2.252' }, { via: '192.0.2.251' }]] },
    { ...hops(1), to: [[{ via: '2001:db8:1::fd' }, { via: '2001:db8:1::fc' }, { via: '2001:db8:1::fb' }]] },
    { ...hop(0, 'via'), to: ['192.0.2.250'] },
    { ...hop(1, 'via'), to: ['2001:db8:1::fa'] },
    { ...hop(0, 'weight'), to: [undefined, 7, 256] },
    { ...hop(1, 'weight'), to: [undefined, 7, 256] },
    { ...hop(0, 'on-link'), to: [true] },
    { ...hop(1, 'on-link'), to: [true] },
    { ...hop(0, 'link'), at: [...at, 2, 'nexthops', 0], to: [{ link: 'v1' }] },
    { ...hop(1, 'link'), at: [...at, 3, 'nexthops', 0], to: [{ link: 'v1', via: 'fe80::7' }] },
    {
      ...hops(0),
      at: [...at, 2],
      to: [{ to: '198.51.101.0/24', via: '192.0.2.253' }],
      plan: [`~ ${SEVERAL[0]} via nexthops link`],
      back: [`~ ${SEVERAL[0]} nexthops via`],
    },
    {
      ...hops(1),
      at: [...at, 3],
      to: [{ to: '2001:db8:4::/64', via: '2001:db8:1::fd' }],
      plan: [`~ ${SEVERAL[1]} via nexthops link`],
      back: [`~ ${SEVERAL[1]} nexthops via`],
    },
  ];
}

const base = {
  version: 1,
  name: 'fields',
  veths: {
    v0: {
      addresses: ['192.0.2.1/24', '192.0.2.2/24', '2001:db8:1::1/64', '2001:db8:1::2/64'],
      peer: { name: 'v1', addresses: ['203.0.113.1/24'] },
    },
  },
};

const id = 'host/route/main/198.51.100.0/24';

const ofLink: Table = {
  title: 'route, of a link',
  kind: 'route',
  base: { ...base, veths: { v0: { ...base.veths.v0, routes: ROUTES } } },
  at: ['veths', 'v0'],
  id,
  rows: [
    {
      field: 'routes',
      to: [undefined],
      plan: [id, 'host/route/main/2001:db8:2::/64', ...SEVERAL].map((each) => `- ${each}`),
    },
    {
      field: 'routes.type',
      at: ['veths', 'v0', 'routes', 0],
      to: [{ to: '198.51.100.0/24', type: 'blackhole' }],
      plan: [`~ ${id} type via`],
      back: [`~ ${id} via type link`],
      cost: 'flap',
    },
    ...rowsOf(['veths', 'v0', 'routes'], 'routes.'),
  ],
};

const DROP = [
  { to: '203.0.113.128/25', type: 'blackhole' },
  { to: '2001:db8:3::/64', type: 'blackhole' },
];

const ofBody: Table = {
  title: 'route, of a body',
  kind: 'route',
  base: { ...base, routes: [...ROUTES, ...DROP, { to: '203.0.113.64/26', link: 'v0' }] },
  at: ['routes'],
  id,
  rows: [
    ...rowsOf(['routes'], ''),
    {
      field: 'type',
      at: ['routes', 4, 'type'],
      id: 'host/route/main/203.0.113.128/25',
      to: ['unreachable', 'prohibit', 'throw'],
    },
    {
      field: 'type',
      at: ['routes', 5, 'type'],
      id: 'host/route/main/2001:db8:3::/64',
      to: ['unreachable', 'prohibit', 'throw'],
    },
    {
      field: 'type',
      at: ['routes', 4],
      id: 'host/route/main/203.0.113.128/25',
      to: [{ to: '203.0.113.128/25', link: 'v0' }],
      plan: ['~ host/route/main/203.0.113.128/25 type link'],
      back: ['~ host/route/main/203.0.113.128/25 type'],
    },
    {
      field: 'type',
      at: ['routes', 4, 'type'],
      id: 'host/route/main/203.0.113.128/25',
      to: ['local'],
      plan: ['~ host/route/main/203.0.113.128/25 type link'],
      back: ['~ host/route/main/203.0.113.128/25 type'],
    },
    {
      field: 'type',
      at: ['routes', 5, 'type'],
      id: 'host/route/main/2001:db8:3::/64',
      to: ['local'],
      plan: ['~ host/route/main/2001:db8:3::/64 type link'],
      back: ['~ host/route/main/2001:db8:3::/64 type'],
    },
    { field: 'link', at: ['routes', 6, 'link'], id: 'host/route/main/203.0.113.64/26', to: ['v1'] },
  ],
};

export const routes: readonly Table[] = [ofLink, ofBody];
