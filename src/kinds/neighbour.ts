// A permanent neighbour, or one for which a link answers (a proxy): an entry of `neighbours` of a link or of a body in, `ip neigh` out. Neighbours that the kernel learned are not looked at.
import { parseAddress } from '../address.js';
import { desired, deviceOf, ownWordsAlone, type DeclaredLink, type Kind, type Properties } from '../kind.js';
import type { Command, Desired, Json, Path, Resource } from '../model.js';
import type { IpLink } from '../state.js';
import { inEachBody } from './in-each-body.js';
import { linkId } from './link.js';

const properties = {
  to: {
    type: 'string',
    description: 'IPv4 or IPv6 address of the neighbour.',
    'x-change': 'replace',
    'x-why': 'it is another neighbour',
  },
  macaddress: {
    type: 'string',
    pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$',
    examples: ['02:00:00:00:00:01'],
    description: 'Its MAC address.',
  },
  proxy: {
    type: 'boolean',
    description:
      'In place of `macaddress`: the link answers for the neighbour, which is elsewhere (proxy ARP and NDP). IPv6 needs `ipv6.proxy_ndp: 1` among the link’s `sysctls`, too.',
    default: false,
    'x-change': 'replace',
    'x-why': 'the kernel keeps proxies in a list of their own',
  },
} as const satisfies Properties;

export const neighbour: Kind = {
  name: 'neighbour',
  noun: 'neighbour',
  fields: { macaddress: properties.macaddress },

  section: {
    name: 'neighbours',
    shape: 'list',
    description:
      'Neighbours whose MAC address is given, instead of asked for by ARP or neighbour discovery; and proxies. The same as `neighbours` of a link.',
    properties: {
      ...properties,
      link: {
        type: 'string',
        description: 'The link that the neighbour is on; for a proxy, the one that answers.',
        'x-reference': 'link',
        'x-change': 'replace',
        'x-why': 'it is another neighbour',
      },
    },
    required: ['to', 'link'],
    desired: ({ body, value, path }, names) =>
      wanted(names.link(body, String(value['link'])), value as unknown as Given, path),
  },

  onLink: {
    properties: {
      neighbours: {
        type: 'array',
        items: { type: 'object', properties, required: ['to'], ...ownWordsAlone },
        description:
          'Neighbours whose MAC address is given, instead of asked for by ARP or neighbour discovery; and proxies.',
        default: [],
      },
    },
    desired(link) {
      const list = (link.value['neighbours'] ?? []) as unknown as readonly Given[];
      return list.flatMap((given, i) => wanted(link, given, [...link.path, 'neighbours', i]));
    },
  },

  live: inEachBody(({ body, neighbours, proxies, links }) => [
    ...neighbours
      // The link-layer address of a tunnel's neighbour is an IP address.
      .filter(({ lladdr }) => lladdr !== undefined && new RegExp(properties.macaddress.pattern).test(lladdr))
      .map(({ dst, dev, lladdr = '' }) => ({
        ...idsOf(body.name, dev, dst, false),
        fields: { macaddress: lladdr.toLowerCase() },
        lostWith: lostWith(body.name, dst, dev, links),
        isMade: true as const,
      })),
    ...proxies.map(({ dst, dev }) => ({
      ...idsOf(body.name, dev, dst, true),
      fields: {},
      lostWith: lostWith(body.name, dst, dev, links),
      isMade: true as const,
    })),
  ]),

  make: set,
  change: (_before, after) => set(after),
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['neigh', 'del', ...placeOf(id)] }],
};

interface Given {
  readonly to: string;
  readonly macaddress?: string;
  readonly proxy?: Json;
}

function wanted(link: DeclaredLink | undefined, { to, macaddress, proxy }: Given, path: Path): Desired[] {
  const address = parseAddress(to);
  if (link?.netdev !== true || address === null) return [];
  const fields = macaddress === undefined ? {} : { macaddress: macaddress.toLowerCase() };
  const ids = idsOf(link.body, link.device, address.ip, proxy === true);
  return [desired({ ...ids, fields, ownership: 'part', at: path })];
}

/** With a link's last IPv4 address the kernel forgets its IPv4 neighbours (fib_disable_ip calls arp_ifdown). */
function lostWith(body: string, ip: string, device: string, links: readonly IpLink[]): string[] {
  if (ip.includes(':')) return [];
  const own = links.find(({ ifname }) => ifname === device)?.addr_info ?? [];
  return own.flatMap(({ family, local }) =>
    family === 'inet' && local !== undefined ? [`${body}/address/${device}/${local}`] : [],
  );
}

/**
 * The kernel forgets a link's neighbours, permanent ones too, when it goes down or gets another MAC address (neigh_ifdown,
 * neigh_changeaddr), and when another mode gives or takes it ARP (arp_netdev_event, ndisc_netdev_event); proxies when it goes down.
 */
const idsOf = (body: string, device: string, ip: string, isProxy: boolean) => ({
  id: `${body}/neighbour/${device}/${isProxy ? PROXY : ''}${ip}`,
  kind: 'neighbour',
  body,
  needs: [linkId(body, device)],
  diesWith: [
    linkId(body, device),
    ...(isProxy ? [] : [`${linkId(body, device)}#macaddress`]),
    `${deviceOf(body, device)}#macaddress`,
    ...(isProxy ? [] : [`${deviceOf(body, device)}#mode`]),
  ],
  provides: [],
});

const PROXY = 'proxy ';

/** `replace`, because the kernel may have learned the neighbour before. */
function set({ body, id, fields }: Resource): Command[] {
  const { macaddress } = fields;
  const state = macaddress === undefined ? [] : ['lladdr', macaddress as string, ...['nud', 'permanent']];
  return [{ tool: 'ip', body, args: ['neigh', 'replace', ...placeOf(id), ...state] }];
}

/** `192.0.2.1 dev eth0`, `proxy 192.0.2.1 dev eth0`. */
function placeOf(id: string): string[] {
  const [, , device = '', name = ''] = id.split('/');
  return [...name.split(' '), 'dev', device];
}
