// Rows for links that stand alone: dummies, intermediate functional blocks, taps and tuns; with what every link takes, on each of them.
import type { Feature } from '../../support/features.js';
import type { Document } from '../../support/session.js';
import type { Row, Table } from './table.js';

const ADDRESSES = ['192.0.2.1/24', '2001:db8:1::1/64'];
const MAC = { macaddress: '02:00:00:00:00:01' };

const PARTS = ['link/x0', 'address/x0/192.0.2.1', 'address/x0/2001:db8:1::1'];
const ADDRESSES_AGAIN = PARTS.slice(1).map((part) => `± host/${part}`);
/** What is made anew with the link. */
export const AGAIN = PARTS.map((part) => `± host/${part}`);

/** The plan for another name of the device. */
export const renamed = (noun: string): Row => ({
  field: 'name',
  to: ['x9'],
  plan: [`${noun}/x0`, ...PARTS].flatMap((part) => [`- host/${part}`, `+ host/${part.replace('x0', 'x9')}`]),
});

/** What every link takes, tried on one more sort of links. */
export const COMMON: readonly Row[] = [
  { field: 'up', kind: 'link', id: 'host/link/x0', to: [false], brings: ADDRESSES_AGAIN },
  { field: 'txqueuelen', kind: 'link', id: 'host/link/x0', to: [77, 2000] },
  { field: 'promiscuous', kind: 'link', id: 'host/link/x0', to: [true] },
  { field: 'description', kind: 'link', id: 'host/link/x0', to: ['what it is for'] },
];
export const OWN_MTU: Row = { field: 'mtu', kind: 'link', id: 'host/link/x0', to: [1400] };
export const OWN_MAC: Row = {
  field: 'macaddress',
  kind: 'link',
  id: 'host/link/x0',
  to: ['02:00:00:00:00:02'],
};
export const PORT: Row = { field: 'bridge', kind: 'bridge-port', to: ['br0'], plan: ['+ host/port/x0'] };

/** A table of a section's `x0`, with a bridge that it may become a port of. */
export const tableOf = (
  kind: string,
  section: string,
  entry: object,
  rows: readonly Row[],
  more: Document = {},
): Table => ({
  title: kind,
  kind,
  needs: [kind as Feature],
  base: {
    version: 1,
    name: 'fields',
    bridges: { br0: { type: 'linux', mtu: 1400, macaddress: '02:00:00:00:00:0f' } },
    ...more,
    [section]: { x0: { ...entry, addresses: ADDRESSES } },
  },
  at: [section, 'x0'],
  id: `host/${kind}/x0`,
  rows,
});

const dummy = tableOf('dummy', 'dummies', MAC, [
  renamed('dummy'),
  ...COMMON,
  { ...OWN_MTU, to: [1400, 9000] },
  OWN_MAC,
  PORT,
]);

const ifb = tableOf('ifb', 'ifbs', {}, [
  ...COMMON,
  OWN_MTU,
  PORT,
  // Its MAC address is always the kernel’s choice.
  { ...renamed('ifb'), chosen: / links x0 address: / },
]);

// The only user and the only group that every host and every sandbox has.
const OWNER: readonly Row[] = [
  { field: 'user', to: ['root'], brings: AGAIN },
  { field: 'group', to: ['root'], brings: AGAIN },
  { field: 'multi-queue', to: [true], brings: AGAIN },
];

const tap = tableOf('tap', 'taps', { mode: 'tap', ...MAC }, [
  {
    field: 'mode',
    at: ['taps', 'x0'],
    to: [{ mode: 'tun', addresses: ADDRESSES }],
    plan: ['± host/tap/x0 mode', ...AGAIN],
    back: ['± host/tap/x0 mode', ...AGAIN.map((line) => line.replace('link/x0', 'link/x0 macaddress'))],
  },
  ...OWNER,
  renamed('tap'),
  ...COMMON,
  { ...OWN_MTU, to: [1400, 9000] },
  OWN_MAC,
  PORT,
]);

const tun: Table = {
  ...tableOf('tap', 'taps', { mode: 'tun' }, [...OWNER, renamed('tap'), ...COMMON, OWN_MTU]),
  title: 'tap, as a tun',
};

export const ownLinks: readonly Table[] = [dummy, ifb, tap, tun];
