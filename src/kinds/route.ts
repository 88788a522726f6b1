// A route: an entry of a link's or a body's `routes` in, `ip route` out. Ours are marked by their protocol number; all others are foreign.
import { parseAddress, parseNetwork } from '../address.js';
import { desired, netnsOf, ownWordsAlone, pick, type DeclaredLink, type Kind, type Names } from '../kind.js';
import { protocolOf } from '../marks.js';
import type { Desired, Fields, Json, Path, Resource } from '../model.js';
import { linkId, fallsWith } from './link.js';
import { bodyRouteFields, routeFields } from './route-fields.js';
import { hopsOf, hopTexts, hopWords, type Hop, type Value } from './route-hops.js';
import { liveRoutes, MAIN, routeId, wayIn } from './route-live.js';
import { linkTo, metricOf, reachedThrough, type Place } from './route-ways.js';
import { domainOf, tableOf } from './routing-table.js';

const list = {
  type: 'array',
  items: { type: 'object', properties: routeFields, required: ['to'], ...ownWordsAlone },
  default: [],
};

export const route: Kind = {
  name: 'route',
  noun: 'route',
  fields: bodyRouteFields,

  section: {
    name: 'routes',
    shape: 'list',
    description:
      'Routes of this body that belong to no link in particular: their link follows from `via`, or `link` says it.',
    properties: bodyRouteFields,
    required: ['to'],
    desired: ({ body, value, path }, names) => wanted(body, named(value, body, names), value, path, names),
  },

  onLink: {
    properties: { routes: { ...list, description: 'Routes through this link.' } },
    desired(declared, names) {
      const routes = Array.isArray(declared.value['routes']) ? (declared.value['routes'] as Value[]) : [];
      return routes.flatMap((value, i) =>
        wanted(declared.body, declared, value, [...declared.path, 'routes', i], names),
      );
    },
  },

  live: liveRoutes,
  leadsTo: wayIn,

  make: (resource, { topology }) => [
    {
      tool: 'ip',
      body: resource.body,
      args: ['route', 'replace', ...words(resource, topology), ...hopWords(hopsIn(resource))],
    },
  ],
  change: (_before, after, _changed, site) => route.make(after, site),
  // Without their next hops all of these go.
  remove: (resource, { topology }) => [
    {
      tool: 'ip',
      body: resource.body,
      args: ['route', 'del', ...words(resource, topology), ...usualMetric(resource)],
    },
  ],
  serves: ({ id }) => id.replace(/\/metric \d+$/, ''),
  usual: () => ({ table: MAIN }),
};

const hopsIn = ({ fields }: Resource): string[] => (fields['nexthops'] ?? []) as string[];

/** The link that an entry of a body's list, or a next hop, names. */
const named = ({ link }: Value, body: string, names: Names): DeclaredLink | undefined =>
  typeof link === 'string' ? names.link(body, link) : undefined;

/** `link`: the one that the route is said on, or that it names. */
function wanted(
  body: string,
  link: DeclaredLink | undefined,
  value: Value,
  path: Path,
  names: Names,
): Desired[] {
  const vias = [value, ...hopsOf(value)].map(({ via }) =>
    typeof via === 'string' ? parseAddress(via) : null,
  );
  const to = parseNetwork(String(value['to']));
  if (to === null) return [];
  const family = to.family ?? vias.find((via) => via !== null)?.family ?? 4;
  const place: Place = { body, family, domain: domainOf(value, link, body, names) };
  const { to: _to, metric: _metric, ...said } = pick(routeFields, value);
  const from = typeof said['from'] === 'string' ? parseAddress(said['from']) : null;
  const table = tableOf(value, place.domain);
  const hops = hopsOf(value).map((hop) => ({ value: hop, link: leavesBy(hop, link, place, names) }));
  const only = hops.length > 0 ? undefined : leavesBy(value, link, place, names);
  const fields: Fields = {
    ...said,
    table,
    via: vias[0]?.ip ?? null,
    nexthops: hops.length > 0 ? hopTexts(hops) : null,
    from: from?.ip ?? null,
    mtu: value['mtu'] ?? null,
    ...wayOut(said['type'], only),
  };
  const links = (hops.length > 0 ? hops : [{ value, link: only }]).flatMap((hop: Hop) => hop.link ?? []);
  const reached = vias.flatMap((via) => reachedThrough(place, via?.ip, from?.ip, names));
  const holders = links.map((each) => linkId(each.body, each.device));
  return [
    desired({
      id: routeId(body, table, family, to.network, metricOf(value, family)),
      kind: 'route',
      body,
      fields,
      needs: [...new Set([...holders, ...reached, ...(holders.length > 0 ? [] : [netnsOf(body)])])],
      diesWith: only === undefined ? [netnsOf(body)] : fallsWith(only.body, only.device),
      ownership: 'part',
      at: path,
    }),
  ];
}

/** The link that packets leave by: the one that is named, that the route is said on, or whose network holds the gateway. */
function leavesBy(
  value: Value,
  link: DeclaredLink | undefined,
  place: Place,
  names: Names,
): DeclaredLink | undefined {
  const said = named(value, place.body, names) ?? link;
  // A VRF is not on the way to anything: its members are.
  return said === undefined || said.table !== undefined ? linkTo(place, value['via'], names) : said;
}

/** Packets that are dropped leave by no link; those to the body itself go to its loopback link. */
function wayOut(type: Json | undefined, link: DeclaredLink | undefined): { readonly link?: string } {
  if (type === 'local') return { link: link?.device ?? 'lo' };
  return type !== 'unicast' || link === undefined ? {} : { link: link.device };
}

/** ip6_route_del() takes the first route to the network where no metric is said; ip6_route_add() gives 1024 (IP6_RT_PRIO_USER). */
const usualMetric = ({ id }: Resource): string[] =>
  /\/route\/[^/]+\/[^/]*:/.test(id) && !id.includes('/metric ') ? ['metric', '1024'] : [];

function words({ id, fields }: Resource, topology: string): string[] {
  const [, to = ''] = /\/route\/[^/]+\/(.*?)(?:\/metric \d+)?$/.exec(id) ?? [];
  const metric = /\/metric (\d+)$/.exec(id)?.[1];
  const type = fields['type'] === 'unicast' ? [] : [String(fields['type'])];
  const optional = (word: string, value: Json | undefined): string[] =>
    value == null ? [] : [word, String(value)];
  const { via } = fields;
  const foreignFamily = typeof via === 'string' && via.includes(':') && !to.includes(':');
  return [
    ...type,
    to,
    ...(foreignFamily ? ['via', 'inet6', via] : optional('via', via)),
    ...optional('dev', fields['link']),
    ...(fields['on-link'] === true ? ['onlink'] : []),
    ...optional('src', fields['from']),
    ...optional('metric', metric),
    ...optional('table', fields['table']),
    ...optional('mtu', fields['mtu']),
    'proto',
    String(protocolOf(topology)),
  ];
}
