// A MAC address that is behind a port of a Linux bridge for good: an entry of a link's `fdb` in, `bridge fdb … master static` out.
import { desired, deviceOf, type DeclaredLink, type Kind, type Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Command, Desired, Live, Resource } from '../model.js';
import type { BodyState, BridgeEntry } from '../state.js';
import { linuxBridgeOf, portId } from './bridge-port.js';
import { fdbEntries, isGroupMac, portFdb, ZEROS, type FdbEntry } from './fdb-fields.js';
import { inEachBody } from './in-each-body.js';
import { filtersVlans } from './vlan-filtering.js';
import { vlanIds } from './port-fields.js';
import { portVlansId } from './port-vlans.js';
import { vlanSetOf } from './vlan-set.js';

export const bridgeFdb: Kind = {
  name: 'bridge-fdb',
  called: 'a port of a Linux bridge',
  noun: 'fdb',
  fields: {},

  onLink: {
    properties: { fdb: portFdb },
    takes: (link, names) => linuxBridgeOf(link, names) !== undefined,
    findings: (link, names) => entriesOf(link, names).flatMap((entry) => faultsOf(entry, link, names)),
    desired: (link, names) =>
      entriesOf(link, names).flatMap(({ mac, vlan, index, bridge }): Desired[] => {
        const { body, device, path } = link;
        const ids = idsOf(body, device, bridge.device, mac, vlan);
        return [desired({ ...ids, fields: {}, ownership: 'part', at: [...path, 'fdb', index] })];
      }),
  },

  live: inEachBody(liveIn),

  make: (resource) => [command(resource, 'replace', 'static')],
  change: () => [],
  remove: (resource) => [command(resource, 'del')],
  reads: ({ body }) => ['fdb', 'vlan'].map((what) => ({ tool: 'bridge', body, what })),
};

interface Entry extends FdbEntry {
  readonly bridge: DeclaredLink;
}

/** The entries of a port; where VLANs are kept apart and none is said, that of frames without a tag. */
function entriesOf(link: DeclaredLink, names: Names): Entry[] {
  const bridge = linuxBridgeOf(link, names);
  if (bridge === undefined) return [];
  const own = filtersVlans(bridge, names) ? vlanSetOf(link.value).pvid : null;
  return fdbEntries(link.value)
    .filter(({ remote }) => remote === null)
    .map((entry) => ({ ...entry, vlan: entry.vlan ?? own, bridge }));
}

function faultsOf({ mac, vlan, index, bridge }: Entry, link: DeclaredLink, names: Names): Finding[] {
  const path = [...link.path, 'fdb', index];
  const said = (link.value['fdb'] as readonly object[])[index];
  const fault = (code: string, message: string, hint?: string): Finding => ({ code, message, hint, path });
  const filters = filtersVlans(bridge, names);
  const { pvid, tagged } = vlanSetOf(link.value);
  const first = firstLike({ mac, vlan, index }, link, bridge, names);
  return [
    // fdb_add_entry() and is_valid_ether_addr().
    ...(isGroupMac(mac) || mac === ZEROS ? [fault('bad-mac', `\`${mac}\` is no host’s address`)] : []),
    ...(!filters && vlan !== null
      ? [fault('fdb-vlan', `\`${bridge.key}\` does not keep VLANs apart`, 'leave `vlan` out')]
      : []),
    ...(filters && vlan === null
      ? [
          fault(
            'fdb-vlan',
            'the port has no VLAN for frames without a tag',
            `say \`{mac: "${mac}", vlan: …}\``,
          ),
        ]
      : []),
    // br_fdb_add(): EINVAL.
    ...(filters && typeof said === 'object' && vlan !== null && vlan !== pvid && !tagged.includes(vlan)
      ? [fault('fdb-vlan', `the port does not carry VLAN ${String(vlan)}`)]
      : []),
    ...(first === undefined ? [] : [fault('duplicate-fdb', `\`${mac}\` is behind \`${first.key}\` already`)]),
  ];
}

/** A bridge has one place for a MAC address in each VLAN. */
function firstLike(
  { mac, vlan, index }: Pick<FdbEntry, 'mac' | 'vlan' | 'index'>,
  link: DeclaredLink,
  bridge: DeclaredLink,
  names: Names,
): DeclaredLink | undefined {
  for (const port of names.ports(bridge)) {
    const like = entriesOf(port, names).find((other) => other.mac === mac && other.vlan === vlan);
    if (like === undefined) continue;
    return port === link && like.index === index ? undefined : port;
  }
  return undefined;
}

function idsOf(body: string, device: string, bridge: string, mac: string, vlan: number | null) {
  const port = portId(body, device);
  const inVlan = vlan === null ? '' : `/${String(vlan)}`;
  return {
    id: `${body}/fdb/${device}/${mac}${inVlan}`,
    kind: 'bridge-fdb',
    body,
    // The kernel takes and gives back only what is in a VLAN that the port carries.
    needs: [port, ...(vlan === null ? [] : [portVlansId(body, device)])],
    // A port that leaves its bridge loses them (del_nbp); one that goes down, or leaves a VLAN, does not.
    diesWith: [port],
    provides: [`${deviceOf(body, bridge)}/fdb/${mac}${inVlan}`],
  };
}

function liveIn({ body, links, vlans, fdb }: BodyState): Live[] {
  const filtering = new Set(
    links.flatMap(({ ifname, linkinfo }) =>
      linkinfo?.info_kind === 'bridge' && linkinfo.info_data?.['vlan_filtering'] === 1 ? [ifname] : [],
    ),
  );
  const carried = (device: string): number[] =>
    vlanIds(
      (vlans.find(({ ifname }) => ifname === device)?.vlans ?? []).map(
        ({ vlan, vlanEnd = vlan }) => `${String(vlan)}-${String(vlanEnd)}`,
      ),
    );
  return fdb.flatMap((entry): Live[] => {
    const { ifname, master, mac, vlan = null } = entry;
    if (master === undefined || !isStatic(entry)) return [];
    // To all VLANs of a port the kernel adds what is said without one (br_fdb_add): where they are not kept apart that means nothing.
    const counts = filtering.has(master) ? vlan !== null && carried(ifname).includes(vlan) : vlan === null;
    return counts ? [{ ...idsOf(body.name, ifname, master, mac, vlan), fields: {} }] : [];
  });
}

/** Not the bridge's own (`permanent`: its ports' addresses), nor what a routing daemon or a switch has put there. */
const isStatic = ({ state, flags = [] }: BridgeEntry): boolean =>
  state === 'static' && !flags.includes('self') && !flags.includes('extern_learn');

/** `replace`, because the bridge may have learned the address before. */
function command({ body, id }: Resource, verb: 'replace' | 'del', ...more: string[]): Command {
  const [, , device = '', mac = '', vlan] = id.split('/');
  const inVlan = vlan === undefined ? [] : ['vlan', vlan];
  return { tool: 'bridge', body, args: ['fdb', verb, mac, 'dev', device, 'master', ...more, ...inVlan] };
}
