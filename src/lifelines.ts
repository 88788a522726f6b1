// The host and what must not be cut off in; by which links and routes that runs out. Pure.
import { contains, parseNetwork, sameAddress } from './address.js';
import type { Way } from './kind.js';
import { ownerOf } from './marks.js';
import { HOST } from './model.js';
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
  /** The routes that are in use, by what; `address` is what is reached by it, null for the default routes themselves. */
  readonly routes: readonly (Way & { readonly users: string; readonly address: string | null })[];
}

export function waysOf(host: HostState, { ssh, protect }: Lifelines): Ways {
  const body = host.bodies.get(HOST);
  const carriers = new Map<string, Set<string>>();
  const routes: Ways['routes'][number][] = [];
  if (body === undefined) return { carriers, routes };
  const carry = (link: string, what: string): void => {
    for (const each of downFrom(link, body, host)) add(carriers, each, what);
  };
  const take = (route: IpRoute, users: string, address: string | null): void => {
    routes.push({ ...wayOf(route), users, address });
    for (const link of devicesOf(route)) carry(link, users);
  };
  const reach = (address: string, what: string): void => {
    const own = body.links.find(({ addr_info: addresses = [] }) =>
      addresses.some(({ local = '' }) => sameAddress(local, address)),
    );
    if (own !== undefined) carry(own.ifname, what);
    const route = own === undefined ? bestRoute(address, body) : undefined;
    if (route !== undefined) take(route, what, address);
  };
  for (const route of body.routes.filter(isMain))
    if (prefixOf(wayOf(route).network) === 0) take(route, 'the default route', null);
  for (const address of ssh === null ? [] : [ssh.server, ssh.client]) reach(address, 'this SSH connection');
  for (const address of protect) reach(address, `${address} (protect)`);
  return { carriers, routes };
}

function add(sets: Map<string, Set<string>>, key: string, item: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(item));
}

/** rtnetlink.h: RT_TABLE_MAIN and RTN_UNICAST. */
const isMain = ({ table = '254', type = '1' }: IpRoute): boolean => table === '254' && type === '1';

/** Only IPv6 routes say how much a router prefers them, and their default route has no other sign of its family. */
const wayOf = (route: IpRoute): Way => {
  const network = parseNetwork(route.dst)?.network ?? route.dst;
  return { network: network === 'default' && 'pref' in route ? '::/0' : network, metric: route.metric ?? 0 };
};

const devicesOf = ({ dev, nexthops = [] }: IpRoute): string[] =>
  [dev, ...nexthops.map((hop) => hop.dev)].filter((name) => name !== undefined);

/** The longest prefix wins, then the lowest metric. */
function bestRoute(address: string, { routes }: BodyState): IpRoute | undefined {
  const isFor = (route: IpRoute): boolean => leads(wayOf(route), address);
  const ranks = ({ network, metric }: Way): readonly [number, number] => [-prefixOf(network), metric];
  const [best] = routes
    .filter((route) => isMain(route) && isFor(route))
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
