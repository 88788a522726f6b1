// The host and what must not be cut off in; by which links and routes that runs out. Pure.
import { contains, parseNetwork, sameAddress } from './address.js';
import type { Packet, RoutingPolicy, Way } from './kind.js';
import { kindOf } from './kinds/index.js';
import { ownerOf } from './marks.js';
import { HOST, type Live } from './model.js';
import type { BodyState, HostState, IpLink, IpRoute } from './state.js';

/** By what a host is reached, beside its default routes. */
export interface Lifelines {
  /** The two ends of the SSH connection that the run was started by; null where there is none. */
  readonly ssh: { readonly client: string; readonly server: string } | null;
  /** Addresses that the file protects: the host's own, or others that it reaches. */
  readonly protect: readonly string[];
}

export interface Ways {
  /** What is carried, by link of the host. */
  readonly carriers: ReadonlyMap<string, ReadonlySet<string>>;
  /** The routes that are in use. */
  readonly routes: readonly Used[];
}

/** A route in use. */
export interface Used extends Way {
  /** By what: `this SSH connection`. */
  readonly users: string;
  /** What is sent by it; null for the default routes themselves. */
  readonly packet: Packet | null;
  /** Of the policy by which it was found; the tables that were asked before have no way for it. */
  readonly priority: number;
  readonly askedBefore: readonly number[];
}

/** `live`: what was seen on the host, with its routing policy where that was read; without it, the table `main` is asked alone. */
export function waysOf(host: HostState, live: readonly Live[], { ssh, protect }: Lifelines): Ways {
  const body = host.bodies.get(HOST);
  const carriers = new Map<string, Set<string>>();
  const routes: Used[] = [];
  if (body === undefined) return { carriers, routes };
  const policies = policiesOf(live);
  const carry = (link: string, what: string): void => {
    for (const each of downFrom(link, body, host)) add(carriers, each, what);
  };
  const take = (route: IpRoute, used: Omit<Used, keyof Way>): void => {
    routes.push({ ...wayOf(route), ...used });
    for (const link of devicesOf(route)) carry(link, used.users);
  };
  const reach = (address: string, what: string, from: string | null = null): void => {
    const own = holderOf(address, body);
    if (own !== undefined) carry(own.ifname, what);
    const packet = { from, to: address };
    const asked = (from === null ? null : policiesOfVrf(from, body)) ?? policies;
    const found = own === undefined ? routeOf(packet, asked, body) : undefined;
    if (found !== undefined) take(found.route, { users: what, packet, ...found.by });
  };
  for (const route of body.routes.filter(isUnicast)) {
    const { network, table } = wayOf(route);
    if (table === MAIN && prefixOf(network) === 0)
      take(route, { users: 'the default route', packet: null, priority: MAIN_PRIORITY, askedBefore: [] });
  }
  if (ssh !== null) {
    reach(ssh.server, 'this SSH connection');
    reach(ssh.client, 'this SSH connection', ssh.server);
  }
  for (const address of protect) reach(address, `${address} (protect)`);
  return { carriers, routes };
}

function add(sets: Map<string, Set<string>>, key: string, item: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(item));
}

/** rtnetlink.h: RTN_UNICAST. */
const isUnicast = ({ type = '1' }: IpRoute): boolean => type === '1';

/** Only IPv6 routes say how much a router prefers them, and their default route has no other sign of its family. */
const wayOf = (route: IpRoute): Way => {
  const network = parseNetwork(route.dst)?.network ?? route.dst;
  return {
    network: network === 'default' && 'pref' in route ? '::/0' : network,
    metric: route.metric ?? 0,
    table: Number(route.table ?? MAIN),
  };
};

const devicesOf = ({ dev, nexthops = [] }: IpRoute): string[] =>
  [dev, ...nexthops.map((hop) => hop.dev)].filter((name) => name !== undefined);

/** RT_TABLE_MAIN, and the priority of the rule that asks it (fib_default_rules_init). */
const MAIN = 254;
const MAIN_PRIORITY = 32766;
/** Of the rule that asks the tables of VRFs (drivers/net/vrf.c: FIB_RULE_PREF). */
const VRF_PRIORITY = 1000;

/** Those of the host, in the order in which they are asked. */
function policiesOf(live: readonly Live[]): RoutingPolicy[] {
  const found = live.flatMap((each) => (each.body === HOST ? (kindOf(each.kind).directs?.(each) ?? []) : []));
  const all = { priority: MAIN_PRIORITY, table: MAIN, suppressed: -1, isFor: () => true };
  return found.length === 0 ? [all] : found.sort((one, other) => one.priority - other.priority);
}

const holderOf = (address: string, { links }: BodyState): IpLink | undefined =>
  links.find(({ addr_info: addresses = [] }) =>
    addresses.some(({ local = '' }) => sameAddress(local, address)),
  );

/** What is answered from an address of a VRF asks the VRF's table (l3mdev_fib_rule_match); null where it is in none. */
function policiesOfVrf(address: string, body: BodyState): RoutingPolicy[] | null {
  const member = holderOf(address, body);
  const vrf = body.links.find(
    ({ ifname, linkinfo }) => linkinfo?.info_kind === 'vrf' && ifname === member?.master,
  );
  const table = Number(vrf?.linkinfo?.info_data?.['table']);
  if (!(table > 0)) return null;
  return [{ priority: VRF_PRIORITY, table, suppressed: -1, isFor: () => true }];
}

/** By which a packet leaves; undefined where there is none, or it is dropped. */
function routeOf(packet: Packet, policies: readonly RoutingPolicy[], body: BodyState) {
  const askedBefore: number[] = [];
  for (const { priority, table, suppressed, isFor } of policies) {
    if (!isFor(packet)) continue;
    if (table === null) return undefined;
    const route = bestRoute(packet.to, table, suppressed, body);
    if (route !== undefined) return { route, by: { priority, askedBefore } };
    askedBefore.push(table);
  }
  return undefined;
}

/** The longest prefix wins, then the lowest metric. */
function bestRoute(
  address: string,
  table: number,
  suppressed: number,
  { routes }: BodyState,
): IpRoute | undefined {
  const isFor = (route: IpRoute): boolean => {
    const way = wayOf(route);
    return way.table === table && leads(way, address) && prefixOf(way.network) > suppressed;
  };
  const ranks = ({ network, metric }: Way): readonly [number, number] => [-prefixOf(network), metric];
  const [best] = routes
    .filter((route) => isUnicast(route) && isFor(route))
    .sort((one, other) => {
      const [a, b] = [ranks(wayOf(one)), ranks(wayOf(other))];
      return a[0] - b[0] || a[1] - b[1];
    });
  return best;
}

/** True when packets to the address go that way. To `contains`, the word stands for either family; of ways it is IPv4's. */
export const leads = ({ network }: Way, address: string): boolean =>
  contains(network === 'default' ? '0.0.0.0/0' : network, address);

/** Of a network as routes have it: an address alone is the network of one host. */
export function prefixOf(network: string): number {
  if (network === 'default') return 0;
  return network.includes('/') ? Number(network.slice(network.indexOf('/') + 1)) : 128;
}

/** The link, and all that its frames go through: what it is stacked on, its ports or members, a veth's other end. */
function downFrom(link: string, body: BodyState, host: HostState): Set<string> {
  const byName = new Map(body.links.map((each) => [each.ifname, each]));
  const seen = new Set<string>();
  const queue = [link];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const found = byName.get(name);
    if (found === undefined || seen.has(name)) continue;
    seen.add(name);
    queue.push(...[found.link ?? []].flat(), ...outermost(membersOf(name, body, host), byName, host));
  }
  return seen;
}

function membersOf(name: string, { links }: BodyState, { ovs }: HostState): string[] {
  const members = links.filter(({ master }) => master === name).map(({ ifname }) => ifname);
  const bridge = ovs?.Bridge.find(({ ports }) =>
    ovs.Port.some((port) => ports.includes(port._uuid) && port.name === name),
  );
  const ports = ovs?.Port.filter(({ _uuid }) => bridge?.ports.includes(_uuid)) ?? [];
  const interfaces = new Set(ports.flatMap((port) => port.interfaces));
  return [
    ...members,
    ...(ovs?.Interface ?? []).flatMap((each) =>
      interfaces.has(each._uuid) && each.type === '' && each.name !== name ? [each.name] : [],
    ),
  ];
}

/** Of ports, those that lead out of the host: not the ones that we have made for namespaces and machines, unless there are only these. */
function outermost(names: readonly string[], links: ReadonlyMap<string, IpLink>, host: HostState): string[] {
  const isInner = (name: string): boolean => {
    const link = links.get(name);
    const isEnd = link?.linkinfo?.info_kind === 'veth' || link?.linkinfo?.info_kind === 'tun';
    return link !== undefined && isEnd && ownerOf(link, host.topology) !== null;
  };
  const outer = names.filter((name) => !isInner(name));
  return outer.length > 0 ? outer : [...names];
}
