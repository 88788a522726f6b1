// Topologies of hosts in; what stands in for the world around them out: a wire for each network that they plug into.
import { contains, networkOf, parseInterfaceAddress, type InterfaceAddress } from '../address.js';
import type { DeclaredLink, Names } from '../kind.js';
import type { Check, Mapping, Topology } from '../load/topology.js';
import type { Json } from '../model.js';

/** A NIC that a topology adopts and that a throw-away host does not have. */
export interface Nic {
  /** Index of its topology. */
  readonly host: number;
  readonly body: string;
  readonly device: string;
  /** Set where the file gives it no address, as a host that is set up already would have one. */
  readonly address: string | null;
  /** The default gateway that such a host would have. */
  readonly gateway: string | null;
}

/** A network outside: a bridge, the NICs on it, and the gateways that the topologies expect there. */
export interface Wire {
  readonly nics: readonly Nic[];
  /** Addresses with their prefixes. */
  readonly gateways: readonly string[];
}

export interface Surroundings {
  readonly wires: readonly Wire[];
  /** Addresses that checks want to reach and that no topology has: somewhere behind the wires. */
  readonly beyond: readonly string[];
}

/** NICs of one name, and NICs with addresses of one network, are on one wire. */
export function surroundingsOf(topologies: readonly Topology[]): Surroundings {
  const plugs = topologies.flatMap(plugsOf);
  const own = new Set(
    topologies.flatMap((one) => one.bodies.flatMap(({ name }) => addressesIn(one, name))).map(({ ip }) => ip),
  );
  const wires = grouped(plugs).map((group, index) => wireOf(group, index, own));
  const known = new Set([...own, ...wires.flatMap(({ gateways }) => gateways.map(hostPart))]);
  const targets = topologies.flatMap(({ checks }) => checks.filter(mustAnswer).map(({ to }) => to));
  return { wires, beyond: [...new Set(targets)].filter((to) => !known.has(to)) };
}

const mustAnswer = ({ kind }: Check): boolean => kind === 'ping' || kind === 'tcp';

interface Plug {
  readonly host: number;
  readonly link: DeclaredLink;
  /** Its own addresses, or those of the bond or the bridge that it is a part of. */
  readonly addresses: readonly InterfaceAddress[];
  /** Next hops of its body's routes that lie in a network of these. */
  readonly gateways: readonly InterfaceAddress[];
  /** True when it is nobody's port: then a host would have an address on it. */
  readonly isFree: boolean;
}

function plugsOf({ bodies, names }: Topology, host: number): Plug[] {
  return bodies.flatMap(({ name: body, value }) => {
    const links = names.links(body);
    const hops = [...links.flatMap((link) => routesOf(link.value)), ...routesOf(value)];
    return links.filter(isNic).map((link) => {
      const above = masters(link, names);
      const addresses = [link, ...above].flatMap(({ value: fields }) => listed(fields));
      return {
        host,
        link,
        addresses,
        gateways: hops.flatMap((via) => within(via, addresses)),
        isFree: above.length === 0,
      };
    });
  });
}

/** The bonds and bridges that a link is a part of, directly or by another one. */
function masters(link: DeclaredLink, names: Names): DeclaredLink[] {
  const { body, value } = link;
  const master = names.master(link);
  const bridge = typeof value['bridge'] === 'string' ? names.link(body, value['bridge']) : undefined;
  return [
    ...(master?.bond === undefined ? [] : [master, ...masters(master, names)]),
    ...(bridge === undefined ? [] : [bridge]),
  ];
}

const isNic = ({ adopted, netdev, device }: DeclaredLink): boolean => adopted && netdev && device !== 'lo';

/** The addresses that a body's links are to have. */
export const addressesIn = ({ names }: Topology, body: string): InterfaceAddress[] =>
  names.links(body).flatMap(({ value }) => listed(value));

const listed = ({ addresses }: Mapping): InterfaceAddress[] =>
  items(addresses).flatMap((text) => (typeof text === 'string' ? (parseInterfaceAddress(text) ?? []) : []));

const routesOf = ({ routes }: Mapping): string[] =>
  items(routes).flatMap((route) => {
    const { via } = route as Mapping;
    return typeof via === 'string' ? [via] : [];
  });

const items = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

function within(via: string, addresses: readonly InterfaceAddress[]): InterfaceAddress[] {
  const near = addresses.find(({ ip, prefix }) => contains(networkOf(ip, prefix), via));
  return near === undefined ? [] : [{ ...near, ip: via }];
}

/** Joins what shares a name or a network, through others if need be. */
function grouped(plugs: readonly Plug[]): Plug[][] {
  const groups: { plugs: Plug[]; marks: Set<string> }[] = [];
  for (const plug of plugs) {
    const marks = new Set([
      plug.link.device,
      ...plug.addresses.map(({ ip, prefix }) => networkOf(ip, prefix)),
    ]);
    const joined = groups.filter((group) => [...marks].some((mark) => group.marks.has(mark)));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push({
      plugs: [...joined.flatMap((group) => group.plugs), plug],
      marks: new Set([...joined.flatMap((group) => [...group.marks]), ...marks]),
    });
  }
  return groups.map((group) => group.plugs);
}

/** `198.18.0.0/15` is for tests of networks alone (RFC 2544), so that no topology has it. */
function wireOf(plugs: readonly Plug[], index: number, own: ReadonlySet<string>): Wire {
  const net = `198.18.${index}`;
  const bare = plugs.filter(({ addresses, isFree }) => addresses.length === 0 && isFree);
  const asked = plugs.flatMap(({ gateways }) => gateways).filter(({ ip }) => !own.has(ip));
  const gateways = asked.map(({ ip, prefix }) => `${ip}/${prefix}`);
  return {
    nics: plugs.map((plug) => {
      const at = bare.indexOf(plug);
      const address = at < 0 ? null : `${net}.${at + 2}/24`;
      return {
        host: plug.host,
        body: plug.link.body,
        device: plug.link.device,
        address,
        gateway: at < 0 ? null : `${net}.1`,
      };
    }),
    gateways: [...new Set([...gateways, ...(bare.length > 0 ? [`${net}.1/24`] : [])])],
  };
}

const hostPart = (address: string): string => address.slice(0, address.indexOf('/'));
