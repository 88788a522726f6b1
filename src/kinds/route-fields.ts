// What a route is made of: the facts of its fields, of a link's routes and of a body's.
import { ownWordsAlone, type Properties } from '../kind.js';

const linkField = {
  type: 'string',
  description: 'The link that packets leave by.',
  'x-reference': 'link',
  'x-change': 'flap',
} as const;

const via = { type: 'string', description: 'Address of the gateway.', 'x-change': 'flap' } as const;

const onLink = {
  type: 'boolean',
  description: 'The gateway is on the link although no address says so.',
  default: false,
  'x-change': 'flap',
} as const;

const nexthop: Properties = {
  via,
  link: {
    ...linkField,
    description: 'The link that packets leave by. Default: that of the route, or the one that `via` is on.',
  },
  weight: {
    type: 'integer',
    minimum: 1,
    // rtnh_hops of struct rtnexthop is a byte.
    maximum: 256,
    description: 'How large a part of the packets goes this way, beside the weights of the others.',
    default: 1,
    'x-change': 'flap',
  },
  'on-link': onLink,
};

const other = { 'x-change': 'replace', 'x-why': 'it is another route' } as const;

/** The words of every route. */
export const routeFields: Properties = {
  to: {
    type: 'string',
    description: 'Destination: a network, an address, or `default` (of the family of `via`; alone: IPv4).',
    ...other,
  },
  via,
  nexthops: {
    type: 'array',
    minItems: 2,
    items: { type: 'object', properties: nexthop, ...ownWordsAlone },
    description: 'Several ways in place of one (multipath): connections are spread over them by weight.',
    'x-change': 'flap',
  },
  from: { type: 'string', description: 'Source address of packets that the host itself sends this way.' },
  metric: {
    type: 'integer',
    minimum: 0,
    maximum: 4294967295,
    description:
      'Among routes to one destination, the lowest metric wins. Default: 0 for IPv4, 1024 for IPv6, as the kernel has it.',
    ...other,
  },
  table: {
    type: 'integer',
    minimum: 1,
    maximum: 4294967295,
    description:
      'Number of the routing table. Default: that of the VRF that its link is, or belongs to; else 254, `main`.',
    ...other,
  },
  type: {
    enum: ['unicast', 'local', 'blackhole', 'unreachable', 'prohibit', 'throw'],
    description:
      'What happens to packets: `unicast` sends them on; `local` takes them as sent to this body itself; `throw` ends the search in this table, so that the next rule is tried; the others drop them, each with another answer.',
    default: 'unicast',
    'x-change': 'flap',
  },
  'on-link': onLink,
  mtu: {
    type: 'integer',
    minimum: 68,
    maximum: 65535,
    description: 'Largest packet sent this way.',
    'x-unit': 'bytes',
  },
};

/** Those of a route of a body. */
export const bodyRouteFields: Properties = { ...routeFields, link: linkField };
