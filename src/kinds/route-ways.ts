// What a body's routes stand on: the addresses and routes of a document in, which of them have to be there before a route, and the links that gateways are on, out.
import { contains, networkOf, parseInterfaceAddress, parseNetwork } from '../address.js';
import type { DeclaredLink, Names } from '../kind.js';
import type { Json } from '../model.js';
import { METRIC_6, routeId } from './route-live.js';
import { domainOf, tableOf, vrfTable } from './routing-table.js';

export type Value = { readonly [field: string]: Json };

/** Where a gateway or a source is looked for. */
export interface Place {
  readonly body: string;
  readonly family: 4 | 6;
  /** The VRF's table, undefined outside of VRFs. */
  readonly domain: number | undefined;
}

/** What of the body has to be there before the kernel takes the gateway (fib_check_nh) or the source: addresses, and routes to a gateway. */
export function reachedThrough(
  { body, family, domain }: Place,
  via: string | undefined,
  from: string | undefined,
  names: Names,
): string[] {
  if (via === undefined && from === undefined) return [];
  return waysIn(body, names)
    .filter(
      (way) =>
        way.family === family &&
        way.domain === domain &&
        (way.ip === from || (via !== undefined && way.network !== 'default' && contains(way.network, via))),
    )
    .map(({ id }) => id);
}

/** The link of the place in whose network a gateway is. */
export const linkTo = (
  { body, domain }: Pick<Place, 'body' | 'domain'>,
  via: Json | undefined,
  names: Names,
): DeclaredLink | undefined =>
  typeof via !== 'string'
    ? undefined
    : names
        .links(body)
        .find(
          (link) =>
            addressesOf(link).some((own) => contains(networkOf(own.ip, own.prefix), via)) &&
            vrfTable(link, names) === domain,
        );

/** A network that a body reaches without a gateway, by an address of a link or by a route. */
interface Way extends Place {
  readonly id: string;
  readonly network: string;
  /** Undefined for a route. */
  readonly ip?: string;
}

const known = new WeakMap<Names, Map<string, readonly Way[]>>();

function waysIn(body: string, names: Names): readonly Way[] {
  const bodies = known.get(names) ?? new Map<string, readonly Way[]>();
  known.set(names, bodies);
  const found = bodies.get(body) ?? [
    ...names
      .entries(body, 'routes')
      .flatMap(({ value }) => wayOf(body, value, domainOf(value, linkOf(value, body, names), body, names))),
    ...names.links(body).flatMap((link) => waysOf(link, names)),
  ];
  bodies.set(body, found);
  return found;
}

const linkOf = ({ link }: Value, body: string, names: Names): DeclaredLink | undefined =>
  typeof link === 'string' ? names.link(body, link) : undefined;

function waysOf(link: DeclaredLink, names: Names): Way[] {
  const { body, device, value } = link;
  const domain = vrfTable(link, names);
  const routes = Array.isArray(value['routes']) ? (value['routes'] as Value[]) : [];
  return [
    ...routes.flatMap((route) => wayOf(body, route, domain)),
    ...addressesOf(link).map(({ ip, prefix, family }) => ({
      id: `${body}/address/${device}/${ip}`,
      body,
      family,
      domain,
      network: networkOf(ip, prefix),
      ip,
    })),
  ];
}

function wayOf(body: string, value: Value, domain: number | undefined): Way[] {
  const to = parseNetwork(String(value['to']));
  const isNear = value['via'] === undefined && value['nexthops'] === undefined;
  if (to?.family == null || !isNear || (value['type'] ?? 'unicast') !== 'unicast') return [];
  const { family, network } = to;
  const id = routeId(body, tableOf(value, domain), family, network, metricOf(value, family));
  return [{ id, body, family, domain, network }];
}

/** The metric that the kernel gives a route. */
export const metricOf = (value: Value, family: 4 | 6): number =>
  Number(value['metric'] ?? 0) || (family === 6 ? METRIC_6 : 0);

/** The addresses that a link is to have. */
const addressesOf = (link: DeclaredLink) =>
  (Array.isArray(link.value['addresses']) ? (link.value['addresses'] as string[]) : []).flatMap(
    (text) => parseInterfaceAddress(text) ?? [],
  );
