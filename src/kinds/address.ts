// An IP address of a link: an entry of `addresses` in, `ip addr` out. What DHCP, router advertisements or the kernel gave is foreign.
import { networkOf, parseInterfaceAddress } from '../address.js';
import { desired, type Kind } from '../kind.js';
import type { Resource } from '../model.js';
import type { IpAddress, IpLink } from '../state.js';
import { linkId } from './link.js';

/** RT_SCOPE_LINK of the kernel's rtnetlink.h. */
const LINK_SCOPE = '253';

export const address: Kind = {
  name: 'address',
  noun: 'address',
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
    desired({ body, device, value, path, adopted }) {
      const list = Array.isArray(value['addresses']) ? (value['addresses'] as string[]) : [];
      return list.flatMap((text, i) => {
        const parsed = parseInterfaceAddress(text);
        if (parsed === null) return [];
        const ids = idsOf(body, device, parsed.ip);
        // Duplicate address detection keeps an address unusable for a second or more. Links of ours are private to the
        // host, a NIC's network is not: there it stays on.
        const nodad = parsed.family === 6 && !adopted ? { nodad: true } : {};
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

  live(host) {
    return [...host.bodies.values()].flatMap(({ body, links }) =>
      links.flatMap((link) => {
        const primaries = (link.addr_info ?? []).filter(({ secondary }) => secondary !== true);
        return (link.addr_info ?? []).flatMap((found) => {
          if (found.local === undefined) return [];
          const ids = idsOf(body.name, link.ifname, found.local);
          // Deleting a primary address deletes the secondary ones of its network (promote_secondaries is off by default).
          const primary =
            found.secondary === true ? primaries.filter((other) => sameNetwork(other, found)) : [];
          const holders = primary.map((other) => idsOf(body.name, link.ifname, other.local ?? '').id);
          return [
            {
              ...ids,
              fields: {
                prefix: found.prefixlen,
                ...(found.family === 'inet6' ? { nodad: found.nodad === true } : {}),
              },
              diesWith: [...ids.diesWith, ...holders],
              ...(isGiven(found, link) ? { owner: null } : {}),
            },
          ];
        });
      }),
    );
  },

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
  usual: () => ({ nodad: true }),
  remove: (resource) => [{ tool: 'ip', body: resource.body, args: ['address', 'del', ...words(resource)] }],
};

function idsOf(body: string, device: string, ip: string) {
  const link = linkId(body, device);
  return {
    id: `${body}/address/${device}/${ip}`,
    kind: 'address',
    body,
    needs: [link],
    diesWith: [link],
    provides: [`${body}/ip/${ip}`],
  };
}

function words({ id, fields }: Resource): string[] {
  const [, , device = '', ip = ''] = id.split('/');
  return [`${ip}/${String(fields['prefix'])}`, 'dev', device];
}

/** An address that nobody configured: from DHCP or router advertisements, loopback's, or the automatic link-local one. */
function isGiven(found: IpAddress, link: IpLink): boolean {
  if (found.dynamic === true || found.mngtmpaddr === true || found.temporary === true) return true;
  if (found['stable-privacy'] === true || found.protocol?.startsWith('kernel') === true) return true;
  if (link.ifname === 'lo') return found.local === '127.0.0.1' || found.local === '::1';
  // That of the MAC address which the link had as it came up (a bridge's changes with its ports). Ours say `nodad`.
  return found.family === 'inet6' && found.scope === LINK_SCOPE && found.nodad !== true;
}

const sameNetwork = (a: IpAddress, b: IpAddress): boolean =>
  a.family === b.family &&
  a.prefixlen === b.prefixlen &&
  networkOf(a.local ?? '', a.prefixlen) === networkOf(b.local ?? '', b.prefixlen);
