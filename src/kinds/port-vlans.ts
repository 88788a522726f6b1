// The VLANs of a port of a Linux bridge that keeps them apart, and of the bridge's own device: the words of a link in, `bridge vlan` out.
import { desired, deviceOf, type DeclaredLink, type Kind, type Names, type Properties } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Command, Desired, Fields, Live, Resource } from '../model.js';
import type { BodyState } from '../state.js';
import { vlanFindings } from './port-findings.js';
import { linuxBridgeOf, portId } from './bridge-port.js';
import { deviceIn } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { filtersVlans } from './vlan-filtering.js';
import { portFields, vlanIds, vlanRanges } from './port-fields.js';
import { ALL_VLANS, shownWords, vlanSetOf, vlanWords, type VlanSet } from './vlan-set.js';

const properties = {
  tag: { ...portFields.tag, 'x-change': 'flap' },
  trunks: { ...portFields.trunks, 'x-change': 'flap' },
  'native-tag': { ...portFields['native-tag'], 'x-change': 'flap' },
  'vlan-mode': { ...portFields['vlan-mode'], 'x-change': 'flap' },
} as const satisfies Properties;

/**
 * A fresh port carries the bridge's vlan_default_pvid, 1, without a tag. It is left at that, and each port of ours is then given
 * exactly its own VLANs. To change vlan_default_pvid would make the kernel rewrite the VLANs of all ports
 * (__br_vlan_set_default_pvid) and cut off those that somebody else has plugged in; vlan_filtering on or off rewrites none.
 */
export const portVlans: Kind = {
  name: 'port-vlans',
  called: 'a port of a Linux bridge',
  noun: 'port-vlans',
  fields: properties,

  onLink: {
    properties,
    takes: (link, names) => linuxBridgeOf(link, names) !== undefined,
    findings: (link, names) =>
      linuxBridgeOf(link, names) === undefined
        ? []
        : [...vlanFindings(link), ...doubleTags(link), ...vlanOne(link)],
    desired: (link, names) => [...ofPort(link, names), ...ofBridge(link, names)],
  },

  live: inEachBody(liveIn),

  make: set,
  change: (_before, after) => set(after),
  // Asked when the bridge no longer keeps VLANs apart: then its ports are as fresh ones.
  remove: (resource) => write(resource, { pvid: 1, untagged: true, tagged: [] }),
  reads: ({ body }) => [{ tool: 'bridge', body, what: 'vlan' }],
};

function ofPort(link: DeclaredLink, names: Names): Desired[] {
  const bridge = linuxBridgeOf(link, names);
  if (bridge === undefined || !filtersVlans(bridge, names)) return [];
  const fields = vlanWords(vlanSetOf(link.value));
  return [desired({ ...idsOfPort(link.body, link.device), fields, ownership: 'part', at: link.path })];
}

/** As with Open vSwitch, the bridge's own device carries all VLANs. */
function ofBridge(link: DeclaredLink, names: Names): Desired[] {
  if (link.bridge !== 'linux' || !filtersVlans(link, names)) return [];
  const fields = vlanWords(vlanSetOf({}));
  return [desired({ ...idsOfBridge(link.body, link.device), fields, ownership: 'part', at: link.path })];
}

function doubleTags({ value, path }: DeclaredLink): Finding[] {
  if (value['vlan-mode'] !== 'dot1q-tunnel') return [];
  const message = 'no port of a Linux bridge chooses to wrap tagged frames in a second tag';
  return [
    {
      code: 'vlan-mode',
      message,
      hint: 'say `vlan-protocol: 802.1ad` of the bridge: then an access port does; or use an Open vSwitch bridge',
      path: [...path, 'vlan-mode'],
    },
  ];
}

function vlanOne({ value, path }: DeclaredLink): Finding[] {
  const isOne: Readonly<Record<string, boolean>> = {
    tag: value['tag'] === 1,
    'native-tag': value['native-tag'] === 1,
    trunks: Array.isArray(value['trunks']) && vlanIds(value['trunks'] as number[]).includes(1),
  };
  const word = Object.keys(isOne).find((name) => isOne[name] === true);
  if (word === undefined) return [];
  const message = 'on a Linux bridge, VLAN 1 is the network of frames without a tag';
  return [
    { code: 'vlan-one', severity: 'warning', message, hint: 'choose another id', path: [...path, word] },
  ];
}

/** Id of the VLANs of a port: what is in one of them needs it. */
export const portVlansId = (body: string, device: string): string => `${body}/port-vlans/${device}`;

const idsOf = (body: string, device: string, holder: string) => ({
  id: portVlansId(body, device),
  kind: 'port-vlans',
  body,
  needs: [holder],
  diesWith: [holder],
  provides: [],
});

const idsOfPort = (body: string, device: string) => idsOf(body, device, portId(body, device));

const idsOfBridge = (body: string, device: string) => idsOf(body, device, deviceOf(body, device));

/** Where a bridge does not keep VLANs apart, those of its ports mean nothing and are not looked at. */
function liveIn({ body, links, vlans }: BodyState): Live[] {
  const bridges = new Set(
    links
      .filter(
        ({ linkinfo }) => linkinfo?.info_kind === 'bridge' && linkinfo.info_data?.['vlan_filtering'] === 1,
      )
      .map(({ ifname }) => ifname),
  );
  const shown = new Map(vlans.map((port) => [port.ifname, port.vlans]));
  const fieldsOf = (device: string): Fields => shownWords(shown.get(device) ?? []);
  return links.flatMap(({ ifname, master }) => {
    if (bridges.has(ifname)) return [{ ...idsOfBridge(body.name, ifname), fields: fieldsOf(ifname) }];
    if (master === undefined || !bridges.has(master)) return [];
    return [{ ...idsOfPort(body.name, ifname), fields: fieldsOf(ifname) }];
  });
}

function set(resource: Resource): Command[] {
  return write(resource, vlanSetOf(resource.fields));
}

/** First what is to be there, so that what stays is never interrupted. To delete a VLAN that is not there is no error (br_vlan_info). */
function write({ body, id, needs }: Resource, { pvid, untagged, tagged }: VlanSet): Command[] {
  const device = deviceIn(id);
  const self = needs.includes(deviceOf(body, device)) ? ['self'] : [];
  const vlan = (verb: 'add' | 'del', ids: number | string, ...flags: string[]): Command => ({
    tool: 'bridge',
    body,
    args: ['vlan', verb, 'dev', device, 'vid', String(ids), ...flags, ...self],
  });
  const others = ALL_VLANS.filter((vid) => vid !== pvid && !tagged.includes(vid));
  return [
    ...(pvid === null ? [] : [vlan('add', pvid, 'pvid', ...(untagged ? ['untagged'] : []))]),
    ...vlanRanges(tagged).map((ids) => vlan('add', ids)),
    ...vlanRanges(others).map((ids) => vlan('del', ids)),
  ];
}
