// Where a vxlan link of the kernel sends what is for whom: `remotes` and `fdb` of a tunnel in, `bridge fdb … self` out. Learned entries are not looked at.
import { parseAddress } from '../address.js';
import { desired, deviceOf, type Entry, type Kind } from '../kind.js';
import type { Command, Desired, Fields, Live, Resource } from '../model.js';
import type { BridgeEntry } from '../state.js';
import { fdbEntries, isGroupMac, tunnelFdb, ZEROS } from './fdb-fields.js';
import { inEachBody } from './in-each-body.js';

/** The words of a tunnel that become entries. */
export const vxlanFdbFields = {
  remotes: {
    type: 'array',
    minItems: 1,
    items: { type: 'string' },
    examples: [['192.0.2.2', '192.0.2.3']],
    description:
      'Addresses of several other ends of a vxlan link of the kernel, in place of `remote`: what has no known place goes to each of them (head-end replication).',
  },
  fdb: tunnelFdb,
} as const;

const fields = {
  remote: { type: 'string', description: 'Address of the end that frames for the MAC address are sent to.' },
  link: { type: 'string', description: 'The link that they leave through: that of the tunnel.' },
} as const;

export const vxlanFdb: Kind = {
  name: 'vxlan-fdb',
  called: 'an entry in the forwarding database of a vxlan link',
  noun: 'remote',
  fields,

  live: inEachBody(({ body, links, fdb }) => {
    const tunnels = new Map(
      links.flatMap(({ ifname, linkinfo }) =>
        linkinfo?.info_kind === 'vxlan' ? [[ifname, linkinfo.info_data ?? {}] as const] : [],
      ),
    );
    return fdb.flatMap((entry): Live[] => {
      const tunnel = tunnels.get(entry.ifname);
      if (tunnel === undefined || entry.dst === undefined || !isSayable(entry, tunnel)) return [];
      const { ifname, mac, dst: remote } = entry;
      return [{ ...idsOf(body.name, ifname, mac, remote), fields: { remote, link: linkOf(tunnel) } }];
    });
  }),

  make: set,
  change: (_before, after) => set(after),
  remove: (resource) => [command(resource, 'del')],
  reads: ({ body }) => [{ tool: 'bridge', body, what: 'fdb' }],
};

/** The entries that a tunnel wants. `device` is its own, `link` the one that it goes through, or null. */
export function vxlanFdbOf({ body, value, path }: Entry, device: string, link: string | null): Desired[] {
  const remotes = Array.isArray(value['remotes']) ? (value['remotes'] as readonly string[]) : [];
  const said = [
    ...remotes.map((remote, index) => ({ mac: ZEROS, remote, at: [...path, 'remotes', index] })),
    ...fdbEntries(value).map(({ mac, remote, index }) => ({ mac, remote, at: [...path, 'fdb', index] })),
  ];
  return said.flatMap(({ mac, remote, at }) => {
    const ip = remote === null ? undefined : parseAddress(remote)?.ip;
    if (ip === undefined) return [];
    const ids = idsOf(body, device, mac, ip);
    return [desired({ ...ids, fields: { remote: ip, link }, ownership: 'part', at })];
  });
}

type Shown = Readonly<Record<string, unknown>>;

const linkOf = ({ link }: Shown): string | null => (link as string | undefined) ?? null;

/**
 * True for what a file could say. The others are the tunnel's own (the kernel makes one of its `remote` or `group`), those of
 * routing daemons, and such as have a port, a network or a way out of their own.
 */
function isSayable(
  { mac, dst, flags = [], viaIf, port, vni, src_vni, nhid }: BridgeEntry,
  tunnel: Shown,
): boolean {
  const own = ['remote', 'remote6', 'group', 'group6'].some((word) => tunnel[word] === dst);
  if (mac === ZEROS && own) return false;
  const isSpecial = [port, vni, src_vni, nhid].some((one) => one !== undefined);
  return (
    flags.includes('self') &&
    !flags.includes('extern_learn') &&
    !isSpecial &&
    (viaIf ?? null) === linkOf(tunnel)
  );
}

/** The kernel has several entries for a group's address and for zeros, and one for any other (vxlan_fdb_append, vxlan_fdb_replace). */
const hasSeveral = (mac: string): boolean => mac === ZEROS || isGroupMac(mac);

/** They outlast a tunnel that goes down: vxlan_flush() leaves what is permanent. */
function idsOf(body: string, device: string, mac: string, remote: string) {
  const tunnel = [deviceOf(body, device)];
  return {
    id: `${body}/remote/${device}/${mac}${hasSeveral(mac) ? `/${remote}` : ''}`,
    kind: 'vxlan-fdb',
    body,
    needs: tunnel,
    diesWith: tunnel,
    provides: [],
  };
}

/** `append` adds one to those of its MAC address; `replace` also takes the place of one that was learned. */
function set(resource: Resource): Command[] {
  return [command(resource, hasSeveral(macIn(resource)) ? 'append' : 'replace', 'permanent')];
}

const macIn = ({ id }: Resource): string => id.split('/')[3] ?? '';

function command(resource: Resource, verb: 'append' | 'replace' | 'del', ...more: string[]): Command {
  const { body, id } = resource;
  const { remote, link } = resource.fields as Fields & {
    readonly remote: string;
    readonly link: string | null;
  };
  const [, , device = ''] = id.split('/');
  const via = link === null ? [] : ['via', link];
  return {
    tool: 'bridge',
    body,
    args: ['fdb', verb, macIn(resource), 'dev', device, 'dst', remote, ...via, 'self', ...more],
  };
}
