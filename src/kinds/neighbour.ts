// A permanent neighbour: an entry of a link's `neighbours` in, `ip neigh` out. Neighbours that the kernel learned are not looked at.
import { parseAddress } from '../address.js';
import { desired, deviceOf, ownWordsAlone, type Kind } from '../kind.js';
import type { Resource } from '../model.js';
import type { IpLink } from '../state.js';
import { inEachBody } from './in-each-body.js';
import { linkId } from './link.js';

const properties = {
  to: { type: 'string', description: 'IPv4 or IPv6 address of the neighbour.' },
  macaddress: {
    type: 'string',
    pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$',
    examples: ['02:00:00:00:00:01'],
    description: 'Its MAC address.',
  },
} as const;

export const neighbour: Kind = {
  name: 'neighbour',
  noun: 'neighbour',
  fields: { macaddress: properties.macaddress },

  onLink: {
    properties: {
      neighbours: {
        type: 'array',
        items: { type: 'object', properties, required: ['to', 'macaddress'], ...ownWordsAlone },
        description:
          'Neighbours whose MAC address is given, instead of asked for by ARP or neighbour discovery.',
        default: [],
      },
    },
    desired({ body, device, value, path, netdev }) {
      if (!netdev || !Array.isArray(value['neighbours'])) return [];
      return (value['neighbours'] as readonly Given[]).flatMap(({ to, macaddress }, i) => {
        const address = parseAddress(to);
        if (address === null) return [];
        const ids = idsOf(body, device, address.ip);
        const fields = { macaddress: macaddress.toLowerCase() };
        return [desired({ ...ids, fields, ownership: 'part', at: [...path, 'neighbours', i] })];
      });
    },
  },

  live: inEachBody(({ body, neighbours, links }) =>
    neighbours
      // The link-layer address of a tunnel's neighbour is an IP address.
      .filter(({ lladdr }) => lladdr !== undefined && new RegExp(properties.macaddress.pattern).test(lladdr))
      .map(({ dst, dev, lladdr = '' }) => ({
        ...idsOf(body.name, dev, dst),
        fields: { macaddress: lladdr.toLowerCase() },
        lostWith: lostWith(body.name, dst, dev, links),
      })),
  ),

  make: set,
  change: (_before, after) => set(after),
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['neigh', 'del', ...placeOf(id)] }],
};

interface Given {
  readonly to: string;
  readonly macaddress: string;
}

/** With a link's last IPv4 address the kernel forgets its IPv4 neighbours (fib_disable_ip calls arp_ifdown). */
function lostWith(body: string, ip: string, device: string, links: readonly IpLink[]): string[] {
  if (ip.includes(':')) return [];
  const own = links.find(({ ifname }) => ifname === device)?.addr_info ?? [];
  return own.flatMap(({ family, local }) =>
    family === 'inet' && local !== undefined ? [`${body}/address/${device}/${local}`] : [],
  );
}

/** The kernel forgets a link's neighbours, permanent ones too, when it goes down or gets another MAC address (neigh_ifdown, neigh_changeaddr). */
const idsOf = (body: string, device: string, ip: string) => ({
  id: `${body}/neighbour/${device}/${ip}`,
  kind: 'neighbour',
  body,
  needs: [linkId(body, device)],
  diesWith: [
    linkId(body, device),
    `${linkId(body, device)}#macaddress`,
    `${deviceOf(body, device)}#macaddress`,
  ],
  provides: [],
});

/** `replace`, because the kernel may have learned the neighbour before. */
function set({ body, id, fields }: Resource) {
  const args = [
    'neigh',
    'replace',
    ...placeOf(id),
    'lladdr',
    fields['macaddress'] as string,
    'nud',
    'permanent',
  ];
  return [{ tool: 'ip', body, args } as const];
}

function placeOf(id: string): string[] {
  const [, , device = '', ip = ''] = id.split('/');
  return [ip, 'dev', device];
}
