// What ip, bridge, nft and iptables say of network namespaces in; comparable states of them out.

import { configured } from './configured.js';

/** Parsed answers of the tools. */
export interface NamespaceReading {
  readonly links: readonly LinkReading[];
  readonly routes: readonly Route[];
  readonly rules: readonly object[];
  readonly neighbours: readonly object[];
  /** The numbers that this namespace has for others, with their names where they have one. */
  readonly namespaceIds: readonly { readonly nsid: number; readonly name?: string }[];
  readonly vlans: readonly object[];
  readonly fdb: readonly { readonly mac: string; readonly state: string }[];
  readonly nft: readonly object[];
  readonly iptables: readonly string[];
  readonly sysctls: readonly (readonly [string, string])[];
}

interface LinkReading {
  readonly ifindex: number;
  readonly ifname: string;
  readonly address?: string;
  /** The index of the link it belongs to, in the namespace with that number. */
  readonly link_index?: number;
  readonly link_netnsid?: number;
  readonly addr_info: readonly Address[];
}

interface Address {
  readonly local?: string;
  readonly scope: string;
}

interface Route {
  readonly type: string;
  readonly dst: string;
  readonly table: string;
  readonly protocol: string;
}

/** The state of a network namespace: links, with their details and addresses, by name; and lists in a stable order. */
export interface NamespaceState {
  readonly links: Readonly<Record<string, unknown>>;
  readonly routes: readonly unknown[];
  readonly rules: readonly unknown[];
  /** Permanent ones and proxies. */
  readonly neighbours: readonly unknown[];
  /** VLANs of bridge ports. */
  readonly vlans: readonly unknown[];
  /** Entries for unicast addresses that were not learned. */
  readonly fdb: readonly unknown[];
  /** Tables, chains, rules and sets in the kernel's order. */
  readonly nft: readonly unknown[];
  readonly iptables: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
}

/** The states of the namespaces of one host. */
export function namespaceStates(
  readings: Readonly<Record<string, NamespaceReading>>,
): Record<string, NamespaceState> {
  const states = Object.entries(readings).map(([name, reading]) => [name, state(reading, readings)] as const);
  return Object.fromEntries(states);
}

function state(reading: NamespaceReading, all: Readonly<Record<string, NamespaceReading>>): NamespaceState {
  const links = reading.links.map((link) => {
    const other = otherEnd(link, reading, all);
    const addr_info = sorted(link.addr_info.filter((address) => !isFromMac(address, link.address)));
    return [
      link.ifname,
      { ...configured(link), addr_info, ...(other === undefined ? {} : { other }) },
    ] as const;
  });
  const fdb = reading.fdb.filter(
    ({ mac, state }) => ['permanent', 'static'].includes(state) && isUnicast(mac),
  );
  return {
    links: Object.fromEntries(links),
    routes: sorted(reading.routes.filter((route) => !isFromAddress(route))),
    rules: sorted(reading.rules.filter((rule) => !isOfVrfs(rule))),
    neighbours: sorted(reading.neighbours),
    vlans: sorted(reading.vlans),
    fdb: sorted(fdb),
    nft: reading.nft.filter((object) => !('metainfo' in object)).map(configured),
    iptables: reading.iptables
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.replace(/\[\d+:\d+\]/, '[]')),
    sysctls: Object.fromEntries(reading.sysctls),
  };
}

/** `namespace/link` of the other end of a veth, or of the parent, in another namespace. The host's own has no name. */
function otherEnd(
  link: LinkReading,
  reading: NamespaceReading,
  all: Readonly<Record<string, NamespaceReading>>,
) {
  if (link.link_netnsid === undefined) return undefined;
  const name = reading.namespaceIds.find(({ nsid }) => nsid === link.link_netnsid)?.name ?? 'host';
  const other = all[name]?.links.find(({ ifindex }) => ifindex === link.link_index);
  return other === undefined ? 'elsewhere' : `${name}/${other.ifname}`;
}

/**
 * An IPv6 link-local address that the kernel has made of the link's MAC (RFC 4291, appendix A). It comes some time
 * after the link is up, up to a second (linux: net/core/link_watch.c), and says nothing that is not in the link. Links that
 * share a MAC, as ipvlans do, have numbers of theirs in its middle in place of ff:fe (addrconf_ifid_eui48).
 */
const isFromMac = ({ local = '', scope }: Address, mac: string | undefined) =>
  scope === 'link' &&
  (/^fe80::[0-9a-f:]*ff:fe[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(local) || isFromSharedMac(local, mac));

function isFromSharedMac(local: string, mac = ''): boolean {
  const bytes = mac.split(':').map((byte) => parseInt(byte, 16));
  const groups = local.replace(/^fe80::/, '').split(':');
  const [a, b, c, d] = [...Array<string>(4).fill('0'), ...groups]
    .slice(-4)
    .map((group) => parseInt(group, 16));
  const half = (at: number) => (bytes[at]! << 8) | bytes[at + 1]!;
  return (
    bytes.length === 6 && a === half(0) && b! >> 8 === bytes[2] && (c! & 0xff) === bytes[3] && d === half(4)
  );
}

/** A route that the kernel makes for an IPv6 address of a link when nobody else has been found to have that address; in a VRF's table, too. */
const isFromAddress = ({ type, dst, table, protocol }: Route) =>
  protocol === 'kernel' &&
  dst.includes(':') &&
  (table === 'local' || ['local', 'anycast'].includes(type) || dst === 'fe80::/64');

/** A rule that the kernel makes with the first VRF of a namespace, and keeps (vrf_add_fib_rules in drivers/net/vrf.c). */
const isOfVrfs = (rule: object) => 'l3mdev' in rule;

/** The group bit of a MAC address; the kernel lists the multicast groups that it has joined as fdb entries. */
const isUnicast = (mac: string) => (parseInt(mac.slice(0, 2), 16) & 1) === 0;

const sorted = (objects: readonly object[]) =>
  objects
    .map(configured)
    .map((value) => ({ value, text: JSON.stringify(value) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ value }) => value);
