// Rows for VRFs and for the links that belong to them.
import type { Table } from './table.js';

const ADDRESSES = ['± host/address/v0/192.0.2.1', '± host/address/v0/2001:db8:1::1'];

/** The kernel chooses another one each time. */
const MAC = { macaddress: '02:00:00:00:00:07' };

const base = {
  version: 1,
  name: 'fields',
  vrfs: { red: { ...MAC, table: 10, interfaces: ['v0'] }, blue: { table: 20 } },
  veths: {
    v0: {
      addresses: ['192.0.2.1/24', '2001:db8:1::1/64'],
      routes: [{ to: '198.51.100.0/24', via: '192.0.2.254' }],
      peer: { name: 'v1' },
    },
    v2: { addresses: ['203.0.113.1/24', '2001:db8:2::1/64'], peer: { name: 'v3' } },
  },
};

/** The route of `v0`, which goes to the table of the VRF that `v0` belongs to. */
const moved = (from: string, to: string) => [
  `- host/route/${from}/198.51.100.0/24`,
  `+ host/route/${to}/198.51.100.0/24`,
];
const movedBack = (from: string, to: string) => moved(to, from);

const JOINING = ['± host/address/v2/203.0.113.1', '± host/address/v2/2001:db8:2::1'];

const vrf: Table = {
  title: 'vrf',
  kind: 'vrf',
  needs: ['vrf'],
  base,
  at: ['vrfs', 'red'],
  id: 'host/vrf/red',
  rows: [
    {
      field: 'table',
      to: [11],
      plan: ['± host/vrf/red table', '± host/link/red', '± host/port/v0', ...ADDRESSES, ...moved('10', '11')],
      back: [
        '± host/vrf/red table',
        '± host/link/red',
        '± host/port/v0',
        ...ADDRESSES,
        ...movedBack('10', '11'),
      ],
    },
    {
      field: 'interfaces',
      to: [['v0', 'v2']],
      plan: ['+ host/port/v2', ...JOINING],
      back: ['- host/port/v2', ...JOINING],
    },
    {
      field: 'interfaces',
      to: [undefined, []],
      plan: ['- host/port/v0', ...ADDRESSES, ...moved('10', 'main')],
      back: ['+ host/port/v0', ...ADDRESSES, ...movedBack('10', 'main')],
    },
    {
      field: 'name',
      to: ['pink'],
      plan: [
        '- host/vrf/red',
        '- host/link/red',
        '+ host/vrf/pink',
        '+ host/link/pink',
        '± host/port/v0 vrf',
        ...ADDRESSES,
        '± host/route/10/198.51.100.0/24',
      ],
      back: [
        '- host/vrf/pink',
        '- host/link/pink',
        '+ host/vrf/red',
        '+ host/link/red',
        '± host/port/v0 vrf',
        ...ADDRESSES,
        '± host/route/10/198.51.100.0/24',
      ],
    },
  ],
};

const member: Table = {
  title: 'vrf-port',
  kind: 'vrf-port',
  needs: ['vrf'],
  base,
  at: ['vrfs'],
  id: 'host/port/v0',
  rows: [
    {
      field: 'vrf',
      at: ['vrfs'],
      to: [{ red: { ...MAC, table: 10 }, blue: { table: 20, interfaces: ['v0'] } }],
      plan: ['~ host/port/v0 vrf', ...ADDRESSES, ...moved('10', '20')],
      back: ['~ host/port/v0 vrf', ...ADDRESSES, ...movedBack('10', '20')],
    },
  ],
};

export const vrfs: readonly Table[] = [vrf, member];
