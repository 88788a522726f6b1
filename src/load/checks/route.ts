// A document in, all its routes out: those of links and those of bodies.
import { parseAddress, parseNetwork, type Address, type Family, type Network } from '../../address.js';
import type { DeclaredLink, Names } from '../../kind.js';
import { domainOf } from '../../kinds/routing-table.js';
import type { Path } from '../../model.js';
import { isMapping, type Mapping } from '../topology.js';
import type { Subject } from './subject.js';

export interface Route {
  readonly body: string;
  readonly value: Mapping;
  readonly path: Path;
  /** The link it is said on, or names; undefined when that follows from the gateway, as it does for routes of a VRF. */
  readonly link: DeclaredLink | undefined;
  /** The table of the VRF that it is for; undefined when it is for none. */
  readonly domain: number | undefined;
  readonly to: Network | null;
  /** Undefined where neither the destination nor a gateway says it. */
  readonly family: Family | undefined;
  /** Undefined when there is none, null when it cannot be read. */
  readonly via: Address | null | undefined;
}

export function routesOf({ bodies, names, links }: Subject): Route[] {
  const named = ({ link }: Mapping, body: string): DeclaredLink | undefined =>
    typeof link === 'string' ? names.link(body, link) : undefined;
  const onLinks = links
    .filter(({ netdev }) => netdev)
    .flatMap((link) => listed(link.value['routes'], [...link.path, 'routes'], link.body, names, () => link));
  const ofBodies = bodies.flatMap(({ name, value, path }) =>
    listed(value['routes'], [...path, 'routes'], name, names, (route) => named(route, name)),
  );
  return [...ofBodies, ...onLinks];
}

/** A route of several next hops as one route for each of them. */
export function hopsOf(route: Route, names: Names): Route[] {
  const { value, path, body } = route;
  if (value['nexthops'] === undefined) return [route];
  return mappingsIn(value['nexthops']).map((hop, i) => {
    const link = typeof hop['link'] === 'string' ? names.link(body, hop['link']) : route.link;
    return { ...route, value: hop, path: [...path, 'nexthops', i], link, via: viaOf(hop) };
  });
}

function listed(
  list: unknown,
  path: Path,
  body: string,
  names: Names,
  linkOf: (value: Mapping) => DeclaredLink | undefined,
): Route[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: Mapping, i) => {
    if (!isMapping(value)) return [];
    const said = linkOf(value);
    const link = said?.table === undefined ? said : undefined;
    const domain = domainOf(value, said, body, names);
    const to = parseNetwork(String(value['to']));
    const gateways = [value, ...mappingsIn(value['nexthops'])].flatMap((way) => viaOf(way) ?? []);
    const family = to?.family ?? gateways[0]?.family;
    return [{ body, value, path: [...path, i], link, domain, to, family, via: viaOf(value) }];
  });
}

const mappingsIn = (list: unknown): Mapping[] =>
  Array.isArray(list) ? (list as Mapping[]).filter((item) => isMapping(item)) : [];

const viaOf = ({ via }: Mapping): Address | null | undefined =>
  typeof via === 'string' ? parseAddress(via) : undefined;
