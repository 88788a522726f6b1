// An IP address of a link: an entry of `addresses` in, `ip addr` out. What DHCP, router advertisements or the kernel gave is foreign.
import { networkOf, parseAddress, parseInterfaceAddress } from '../address.js';
import { desired, type Entry, type Kind, type Names } from '../kind.js';
import { ownerOf } from '../marks.js';
import type { Resource } from '../model.js';
import type { IpAddress, IpLink } from '../state.js';
import { inEachBody } from './in-each-body.js';
import { linkId, fallsWith } from './link.js';

/** RT_SCOPE_LINK of the kernel's rtnetlink.h. */
const LINK_SCOPE = '253';

export const address: Kind = {
  name: 'address',
  noun: 'address',
  role: 'address',
  fields: {
    prefix: {
      type: 'integer',
      description: 'Length of the network’s prefix.',
      'x-unit': 'bits',
      'x-change': 'replace',
      // https://github.com/liske/ifstate/issues/53: the kernel keeps both, and answers with the older one.
      'x-why': 'the kernel would keep the old one beside it',
    },
    nodad: {
      type: 'boolean',
      description: 'Whether the address is used without looking for duplicates first.',
      'x-change': 'replace',
      'x-why': 'the kernel decides as it adds the address',
    },
  },

  onLink: {
    properties: {
      addresses: {
        type: 'array',
        items: { type: 'string' },
        description:
          'IPv4 and IPv6 addresses, each with the length of its prefix: `192.168.1.1/24`, `fd00::1/64`.',
        default: [],
      },
    },
    desired({ body, device, value, path, adopted }, names) {
      const list = Array.isArray(value['addresses']) ? (value['addresses'] as string[]) : [];
      return list.flatMap((text, i) => {
        const parsed = parseInterfaceAddress(text);
        if (parsed === null) return [];
        const ids = idsOf(body, device, parsed.ip, parsed.prefix);
        // Duplicate address detection keeps an address unusable for a second or more. Links of ours are private to the
        // host, a NIC's network is not: there it stays on, but for the source of a route, which has to be usable at once.
        const isUsedAtOnce = !adopted || sourcesIn(body, names).has(parsed.ip);
        const nodad = parsed.family === 6 && isUsedAtOnce ? { nodad: true } : {};
        return [
          desired({
            ...ids,
            fields: { prefix: parsed.prefix, ...nodad },
            ownership: 'part',
            at: [...path, 'addresses', i],
          }),
        ];
      });
    },
  },

  live: inEachBody(({ body, links }, topology) =>
    links.flatMap((link) =>
      (link.addr_info ?? []).flatMap((found) => {
        if (found.local === undefined) return [];
        const ids = idsOf(body.name, link.ifname, nameOf(found), found.prefixlen);
        const holders = primariesOf(found, link).map((other) => idOf(body.name, link.ifname, nameOf(other)));
        return [
          {
            ...ids,
            fields: {
              prefix: prefixOf(found),
              ...(found.family === 'inet6' ? { nodad: isUsable(found, link, topology) } : {}),
            },
            diesWith: [...ids.diesWith, ...holders],
            ...(isGiven(found, link) ? { owner: null } : {}),
            // One of IPv4 stays on a link that is taken down.
            ...(found.family === 'inet' || comesByItself(found, link) ? {} : { isMade: true as const }),
          },
        ];
      }),
    ),
  ),

  // `replace` because a link that went down has lost its IPv6 addresses and kept its IPv4 ones.
  make: (resource) => [
    {
      tool: 'ip',
      body: resource.body,
      args: [
        'address',
        'replace',
        ...words(resource),
        ...(resource.fields['nodad'] === true ? ['nodad'] : []),
      ],
    },
  ],
  change: () => [],
  serves: ({ body, id }) => `${body}/${linkOf(id)}/${id.includes(':') ? 6 : 4}`,
  usual: () => ({ nodad: true }),
  remove: (resource) => [{ tool: 'ip', body: resource.body, args: ['address', 'del', ...words(resource)] }],
};

/** The third word of an id; no device's name has a slash in it. */
const linkOf = (id: string): string => id.split('/')[2] ?? '';

const idOf = (body: string, device: string, name: string): string => `${body}/address/${device}/${name}`;

function idsOf(body: string, device: string, name: string, prefix: number) {
  const link = linkId(body, device);
  const [ip = ''] = name.split(PEER);
  return {
    id: idOf(body, device, name),
    kind: 'address',
    body,
    needs: [link],
    diesWith: fallsWith(body, device),
    // Of a network that goes with its primary address none may be added before that goes.
    provides: [`${body}/ip/${ip}`, `${body}/network/${device}/${networkOf(ip, prefix)}`],
  };
}

/**
 * What tells an address of a link from its others. IPv4 has room for one with another end (point to point) beside the same
 * one without (inet_insert_ifa); in IPv6 the other end is part of the one address, as its prefix is (ipv6_add_addr).
 */
const nameOf = ({ family, local = '', address }: IpAddress): string =>
  family === 'inet' && address !== undefined ? `${local}${PEER}${address}` : local;

const prefixOf = ({ family, prefixlen, address }: IpAddress): number | string =>
  family === 'inet6' && address !== undefined ? `${prefixlen}${PEER}${address}` : prefixlen;

const PEER = ' peer ';

function words({ id, fields }: Resource): string[] {
  const [, , device = '', name = ''] = id.split('/');
  const [ip = '', peer] = name.split(PEER);
  const [prefix = ''] = String(fields['prefix']).split(PEER);
  return [...(peer === undefined ? [`${ip}/${prefix}`] : [ip, 'peer', `${peer}/${prefix}`]), 'dev', device];
}

/** The addresses that routes of a body give as their packets' source; the kernel takes none that is still looked for elsewhere. */
function sourcesIn(body: string, names: Names): ReadonlySet<string | undefined> {
  const routes = [
    ...names.entries(body, 'routes').map(({ value }) => value),
    ...names.links(body).flatMap(({ value }) => (value['routes'] ?? []) as readonly Entry['value'][]),
  ];
  return new Set(routes.map(({ from }) => parseAddress(String(from))?.ip));
}

/** An address that nobody configured: from DHCP or router advertisements, loopback's, or the automatic link-local one. */
const isGiven = (found: IpAddress, link: IpLink): boolean =>
  found.dynamic === true || comesByItself(found, link);

/** One that the kernel gives, and gives again. */
function comesByItself(found: IpAddress, link: IpLink): boolean {
  if (found.mngtmpaddr === true || found.temporary === true) return true;
  if (found['stable-privacy'] === true || BY_KERNEL.has(found.protocol ?? '')) return true;
  if (link.ifname === 'lo') return found.local === '127.0.0.1' || found.local === '::1';
  if (found.family === 'inet6' && found.nodad !== true && isOfIpv4(found)) return true;
  // That of the MAC address which the link had as it came up (a bridge's changes with its ports). Ours say `nodad`.
  return found.family === 'inet6' && found.scope === LINK_SCOPE && found.nodad !== true;
}

/** IFAPROT_KERNEL_LO, IFAPROT_KERNEL_RA and IFAPROT_KERNEL_LL of include/uapi/linux/if_addr.h as `ip -N` prints them. */
const BY_KERNEL: ReadonlySet<string> = new Set(['0x1', '0x2', '0x3']);

/** Made of the IPv4 address of a tunnel's own end, where there is no one other end (add_v4_addrs of net/ipv6/addrconf.c). */
const isOfIpv4 = ({ local = '', prefixlen }: IpAddress): boolean =>
  prefixlen === 96 && /^::[0-9]+\.[0-9.]+$/.test(local);

/** On our own links as it was said; on others also when the kernel has looked for duplicates and found none. */
const isUsable = (found: IpAddress, link: IpLink, topology: string): boolean =>
  found.nodad === true ||
  (ownerOf(link, topology) !== topology && found.tentative !== true && found.dadfailed !== true);

/** Deleting a primary address deletes the secondary ones of its network (promote_secondaries is off by default). */
const primariesOf = (found: IpAddress, link: IpLink): IpAddress[] =>
  found.secondary === true
    ? (link.addr_info ?? []).filter((other) => other.secondary !== true && sameNetwork(other, found))
    : [];

const sameNetwork = (a: IpAddress, b: IpAddress): boolean =>
  a.family === b.family &&
  a.prefixlen === b.prefixlen &&
  networkOf(a.local ?? '', a.prefixlen) === networkOf(b.local ?? '', b.prefixlen);
