// A document in, all its routes out: those of links and those of bodies.
import { parseAddress, parseNetwork, type Address, type Network } from '../../address.js';
import type { DeclaredLink } from '../../kind.js';
import type { Path } from '../../model.js';
import { isMapping, type Mapping } from '../topology.js';
import type { Subject } from './subject.js';

export interface Route {
  readonly body: string;
  readonly value: Mapping;
  readonly path: Path;
  /** The link it is said on, or names; undefined when that follows from the gateway. */
  readonly link: DeclaredLink | undefined;
  readonly to: Network | null;
  /** Undefined when there is none, null when it cannot be read. */
  readonly via: Address | null | undefined;
}

export function routesOf({ bodies, names, links }: Subject): Route[] {
  const onLinks = links
    .filter(({ netdev }) => netdev)
    .flatMap((link) => listed(link.value['routes'], [...link.path, 'routes'], link.body, link));
  const ofBodies = bodies.flatMap(({ name, value, path }) =>
    listed(value['routes'], [...path, 'routes'], name, undefined).map((route) => ({
      ...route,
      link: names.link(name, String(route.value['link'])),
    })),
  );
  return [...ofBodies, ...onLinks];
}

function listed(list: unknown, path: Path, body: string, link: DeclaredLink | undefined): Route[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: Mapping, i) => {
    if (!isMapping(value)) return [];
    const via = typeof value['via'] === 'string' ? parseAddress(value['via']) : undefined;
    return [{ body, value, path: [...path, i], link, to: parseNetwork(String(value['to'])), via }];
  });
}
