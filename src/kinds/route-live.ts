// The routes of a body as `ip` prints them in, routes as resources out, with whose they are.
import { contains, networkOf, parseNetwork } from '../address.js';
import { netnsOf, type Way } from '../kind.js';
import { ownerOf, protocolOf } from '../marks.js';
import type { Live, Resource } from '../model.js';
import type { HostState, IpAddress, IpLink, IpRoute } from '../state.js';
import { inEachBody } from './in-each-body.js';
import { fallsWith } from './link.js';
import { hopTextsIn } from './route-hops.js';

/** rtnetlink.h: RTN_* by the words of `ip route`. */
export const TYPES: Readonly<Record<string, string>> = {
  '1': 'unicast',
  '2': 'local',
  '3': 'broadcast',
  '4': 'anycast',
  '5': 'multicast',
  '6': 'blackhole',
  '7': 'unreachable',
  '8': 'prohibit',
  '9': 'throw',
  '10': 'nat',
};
/** rtnetlink.h: RTPROT_KERNEL, and RT_TABLE_MAIN. */
const KERNEL = '2';
/** rtnetlink.h: RTPROT_REDIRECT, RTPROT_KERNEL and RTPROT_RA: the kernel makes them, for its own addresses or as routers tell it. */
const COME_BY_THEMSELVES: ReadonlySet<string> = new Set(['1', KERNEL, '9']);
export const MAIN = 254;
/** IP6_RT_PRIO_USER of the kernel's include/uapi/linux/ipv6_route.h: the metric of an IPv6 route that says none. */
export const METRIC_6 = 1024;

export const routeId = (
  body: string,
  table: number,
  family: 4 | 6,
  network: string,
  metric: number,
): string =>
  `${body}/route/${table === MAIN ? 'main' : String(table)}/${network === 'default' && family === 6 ? '::/0' : network}` +
  (metric === (family === 6 ? METRIC_6 : 0) ? '' : `/metric ${String(metric)}`);

/** Where a route leads; null for one that drops packets. */
export function wayIn({ id, fields }: Resource): Way | null {
  const [, table, network, metric] = /\/route\/([^/]+)\/(.*?)(?:\/metric (\d+))?$/.exec(id) ?? [];
  if (network === undefined || fields['type'] !== 'unicast') return null;
  return {
    network,
    metric: Number(metric ?? (network.includes(':') ? METRIC_6 : 0)),
    table: table === 'main' ? MAIN : Number(table),
  };
}

/**
 * All routes that one of a file could stand in the place of. Left out are those that the kernel makes for its own addresses,
 * and those for some packets alone (a type of service, a source), beside which there is room for one of a file.
 */
export function liveRoutes(host: HostState): Live[] {
  const routes = new Map<string, Live>();
  for (const seen of seenRoutes(host)) {
    // Two topologies may have the same number.
    const route = host.others?.has(seen.id) === true ? { ...seen, owner: null } : seen;
    // IPv6 has routes of one metric to one network side by side, over several links: ours is the one that counts.
    if (route.owner === host.topology || !routes.has(route.id)) routes.set(route.id, route);
  }
  return [...routes.values()];
}

const seenRoutes = inEachBody(({ body: { name }, links, routes }, topology) => {
  const byName = new Map(links.map((link) => [link.ifname, link]));
  return routes.flatMap((found) => {
    if (isLocal(found) || found.tos !== undefined || found.from !== undefined) return [];
    return liveOf(found, name, byName, topology) ?? [];
  });
});

const isLocal = ({ type = '1', protocol }: IpRoute): boolean =>
  protocol === KERNEL && ['2', '3', '4', '5'].includes(type);

type Links = ReadonlyMap<string, IpLink>;

function liveOf(found: IpRoute, body: string, links: Links, topology: string): Live | null {
  const to = parseNetwork(found.dst);
  if (to === null) return null;
  const { nexthops, table = String(MAIN), dev } = found;
  const type = TYPES[found.type ?? '1'] ?? `type ${String(found.type)}`;
  const family = found.dst.includes(':') || isSix(found) ? 6 : 4;
  const leaves = (type === 'unicast' || type === 'local') && dev !== undefined;
  const hops = (nexthops ?? [found]).map((hop): Hop => ({ ...found, ...hop }));
  const mtu = found.metrics?.find((metrics) => metrics['mtu'] !== undefined)?.['mtu'];
  const isHeld = leaves && !(type === 'local' && dev === 'lo');
  const holders = isHeld ? fallsWith(body, dev) : [netnsOf(body)];
  return {
    id: routeId(body, Number(table), family, to.network, found.metric ?? 0),
    kind: 'route',
    body,
    fields: {
      type,
      table: Number(table),
      ...(leaves ? { link: dev } : {}),
      via: found.gateway ?? found.via?.host ?? null,
      nexthops: hopTextsIn(found),
      from: found.prefsrc ?? null,
      mtu: typeof mtu === 'number' ? mtu : null,
      'on-link': found.flags?.includes('onlink') === true,
    },
    needs: [...holders.slice(0, 1), ...hops.flatMap((hop) => reachedThrough(hop, body, links))],
    diesWith: holders,
    // One of several ways may go without the others.
    lostWith: [
      ...(nexthops ?? []).flatMap((hop) => (hop.dev === undefined ? [] : fallsWith(body, hop.dev))),
      ...hops.flatMap((hop) => lostWith(hop, family, body, links)),
    ],
    provides: [],
    owner: owner(found, links.get(dev ?? ''), topology),
    ...(COME_BY_THEMSELVES.has(found.protocol ?? '') ? {} : { isMade: true }),
  };
}

/** Only IPv6 routes say how much a router prefers them (`pref`), and a v6 default route has no other sign of its family. */
const isSix = (found: IpRoute): boolean => 'pref' in found;

type Hop = Partial<Pick<IpRoute, 'dev' | 'gateway' | 'via' | 'prefsrc'>>;

const addressesOf = (dev: string, links: Links): readonly IpAddress[] => links.get(dev)?.addr_info ?? [];

/** The addresses without which the kernel would refuse the gateway (fib_check_nh) or the source, were the route made again. */
function reachedThrough({ dev, gateway, via, prefsrc }: Hop, body: string, links: Links): string[] {
  const router = gateway ?? via?.host;
  if (dev === undefined || (router === undefined && prefsrc === undefined)) return [];
  return addressesOf(dev, links).flatMap(({ local, prefixlen }) => {
    if (local === undefined) return [];
    const reaches = router !== undefined && contains(networkOf(local, prefixlen), router);
    return local === prefsrc || reaches ? [`${body}/address/${dev}/${local}`] : [];
  });
}

/** IPv4 routes vanish with a link's last address (fib_disable_ip), and those that name a source with that address (fib_sync_down_addr). */
function lostWith({ dev }: Hop, family: 4 | 6, body: string, links: Links): string[] {
  if (family === 6 || dev === undefined) return [];
  return addressesOf(dev, links).flatMap(({ family: of, local }) =>
    of === 'inet' && local !== undefined ? [`${body}/address/${dev}/${local}`] : [],
  );
}

function owner({ protocol }: IpRoute, link: IpLink | undefined, topology: string): string | null {
  if (protocol !== String(protocolOf(topology))) return null;
  return (link && ownerOf(link, topology)) ?? topology;
}
