// A tunnel of the kernel: an entry under `tunnels` in, `ip link … type MODE` out. Ports of Open vSwitch are another kind.
import { isMulticast, parseAddress } from '../address.js';
import {
  desired,
  deviceOf,
  linkDefaultsOf,
  netnsOf,
  type Cost,
  type DeclaredLink,
  type Entry,
  type Kind,
  type Names,
} from '../kind.js';
import { groupOf, ownerOf } from '../marks.js';
import type { Fields, Json } from '../model.js';
import { deviceIn, deviceNamed, madeByUs, mtuOf } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { tunnelFields } from './tunnel-fields.js';
import { tunnelFindings } from './tunnel-findings.js';
import { overheadOf, tunnelModeOf, tunnelModes, type Mode, type TunnelMode } from './tunnel-modes.js';
import { isOverIpv6, type TunnelField } from './tunnel-words.js';
import { vxlanFdbFields, vxlanFdbOf } from './vxlan-fdb.js';

/** What a change costs is said here for the most common case; `costOf` knows the others. */
const properties = {
  ...tunnelFields,
  mode: {
    ...tunnelFields.mode,
    enum: Object.keys(tunnelModes),
    'x-change': 'replace',
    'x-why': 'it is another kind of tunnel',
  },
  remote: { ...tunnelFields.remote, 'x-change': 'flap' },
  local: { ...tunnelFields.local, 'x-change': 'flap' },
  // vxlan_open() joins it; only from Linux 6.15 on does vxlan_changelink() as well.
  group: {
    ...tunnelFields.group,
    'x-change': 'replace',
    'x-why': 'most kernels join no other group while the link is up',
  },
  id: {
    type: 'integer',
    minimum: 0,
    maximum: 16777215,
    description: tunnelFields.id.description,
    'x-change': 'replace',
    'x-why': 'the kernel refuses it',
  },
  key: {
    type: 'integer',
    minimum: 0,
    maximum: 4294967295,
    description: tunnelFields.key.description,
    'x-change': 'flap',
  },
  port: { ...tunnelFields.port, 'x-change': 'replace', 'x-why': 'the kernel refuses it' },
  // ip_tunnel_update() sets the MTU anew; vxlan_changelink() forgets the link in the entry for the default destination.
  link: {
    ...tunnelFields.link,
    'x-change': 'replace',
    'x-why': 'the kernel changes the MTU with it, or goes on sending through the old one',
  },
  csum: {
    ...tunnelFields.csum,
    'x-change': 'replace',
    'x-why': 'the kernel refuses it, or changes the MTU with it',
  },
  // ip_tunnel_update() and ipip6_tunnel_update() leave the protocol out.
  payload: { ...tunnelFields.payload, 'x-change': 'replace', 'x-why': 'the kernel ignores the change' },
} as const;

export const tunnel: Kind = {
  name: 'tunnel',
  called: 'a tunnel link of the kernel',
  noun: 'tunnel',
  fields: properties,

  section: {
    name: 'tunnels',
    shape: 'map',
    description:
      'A tunnel to another host: a link of the kernel, or, with `bridge` naming an Open vSwitch bridge, a port of that.',
    properties: { ...properties, ...vxlanFdbFields },
    required: ['mode'],
    takes: ({ body, value }, names) => names.link(body, value['bridge'] as string)?.bridge !== 'ovs',
    links: (entry, names) => [
      madeByUs(
        entry,
        () => defaultMtu(fieldsOf(entry, names), lowerOf(entry, names)),
        carriesFrames(entry.value) ? {} : { noEthernet: true },
      ),
    ],
    findings: tunnelFindings,
    desired(entry, names) {
      const { body, path } = entry;
      const fields = fieldsOf(entry, names);
      const device = deviceNamed(entry);
      const entries =
        fields['mode'] === 'vxlan' ? vxlanFdbOf(entry, device, fields['link'] as string | null) : [];
      return [desired({ ...idsOf(body, device, fields), fields, ownership: 'owned', at: path }), ...entries];
    },
  },

  live: inEachBody(({ body, links }, topology) =>
    links.flatMap((link) => {
      const mode = link.linkinfo?.info_kind as TunnelMode;
      if (!Object.hasOwn(tunnelModes, mode)) return [];
      const fields = readTunnel(mode, link.linkinfo?.info_data ?? {});
      // The kernel's own gre0, tunl0, sit0 and the like (fallback devices of their modules) bear no mark: foreign.
      return [{ ...idsOf(body.name, link.ifname, fields), fields, owner: ownerOf(link, topology) }];
    }),
  ),

  cost: costOf,

  requires: ({ fields }) => [{ kernel: fields['mode'] as TunnelMode, at: 'mode' }],
  make({ body, id, fields }, { topology }) {
    const said = Object.entries(fieldsIn(fields)).filter(([name, field]) =>
      isWorthSaying(name, field, fields),
    );
    const names = said.map(([name]) => name);
    const args = ['name', deviceIn(id), 'group', String(groupOf(topology)), 'type', fields['mode'] as string];
    return [{ tool: 'ip', body, args: ['link', 'add', ...args, ...words(fields, names)] }];
  },
  change(before, { body, id, fields }, changed) {
    const args = ['link', 'set', 'dev', deviceIn(id), 'type', fields['mode'] as string];
    // To take an IPv6 address away, the family of the one that was there has to be said.
    const tunnel = isOverIpv6(before.fields) ? before.fields : fields;
    return [{ tool: 'ip', body, args: [...args, ...words(fields, changed, tunnel)] }];
  },
  usual: (fields) =>
    Object.fromEntries(
      Object.entries(fieldsIn(fields)).map(([name, { standard }]) => [name, standard(fields)]),
    ),
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'del', 'dev', deviceIn(id)] }],
};

const modeOf = ({ mode }: Fields): Mode => tunnelModes[mode as TunnelMode];

const fieldsIn = (fields: Fields): Mode['fields'] => modeOf(fields).fields;

const lowerOf = ({ body, value }: Entry, names: Names): DeclaredLink | undefined =>
  names.link(body, value['link'] as string);

function fieldsOf(entry: Entry, names: Names): Fields {
  const { value } = entry;
  const given: Record<string, Json> = { mode: tunnelModeOf(value) };
  for (const name of ['local', 'remote', 'group']) {
    const said = value[name];
    given[name] = typeof said === 'string' ? (parseAddress(said)?.ip ?? null) : null;
  }
  const fields = Object.entries(fieldsIn(given)).map(([name, field]): [string, Json] => {
    if (name in given) return [name, given[name] ?? null];
    if (name === 'link') return [name, lowerOf(entry, names)?.device ?? null];
    return [name, value[name] ?? field.standard(given)];
  });
  return { mode: given['mode'] ?? null, ...Object.fromEntries(fields) };
}

/** The kernel's choice. Where it follows the route at the time, as without a link below, it is not known here. */
function defaultMtu(fields: Fields, lower: DeclaredLink | undefined): number | undefined {
  const { mode, link } = fields;
  const overhead = overheadOf(fields);
  if (overhead === null) return undefined;
  // vxlan_config_apply(), ip_tunnel_bind_dev() and ipip6_tunnel_bind_dev(); ether_setup() for a vxlan of no link.
  if (link === null) return mode === 'vxlan' ? 1500 : undefined;
  const below = mtuOf(lower);
  if (below === undefined) return undefined;
  return mode === 'sit' ? Math.max(below - overhead, IPV6_MIN_MTU) : below - overhead;
}

/** In bytes (RFC 8200). */
const IPV6_MIN_MTU = 1280;

function idsOf(body: string, device: string, { mode, link }: Fields) {
  const below = link === null || link === undefined ? [] : [deviceOf(body, link as string)];
  return {
    id: `${body}/tunnel/${device}`,
    kind: 'tunnel',
    body,
    needs: [netnsOf(body), linkDefaultsOf(body), ...below],
    // vxlan_handle_lowerdev_unregister(); the others stay without their link, and send nothing any more.
    diesWith: [...(mode === 'vxlan' ? below : []), netnsOf(body)],
    provides: [deviceOf(body, device)],
  };
}

const readTunnel = (mode: TunnelMode, shown: Readonly<Record<string, unknown>>): Fields => ({
  mode,
  ...Object.fromEntries(
    Object.entries(tunnelModes[mode].fields).map(([name, field]) => [name, field.read(shown)]),
  ),
});

/** ip's own port for vxlan is another one than ours. */
const isWorthSaying = (name: string, field: TunnelField, fields: Fields): boolean =>
  fields[name] !== null && (name === 'port' || fields[name] !== field.standard(fields));

const words = (fields: Fields, said: readonly string[], tunnel = fields): string[] =>
  said.flatMap((name) => fieldsIn(fields)[name]?.say(fields[name] ?? null, tunnel) ?? []);

/** Found on kernels 6.1 and 6.18, and in their sources where cited. */
function costOf(field: string, before: Fields, after: Fields): Cost | undefined {
  const { carries, overhead } = modeOf(after);
  if (overhead === null) return 'replace';
  const comesOrGoes = (before[field] === null) !== (after[field] === null);
  switch (field) {
    case 'local':
    case 'remote':
      // vxlan_nl2conf() keeps the family; ip_tunnel_changelink() and ipip6_changelink() keep whether there is one other end, or a group.
      if (isOverIpv6(before) !== isOverIpv6(after)) return 'replace';
      if (carries === 'frames' || field === 'local') return 'flap';
      return comesOrGoes || isGroup(before) !== isGroup(after) ? 'replace' : 'flap';
    case 'key':
      // ipgre_link_update() changes the MTU by the key's 4 bytes, whoever set it; another key has as many.
      return comesOrGoes ? 'replace' : 'flap';
    case 'ttl':
      // vxlan_nl2conf(): the flag TTL_INHERIT stays, and a number beside it means nothing.
      return after['mode'] === 'vxlan' && [before['ttl'], after['ttl']].includes('inherit')
        ? 'replace'
        : 'live';
    default:
      return undefined;
  }
}

const isGroup = ({ remote }: Fields): boolean => typeof remote === 'string' && isMulticast(remote);

/** Of a mode that there is not, which is an error of its own, nothing is known. */
function carriesFrames(value: Entry['value']): boolean {
  const called = tunnelModeOf(value) as TunnelMode;
  return !Object.hasOwn(tunnelModes, called) || tunnelModes[called].carries === 'frames';
}
