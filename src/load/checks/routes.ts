// Routes of links and of bodies: destinations and gateways that the kernel takes, and that packets can reach.
import {
  hasHostBits,
  isLinkLocal,
  isMulticast,
  isUnspecified,
  networkOf,
  parseInterfaceAddress,
} from '../../address.js';
import { groupBy } from '../../collections.js';
import type { DeclaredLink } from '../../kind.js';
import { show, type Finding } from '../diagnostic.js';
import { duplicateRoutes } from './duplicate-routes.js';
import { linkTo } from '../../kinds/route-ways.js';
import { vrfTable } from '../../kinds/routing-table.js';
import { hopsOf, routesOf, type Route } from './route.js';
import { source } from './route-source.js';
import { texts, type Subject } from './subject.js';

export function* routes(subject: Subject): Generator<Finding> {
  const { names } = subject;
  for (const [body, inBody] of groupBy(routesOf(subject), (route) => route.body)) {
    for (const [domain, among] of groupBy(inBody, (route) => route.domain)) {
      const links = names.links(body).filter((link) => vrfTable(link, names) === domain);
      const reach = reachOf(links, among, subject);
      const own = names.found(body) || reach.unclear.has(undefined) ? null : reach.own;
      for (const route of among) {
        yield* destination(route);
        for (const hop of hopsOf(route, names)) yield* way(hop, hop !== route, reach, subject);
        yield* leaving(route, subject);
        yield* source(route.value['from'], route.family, body, own, [...route.path, 'from']);
      }
    }
    yield* duplicateRoutes(inBody, subject);
  }
}

function* destination({ to, value, path }: Route): Generator<Finding> {
  const text = String(value['to']);
  const at = [...path, 'to'];
  if (to === null) {
    const hint = 'write it like `10.0.0.0/8`, `fd00::/48`, `10.0.0.1` or `default`';
    yield { code: 'bad-destination', message: `${show(text)} is not a network`, hint, path: at };
  } else if (hasHostBits(text)) {
    yield {
      code: 'host-bits',
      message: `${show(text)} is an address inside of a network`,
      hint: `the network is \`${to.network}\``,
      path: at,
    };
  }
}

/** `isOfSeveral`: the route is one next hop of another. */
function* way(route: Route, isOfSeveral: boolean, reach: Reach, subject: Subject): Generator<Finding> {
  const problems = [...gateway(route, reach, subject)];
  yield* problems;
  if (isOfSeveral && problems.length === 0) yield* device(route, reach, subject);
}

/** The kernel always says by which link a next hop leaves, and what says less cannot be compared with it. */
function* device({ value, link, body, domain, via, path }: Route, { unclear }: Reach, { names }: Subject) {
  const isSaid = link !== undefined || value['link'] !== undefined || via === undefined;
  if (isSaid || unclear.has(undefined) || linkTo({ body, domain }, via?.ip, names) !== undefined) return;
  yield {
    code: 'no-way',
    message: `no link of ${body} that the file knows has the gateway ${show(value['via'])} in its network`,
    hint: 'say `link`: each of several next hops leaves by a certain one',
    path: [...path, 'via'],
  };
}

function* gateway(route: Route, reach: Reach, subject: Subject): Generator<Finding> {
  const { via, family, value, path, link, body } = route;
  if (via === undefined) return;
  const at = [...path, 'via'];
  const text = show(value['via']);
  if (via === null || isUnspecified(via.ip) || isMulticast(via.ip)) {
    const prefix = parseInterfaceAddress(String(value['via']));
    const hint = prefix
      ? `without the prefix: \`${prefix.ip}\``
      : 'write one address, like `192.168.1.254` or `fe80::1`';
    yield { code: 'bad-gateway', message: `${text} is not the address of a gateway`, hint, path: at };
  } else if (family !== undefined && family !== via.family) {
    yield {
      code: 'mixed-families',
      message: `an IPv${family} route cannot go via the IPv${via.family} address ${text}`,
      path: at,
    };
  } else if (reach.own.has(via.ip)) {
    // fib_check_nh(): "Nexthop has invalid gateway".
    yield { code: 'bad-gateway', message: `the gateway ${text} is an address of ${body} itself`, path: at };
  } else if (link === undefined && isOfAnyLink(via.ip) && !isNear(via.ip, link, reach)) {
    if (value['link'] !== undefined) return; // which is another complaint
    // ip6_validate_gw(): "Egress device not specified".
    yield {
      code: 'unreachable-gateway',
      message: `the gateway ${text} may be on any link: the route does not say which`,
      hint: 'say `link`, or move the route to the `routes` of its link',
      path: at,
    };
  } else if (
    value['on-link'] !== true &&
    !reach.unclear.has(link) &&
    !isKnownInPart(route, subject) &&
    !isNear(via.ip, link, reach)
  ) {
    const where = link === undefined ? body : `\`${link.key}\``;
    const hint = 'give the link an address in the gateway’s network, or say `on-link: true`';
    yield {
      code: 'unreachable-gateway',
      message: `no address of ${where} has the gateway ${text} in its network`,
      hint,
      path: at,
    };
  }
}

/** What the file says about the neighbourhood of a body. */
interface Reach {
  readonly own: ReadonlySet<string>;
  /** Networks that need no gateway, by link; those of any link under undefined. */
  readonly near: ReadonlyMap<DeclaredLink | undefined, ReadonlySet<string>>;
  /** Links of which an address could not be read; undefined when there are any. */
  readonly unclear: ReadonlySet<DeclaredLink | undefined>;
  /** The lengths of their prefixes. */
  readonly prefixes: ReadonlySet<number>;
}

function reachOf(links: readonly DeclaredLink[], inBody: readonly Route[], { isWhole }: Subject): Reach {
  const own = new Set<string>();
  const near = new Map<DeclaredLink | undefined, Set<string>>([[undefined, new Set()]]);
  const prefixes = new Set<number>();
  const unclear = new Set<DeclaredLink | undefined>();
  const add = (link: DeclaredLink | undefined, network: string): void => {
    prefixes.add(Number(network.slice(network.indexOf('/') + 1)));
    near.set(link, (near.get(link) ?? new Set()).add(network));
    near.get(undefined)?.add(network);
  };
  for (const link of links) {
    // What it seems to lack may be there under a misspelt word.
    const path = link.value['addresses'] === undefined ? link.path : [...link.path, 'addresses'];
    if (!isWhole(path)) unclear.add(link).add(undefined);
    for (const [, text] of texts(link.value['addresses'])) {
      const address = parseInterfaceAddress(text);
      if (address === null) {
        unclear.add(link).add(undefined);
        continue;
      }
      own.add(address.ip);
      add(link, networkOf(address.ip, address.prefix));
    }
  }
  for (const { link, to, via, value } of inBody) {
    if (via === undefined && value['nexthops'] === undefined && to !== null && to.network.includes('/'))
      add(link, to.network);
  }
  return { own, near, unclear, prefixes };
}

/** True where a gateway may be near for a reason that the file does not know: a link or a namespace that is not ours. */
const isKnownInPart = ({ link, body }: Route, { names }: Subject): boolean =>
  link === undefined ? names.found(body) : link.adopted;

/** Every IPv6 link has a link-local address, and with it the network of all link-local gateways. */
const isOfAnyLink = (ip: string): boolean => isLinkLocal(ip) && ip.includes(':');

const isNear = (via: string, link: DeclaredLink | undefined, { near, prefixes }: Reach): boolean =>
  (isOfAnyLink(via) && link !== undefined) ||
  [...prefixes].some((prefix) => near.get(link)?.has(networkWith(via, prefix)) === true);

const networkWith = (ip: string, prefix: number): string =>
  prefix > 32 && !ip.includes(':') ? '' : networkOf(ip, prefix);

function* leaving(route: Route, { isWhole, names }: Subject): Generator<Finding> {
  const { link, value, path, via, to } = route;
  const type = value['type'] ?? 'unicast';
  if (!isWhole(path)) return;
  if (value['on-link'] === true && via === undefined) {
    // fib_check_nh_nongw(): "Invalid flags for nexthop".
    const message = '`on-link` is about a gateway, and the route has none';
    yield {
      code: 'pointless-field',
      message,
      hint: 'remove it, or say `via`',
      path: [...path, 'on-link'],
      at: 'key',
    };
  }
  const ways = ['via', 'nexthops'].filter((word) => value[word] !== undefined);
  if (type !== 'unicast') {
    const message = `a route of type ${show(type)} sends nothing on, so it has no gateway`;
    for (const word of ways) yield { code: 'pointless-field', message, path: [...path, word], at: 'key' };
  } else if (ways.length > 1) {
    const message = 'each next hop has a gateway of its own, so `via` means nothing beside `nexthops`';
    yield { code: 'pointless-field', message, path: [...path, 'via'], at: 'key' };
  } else if (link?.value['up'] === false) {
    const hint = 'the kernel takes routes of links that are up: remove `up: false`, or the route';
    yield {
      code: 'route-on-down-link',
      message: `\`${link.key}\` is not up, so it can have no route`,
      hint,
      path: [...path, 'to'],
    };
  } else if (link === undefined && value['link'] === undefined && to !== null) {
    const hops = hopsOf(route, names);
    for (const hop of hops.filter((one) => one.via === undefined && one.value['link'] === undefined)) {
      yield {
        code: 'no-way',
        message: 'the route does not say where packets go',
        hint: 'say `via`, `link`, or a `type` like `blackhole`',
        path: hop === route ? [...path, 'to'] : hop.path,
      };
    }
  }
}
