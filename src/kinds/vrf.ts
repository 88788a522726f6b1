// A VRF, a router of its own within a body: an entry under `vrfs` in, `ip link … type vrf` and its members out.
import { desired, deviceOf, linkDefaultsOf, netnsOf, type Entry, type Kind, type Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { groupOf, ownerOf } from '../marks.js';
import { deviceIn, deviceNamed, madeByUs } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { membersProperty } from './masters.js';
import { firstOf } from './twins.js';
import { vrfPortOf } from './vrf-port.js';

const fields = {
  table: {
    type: 'integer',
    minimum: 1,
    maximum: 4294967295,
    description: 'Number of the routing table in which the VRF and its members have their routes.',
    'x-change': 'replace',
    // vrf_link_ops in the kernel's drivers/net/vrf.c has no changelink.
    'x-why': 'the kernel cannot change the table of a VRF',
  },
} as const;

const properties = {
  ...fields,
  interfaces: membersProperty(
    'The links of this body that belong to the VRF. Their networks, and routes that do not say another table, are in the VRF’s table; a link that joins or leaves is taken down and up by the kernel, and gets back the addresses and routes that the file gives it: those of others are lost, and the plan names them.',
  ),
} as const;

export const vrf: Kind = {
  name: 'vrf',
  called: 'a VRF',
  noun: 'vrf',
  fields,

  section: {
    name: 'vrfs',
    shape: 'map',
    description:
      'Virtual routing and forwarding: links that route among themselves, by a table of their own, so that the same networks can be in several VRFs. `routes` of a VRF are those of its table.',
    properties,
    required: ['table'],
    // vrf_setup(): IP6_MAX_MTU.
    links: (entry) => [
      { ...madeByUs(entry, () => 65575), members: membersOf(entry), table: Number(entry.value['table']) },
    ],
    findings: (entry, names) => [
      ...asPort(entry),
      ...kernelTable(entry),
      ...sameTable(entry, names),
      ...members(entry, names),
    ],
    desired(entry, names) {
      const { body, value, path } = entry;
      const device = deviceNamed(entry);
      const made = { ...idsOf(body, device), fields: { table: value['table'] ?? null } };
      const ports = membersOf(entry).flatMap((key, i) => {
        const link = names.link(body, key);
        if (link === undefined) return [];
        const at = [...path, 'interfaces', i];
        return [desired({ ...vrfPortOf(body, link.device, device), ownership: 'part', at })];
      });
      return [desired({ ...made, ownership: 'owned', at: path }), ...ports];
    },
  },

  live: inEachBody(({ body, links }, topology) =>
    links
      .filter(({ linkinfo }) => linkinfo?.info_kind === 'vrf')
      .map((link) => ({
        ...idsOf(body.name, link.ifname),
        fields: { table: Number(link.linkinfo?.info_data?.['table']) },
        owner: ownerOf(link, topology),
      })),
  ),

  requires: () => [{ kernel: 'vrf' }],
  make({ body, id, fields: { table } }, { topology }) {
    const made = ['link', 'add', 'name', deviceIn(id), 'group', String(groupOf(topology))];
    return [{ tool: 'ip', body, args: [...made, 'type', 'vrf', 'table', String(table)] }];
  },
  change: () => [],
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'del', 'dev', deviceIn(id)] }],
};

const idsOf = (body: string, device: string) => ({
  id: `${body}/vrf/${device}`,
  kind: 'vrf',
  body,
  needs: [netnsOf(body), linkDefaultsOf(body)],
  diesWith: [netnsOf(body)],
  provides: [deviceOf(body, device)],
});

const membersOf = ({ value }: Entry): string[] =>
  Array.isArray(value['interfaces']) ? (value['interfaces'] as string[]) : [];

/** IFF_NO_RX_HANDLER in vrf_setup(). */
function asPort({ value, path }: Entry): Finding[] {
  if (value['bridge'] === undefined) return [];
  const hint = 'it is the bridge that may belong to the VRF: list it under `interfaces`';
  const message = 'a VRF cannot be a port of a bridge';
  return [{ code: 'vrf-as-port', message, hint, path: [...path, 'bridge'] }];
}

/** RT_TABLE_DEFAULT, RT_TABLE_MAIN and RT_TABLE_LOCAL: what stands in them is for all that belongs to no VRF. */
function kernelTable({ value, path }: Entry): Finding[] {
  const table = Number(value['table']);
  if (![253, 254, 255].includes(table)) return [];
  const message = `table ${table} is the kernel’s own, for what belongs to no VRF`;
  return [{ code: 'vrf-table', message, hint: 'choose another number', path: [...path, 'table'] }];
}

function sameTable(entry: Entry, names: Names): Finding[] {
  const first = firstWithTable(entry, names);
  if (first === undefined) return [];
  const message = `the VRF \`${first.key}\` has the same table, so the two are not apart`;
  return [{ code: 'vrf-table', message, path: [...entry.path, 'table'] }];
}

const firstWithTable = firstOf('vrfs', ({ value: { table } }) => JSON.stringify(table));

/** do_vrf_add_slave(), vrf_add_slave(). */
function members(entry: Entry, names: Names): Finding[] {
  return membersOf(entry).flatMap((key, i) => {
    const link = names.link(entry.body, key);
    const what =
      link?.device === 'lo' ? 'the loopback link' : link?.table !== undefined ? 'a VRF' : undefined;
    if (what === undefined) return [];
    const message = `${what} cannot belong to a VRF`;
    return [{ code: 'vrf-member', message, path: [...entry.path, 'interfaces', i] }];
  });
}
