// A link or a route in, the routing table that it has to do with out: VRFs are what tells tables of links apart.
import type { DeclaredLink, Names } from '../kind.js';
import type { Json } from '../model.js';
import { MAIN } from './route-live.js';

type Value = { readonly [field: string]: Json };

/** The table of the VRF that a link is, or belongs to; undefined when there is none. */
export const vrfTable = (link: DeclaredLink, names: Names): number | undefined =>
  link.table ?? names.master(link)?.table;

/** Among which links a route's gateway is: those of the VRF (its table) that the route is for, or of none (undefined). */
export function domainOf(
  value: Value,
  link: DeclaredLink | undefined,
  body: string,
  names: Names,
): number | undefined {
  if (link !== undefined) return vrfTable(link, names);
  const { table } = value;
  return typeof table === 'number' && names.links(body).some((other) => other.table === table)
    ? table
    : undefined;
}

/** The number of the table that a route stands in. */
export const tableOf = (value: Value, domain: number | undefined): number =>
  typeof value['table'] === 'number' ? value['table'] : (domain ?? MAIN);
