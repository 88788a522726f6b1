// A route: an entry of a link's or a body's `routes` in, `ip route` out. Ours are marked by their protocol number; all others are foreign.
import { contains, networkOf, parseAddress, parseNetwork } from '../address.js';
import {
  desired,
  netnsOf,
  ownWordsAlone,
  pick,
  type DeclaredLink,
  type Kind,
  type Names,
  type Properties,
} from '../kind.js';
import { protocolOf } from '../marks.js';
import type { Desired, Fields, Json, Path, Resource } from '../model.js';
import { linkId, fallsWith } from './link.js';
import { liveRoutes, MAIN, routeId } from './route-live.js';
import { addressesOf, metricOf, reachedThrough, type Value } from './route-ways.js';

const properties: Properties = {
  to: {
    type: 'string',
    description: 'Destination: a network, an address, or `default` (of the family of `via`; alone: IPv4).',
    'x-change': 'replace',
    'x-why': 'it is another route',
  },
  via: { type: 'string', description: 'Address of the gateway.', 'x-change': 'flap' },
  from: { type: 'string', description: 'Source address of packets that the host itself sends this way.' },
  metric: {
    type: 'integer',
    minimum: 0,
    maximum: 4294967295,
    description:
      'Among routes to one destination, the lowest metric wins. Default: 0 for IPv4, 1024 for IPv6, as the kernel has it.',
    'x-change': 'replace',
    'x-why': 'it is another route',
  },
  table: {
    type: 'integer',
    minimum: 1,
    maximum: 4294967295,
    description: 'Number of the routing table.',
    default: MAIN,
    'x-change': 'replace',
    'x-why': 'it is another route',
  },
  type: {
    enum: ['unicast', 'blackhole', 'unreachable', 'prohibit'],
    description:
      'What happens to packets: `unicast` sends them on; the others drop them, each with another answer.',
    default: 'unicast',
    'x-change': 'flap',
  },
  'on-link': {
    type: 'boolean',
    description: 'The gateway is on the link although no address says so.',
    default: false,
    'x-change': 'flap',
  },
  mtu: {
    type: 'integer',
    minimum: 68,
    maximum: 65535,
    description: 'Largest packet sent this way.',
    'x-unit': 'bytes',
  },
};

const list = {
  type: 'array',
  items: { type: 'object', properties, required: ['to'], ...ownWordsAlone },
  default: [],
};

export const route: Kind = {
  name: 'route',
  noun: 'route',
  fields: { ...properties, link: { description: 'The link that packets leave by.', 'x-change': 'flap' } },

  section: {
    name: 'routes',
    shape: 'list',
    description:
      'Routes of this body that belong to no link in particular: their link follows from `via`, or `link` says it.',
    properties: {
      ...properties,
      link: {
        type: 'string',
        description: 'The link that packets leave by.',
        'x-reference': 'link',
        'x-change': 'flap',
      },
    },
    required: ['to'],
    desired: ({ body, value, path }, names) => wanted(body, leavesBy(body, value, names), value, path, names),
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

  make: (resource, { topology }) => [
    { tool: 'ip', body: resource.body, args: ['route', 'replace', ...words(resource, topology)] },
  ],
  change: (_before, after, _changed, { topology }) => [
    { tool: 'ip', body: after.body, args: ['route', 'replace', ...words(after, topology)] },
  ],
  remove: (resource, { topology }) => [
    { tool: 'ip', body: resource.body, args: ['route', 'del', ...words(resource, topology)] },
  ],
};

function wanted(
  body: string,
  link: DeclaredLink | undefined,
  value: Value,
  path: Path,
  names: Names,
): Desired[] {
  const via = typeof value['via'] === 'string' ? parseAddress(value['via']) : null;
  const to = parseNetwork(String(value['to']));
  if (to === null) return [];
  const family = to.family ?? via?.family ?? 4;
  const { to: _to, metric: _metric, ...said } = pick(properties, value);
  const from = typeof said['from'] === 'string' ? parseAddress(said['from']) : null;
  const fields: Fields = {
    ...said,
    via: via?.ip ?? null,
    from: from?.ip ?? null,
    mtu: value['mtu'] ?? null,
    // Packets that are dropped leave by no link.
    ...(link === undefined || said['type'] !== 'unicast' ? {} : { link: link.device }),
  };
  const holders = link === undefined ? [] : [linkId(link.body, link.device)];
  return [
    desired({
      id: routeId(body, Number(fields['table']), family, to.network, metricOf(value, family)),
      kind: 'route',
      body,
      fields,
      needs: [
        ...holders,
        ...reachedThrough(body, family, via?.ip, from?.ip, names),
        ...(holders.length > 0 ? [] : [netnsOf(body)]),
      ],
      diesWith: link === undefined ? [netnsOf(body)] : fallsWith(link.body, link.device),
      ownership: 'part',
      at: path,
    }),
  ];
}

/** The link that a route of a body's own list leaves by: the one it names, else the one whose network holds the gateway. */
function leavesBy(body: string, value: Value, names: Names): DeclaredLink | undefined {
  if (typeof value['link'] === 'string') return names.link(body, value['link']);
  const via = value['via'];
  if (typeof via !== 'string') return undefined;
  return names
    .links(body)
    .find((link) => addressesOf(link).some((own) => contains(networkOf(own.ip, own.prefix), via)));
}

function words({ id, fields }: Resource, topology: string): string[] {
  const [, to = ''] = /\/route\/[^/]+\/(.*?)(?:\/metric \d+)?$/.exec(id) ?? [];
  const metric = /\/metric (\d+)$/.exec(id)?.[1];
  const type = fields['type'] === 'unicast' ? [] : [String(fields['type'])];
  const optional = (word: string, value: Json | undefined): string[] =>
    value == null ? [] : [word, String(value)];
  // Somebody made several next hops of ours: they go all together.
  const via = String(fields['via']).includes(' ') ? null : fields['via'];
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
