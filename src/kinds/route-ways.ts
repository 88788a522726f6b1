// What a body's routes stand on: the addresses and routes of a document in, which of them have to be there before a route, out.
import { contains, networkOf, parseInterfaceAddress, parseNetwork } from '../address.js';
import type { DeclaredLink, Names } from '../kind.js';
import type { Json } from '../model.js';
import { MAIN, METRIC_6, routeId } from './route-live.js';

export type Value = { readonly [field: string]: Json };

/** What of the body has to be there before the kernel takes the gateway (fib_check_nh) or the source: addresses, and routes to a gateway. */
export function reachedThrough(
  body: string,
  family: 4 | 6,
  via: string | undefined,
  from: string | undefined,
  names: Names,
): string[] {
  if (via === undefined && from === undefined) return [];
  return waysIn(body, names)
    .filter(
      (way) =>
        way.family === family &&
        (way.ip === from || (via !== undefined && way.network !== 'default' && contains(way.network, via))),
    )
    .map(({ id }) => id);
}

/** A network that a body reaches without a gateway, by an address of a link or by a route. */
interface Way {
  readonly id: string;
  readonly family: 4 | 6;
  readonly network: string;
  /** Undefined for a route. */
  readonly ip?: string;
}

const known = new WeakMap<Names, Map<string, readonly Way[]>>();

function waysIn(body: string, names: Names): readonly Way[] {
  const bodies = known.get(names) ?? new Map<string, readonly Way[]>();
  known.set(names, bodies);
  const found = bodies.get(body) ?? [
    ...names.entries(body, 'routes').flatMap(({ value }) => wayOf(body, value)),
    ...names.links(body).flatMap((link) => [
      ...(Array.isArray(link.value['routes']) ? (link.value['routes'] as Value[]) : []).flatMap((value) =>
        wayOf(body, value),
      ),
      ...addressesOf(link).map(({ ip, prefix, family }) => ({
        id: `${body}/address/${link.device}/${ip}`,
        family,
        network: networkOf(ip, prefix),
        ip,
      })),
    ]),
  ];
  bodies.set(body, found);
  return found;
}

function wayOf(body: string, value: Value): Way[] {
  const to = parseNetwork(String(value['to']));
  if (to?.family == null || value['via'] !== undefined || (value['type'] ?? 'unicast') !== 'unicast')
    return [];
  const { family, network } = to;
  return [
    {
      id: routeId(body, Number(value['table'] ?? MAIN), family, network, metricOf(value, family)),
      family,
      network,
    },
  ];
}

/** The metric that the kernel gives a route. */
export const metricOf = (value: Value, family: 4 | 6): number =>
  Number(value['metric'] ?? 0) || (family === 6 ? METRIC_6 : 0);

/** The addresses that a link is to have. */
export const addressesOf = (link: DeclaredLink) =>
  (Array.isArray(link.value['addresses']) ? (link.value['addresses'] as string[]) : []).flatMap(
    (text) => parseInterfaceAddress(text) ?? [],
  );
