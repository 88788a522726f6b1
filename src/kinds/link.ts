// What every link has, whatever made it: state, MTU, MAC address, alias, queue length. Set in one `ip link set` line.
import {
  desired,
  deviceOf,
  netnsOf,
  pick,
  settingsOf,
  type DeclaredLink,
  type Kind,
  type Names,
  type Properties,
} from '../kind.js';
import { isBondMember, ownAddress } from '../bond-member.js';
import { readAlias } from '../marks.js';
import { groupBy } from '../collections.js';
import { HOST, type Fields, type Json, type Live } from '../model.js';
import type { IpLink } from '../state.js';
import { portId } from './bridge-port.js';
import { mtuOf } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { withMark, wordsToSet } from './link-words.js';
import { linuxBondOf, membersOf } from './masters.js';

/** The address of a tunnel of packets is its end's, and none that can be set. */
const MAC = /^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/;

const fields: Properties = {
  up: {
    type: 'boolean',
    description: 'Whether the link is administratively up.',
    default: true,
    'x-change': 'reset',
  },
  mtu: {
    type: 'integer',
    minimum: 68,
    maximum: 65535,
    description:
      'Largest packet. Default: the kernel’s for the kind of link (1500 for veth; a VLAN takes its parent’s; a Linux bridge the smallest of its ports’).',
    'x-unit': 'bytes',
    'x-change': 'flap',
  },
  macaddress: {
    type: 'string',
    pattern: MAC.source,
    examples: ['02:00:00:00:00:01'],
    description: 'MAC address. Default: what the kernel chose when the link was made.',
    'x-change': 'flap',
  },
  description: {
    type: 'string',
    maxLength: 200,
    description: 'A text for people, kept in the link’s alias.',
    default: '',
  },
  txqueuelen: {
    type: 'integer',
    minimum: 0,
    maximum: 4294967295,
    description: 'Length of the transmit queue. The default is for links that this file makes.',
    // DEFAULT_TX_QUEUE_LEN in include/net/pkt_sched.h.
    default: 1000,
    'x-unit': 'packets',
  },
  promiscuous: {
    type: 'boolean',
    description: 'Whether the link receives all frames. The default is for links that this file makes.',
    default: false,
  },
};

export const link: Kind = {
  name: 'link',
  noun: 'link',
  role: 'settings',
  fields,

  onLink: {
    properties: fields,
    desired(declared, names) {
      if (!declared.netdev) return [];
      const { body, device, adopted, path } = declared;
      return [
        desired({
          id: linkId(body, device),
          kind: 'link',
          body,
          fields: wanted(declared, names),
          needs: [...standsOn(body, device), settingsOf(body, device), ...below(declared, names)],
          diesWith: [holderOf(body, device)],
          after: [...whatComesUpBefore(declared, names), ...membership(declared, names)],
          ownership: adopted ? 'adopted' : 'part',
          at: path,
        }),
      ];
    },
  },

  live(host) {
    const links = linksIn(host);
    if (host.ovs === null) return links;
    const types = new Map(host.ovs.Interface.map(({ name, type }) => [linkId(HOST, name), type]));
    return links.map((found) => {
      const type = types.get(found.id);
      return type === undefined ? found : { ...found, given: [...givenByOvs(type), ...(found.given ?? [])] };
    });
  },

  // A fresh link has the kernel's queue length and is not promiscuous: no need to say it.
  make(resource, { topology }) {
    const said = Object.keys(resource.fields).filter(
      (field) =>
        field === 'up' || field === 'description' || resource.fields[field] !== fields[field]?.default,
    );
    return wordsToSet(resource, said, topology);
  },
  change: (_before, after, changed, { topology }) => wordsToSet(after, withMark(after, changed), topology),
  // A bond gives its members its own address: to have another one later, a link has to leave first.
  cost: (field, before) => (field === 'macaddress' && before['member'] === true ? 'replace' : undefined),
  usual: () => ({ mtu: ETHERNET_MTU }),
  isIdle: ({ fields: { up } }) => up === false,
  remove: () => [],
};

/** ETH_DATA_LEN of include/uapi/linux/if_ether.h, in bytes. */
const ETHERNET_MTU = 1500;

/** Id of a link's settings: what addresses, routes and neighbours of it need. */
export const linkId = (body: string, device: string): string => `${body}/link/${device}`;

/**
 * What an address or a route of a link dies with: the link; and a change of the MAC address that Open vSwitch sets, because it
 * takes a device of its userspace datapath down for it (netdev_linux_set_etheraddr).
 */
export const fallsWith = (body: string, device: string): string[] => [
  linkId(body, device),
  `${deviceOf(body, device)}#macaddress`,
];

/** A namespace's `lo` is there as soon as the namespace is; whoever adopts it comes first, too. */
const standsOn = (body: string, device: string): string[] =>
  device === 'lo' ? [netnsOf(body), deviceOf(body, device)] : [deviceOf(body, device)];

/** A namespace's `lo` comes and goes with the namespace, every other link with its device. */
const holderOf = (body: string, device: string): string =>
  device === 'lo' ? netnsOf(body) : deviceOf(body, device);

/** The link below (of a VLAN, of a tunnel) is set first: a link cannot be up above one that is down, nor have a larger MTU. */
function below({ body, value }: DeclaredLink, names: Names): string[] {
  const lower = typeof value['link'] === 'string' ? names.link(body, value['link']) : undefined;
  return lower?.netdev === true ? [linkId(lower.body, lower.device)] : [];
}

/**
 * A bridge comes up after its ports, and the port that a veth ends at after the other end: so the bridge hears of each when it
 * is ready, and a thousand that come up one by one do not send what they first have to say to all before them.
 */
function whatComesUpBefore(declared: DeclaredLink, names: Names): string[] {
  const { bridge, peer, value } = declared;
  const ports = bridge === undefined ? [] : names.ports(declared).filter(({ netdev }) => netdev);
  const others = peer === undefined || value['bridge'] === undefined ? ports : [...ports, peer];
  // A bond takes the MAC address of the first that joins it.
  const members = declared.bond === 'linux' ? membersOf(declared, names) : [];
  return [
    ...others.map(({ body, device }) => linkId(body, device)),
    ...members.map(({ body, device }) => portId(body, device)),
  ];
}

/** A link that is down as it joins a VRF need not be taken down and up. */
const membership = (declared: DeclaredLink, names: Names): string[] =>
  names.master(declared)?.table === undefined ? [] : [portId(declared.body, declared.device)];

/** On an adopted link only what the file names is ours; on our own, everything whose default is known. */
function wanted(declared: DeclaredLink, names: Names): Fields {
  const { value, adopted, byOvs } = declared;
  const given = Object.fromEntries(Object.entries(value).filter(([field]) => field in fields));
  if (typeof given['macaddress'] === 'string') given['macaddress'] = given['macaddress'].toLowerCase();
  const bond = linuxBondOf(declared, names);
  const lent = bond === undefined ? {} : { up: true, mtu: mtuOf(bond) ?? ETHERNET_MTU };
  if (adopted) return { ...lent, ...given };
  const mtu = declared.defaultMtu === undefined ? {} : { mtu: declared.defaultMtu };
  const all: Record<string, Json> = { ...mtu, ...lent, ...pick(fields, {}), ...given };
  if (byOvs) for (const field of ['mtu', 'macaddress']) Reflect.deleteProperty(all, field);
  for (const field of setByOvs(declared, names)) if (!(field in given)) Reflect.deleteProperty(all, field);
  return all;
}

/** Devices of Open vSwitch have its queue length, and with the userspace datapath its ports are promiscuous (lib/netdev-linux.c). */
function setByOvs(declared: DeclaredLink, names: Names): string[] {
  if (declared.byOvs) return ['txqueuelen', 'promiscuous'];
  return isOvsPort(declared, names) ? ['promiscuous'] : [];
}

function isOvsPort(link: DeclaredLink, names: Names): boolean {
  const { body, value } = link;
  if (typeof value['bridge'] === 'string' && names.link(body, value['bridge'])?.bridge === 'ovs') return true;
  return names.master(link)?.bond === 'ovs';
}

/** Of its own devices Open vSwitch also chooses what no row says. `type` is that of the interface. */
const givenByOvs = (type: string): string[] =>
  type === '' ? ['promiscuous'] : ['mtu', 'macaddress', 'txqueuelen', 'promiscuous'];

const linksIn = inEachBody(({ body, links }): Live[] => {
  const lent = new Set(links.map(({ master, address }) => `${master} ${address}`));
  const joined = groupBy(links.filter(isBondMember), ({ master }) => master);
  return links.map((found) => ({
    id: linkId(body.name, found.ifname),
    kind: 'link',
    body: body.name,
    fields: fieldsOf(found),
    // A bridge, or a bond, that was given no MAC address has that of one of its ports (br_stp_recalculate_bridge_id, bond_enslave).
    given: lent.has(`${found.ifname} ${found.address}`) || keepsAddress(found) ? ['macaddress'] : [],
    lostWith: [
      ...goesDownWith(body.name, found),
      ...bondPorts(body.name, found, joined.get(found.ifname) ?? []),
    ],
    needs: standsOn(body.name, found.ifname),
    diesWith: [holderOf(body.name, found.ifname)],
    provides: [],
  }));
});

/** Links whose drivers have no ndo_set_mac_address: an ifb has the address that it was made with, an ipvlan that of its link. */
const KEEP_THEIRS: ReadonlySet<string> = new Set(['ifb', 'ipvlan']);

/** That of `lo` is none, which Linux 6.1 does not let anybody set (eth_prepare_mac_addr_change). */
const keepsAddress = ({ flags, linkinfo }: IpLink): boolean =>
  flags.includes('LOOPBACK') || KEEP_THEIRS.has(linkinfo?.info_kind ?? '');

/** A VLAN is taken down with its link (vlan_device_event). */
const goesDownWith = (body: string, { link, linkinfo }: IpLink): string[] =>
  linkinfo?.info_kind === 'vlan' && link != null ? [linkId(body, link)] : [];

/**
 * What a link goes down with: its own membership in a bond, and that bond; and a bond with its only member, which has another MAC
 * address after that (__bond_release_one).
 */
function bondPorts(body: string, found: IpLink, members: readonly IpLink[]): string[] {
  const [only, ...others] = members;
  return [
    ...(isBondMember(found) ? [portId(body, found.ifname), deviceOf(body, String(found.master))] : []),
    ...(only !== undefined && others.length === 0 ? [portId(body, only.ifname)] : []),
  ];
}

const fieldsOf = (found: IpLink): Fields => ({
  up: found.flags.includes('UP'),
  mtu: found.mtu,
  ...(found.address !== undefined && MAC.test(found.address)
    ? { macaddress: ownAddress(found) ?? found.address }
    : {}),
  ...(isBondMember(found) ? { member: true } : {}),
  description: readAlias(found.ifalias).description,
  txqueuelen: found.txqlen ?? 0, // ip does not show 0
  promiscuous: found.flags.includes('PROMISC'),
});
