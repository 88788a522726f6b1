// An address or a route as `ip` prints it in, the words with which it makes it again just as it is out: for those of others.
import type { IpAddress, IpRoute } from '../state.js';

/** `null` where there is a word that is not known here: to make it again without that would make another one. */
export function addressAgain(found: IpAddress, device: string): string[] | null {
  const { family, local = '', address: peer, prefixlen, label, broadcast } = found;
  const { valid_life_time: valid = FOREVER, preferred_life_time: preferred = FOREVER } = found;
  if (!isKnown(found, ADDRESS_WORDS)) return null;
  const isIpv4 = family === 'inet';
  return [
    'address',
    'replace',
    ...(peer === undefined ? [`${local}/${prefixlen}`] : [local, 'peer', `${peer}/${prefixlen}`]),
    ...['dev', device],
    ...(isIpv4 ? [...word('scope', found.scope), ...word('broadcast', broadcast)] : []),
    ...(isIpv4 && label !== device ? word('label', label) : []),
    ...word('metric', found.metric),
    ...word('proto', found.protocol),
    ...(found.noprefixroute === true ? ['noprefixroute'] : []),
    // Nobody has to look for duplicates of what was in use.
    ...(isIpv4 || found.tentative === true || found.dadfailed === true ? [] : ['nodad']),
    ...(valid === FOREVER ? [] : ['valid_lft', String(valid), 'preferred_lft', String(preferred)]),
  ];
}

/** INFINITY_LIFE_TIME of the kernel's include/net/addrconf.h. */
const FOREVER = 4294967295;

const ADDRESS_WORDS = {
  family: true,
  local: true,
  address: true,
  prefixlen: true,
  scope: true,
  broadcast: true,
  label: true,
  metric: true,
  valid_life_time: true,
  preferred_life_time: true,
  noprefixroute: true,
  dynamic: true,
  secondary: true,
  nodad: true,
  tentative: true,
  dadfailed: true,
  protocol: true,
  // What has become of its life time.
  deprecated: true,
} as const;

/** As `addressAgain`. `type` is the word for its type. */
export function routeAgain(found: IpRoute, type: string): string[] | null {
  const { dst, pref, nexthops = [], metrics = [] } = found;
  const measures = metrics.flatMap((each) => Object.entries(each).map(measure));
  if (!isKnown(found, ROUTE_WORDS) || measures.includes(null)) return null;
  return [
    'route',
    'replace',
    ...(type === 'unicast' ? [] : [type]),
    dst,
    ...hop(found),
    ...word('table', found.table),
    ...word('proto', found.protocol),
    ...(pref === undefined ? word('scope', found.scope) : word('pref', pref)),
    ...word('src', found.prefsrc),
    ...word('metric', found.metric),
    ...measures.flatMap((words) => words ?? []),
    ...nexthops.flatMap((each) => ['nexthop', ...hop(each), ...word('weight', each.weight)]),
  ];
}

const ROUTE_WORDS = {
  type: true,
  dst: true,
  gateway: true,
  via: true,
  dev: true,
  table: true,
  protocol: true,
  scope: true,
  prefsrc: true,
  metric: true,
  pref: true,
  flags: true,
  metrics: true,
  nexthops: true,
} as const;

const hop = ({ gateway, via, dev, flags }: Pick<IpRoute, 'gateway' | 'via' | 'dev' | 'flags'>): string[] => [
  ...word('via', gateway),
  ...(via === undefined ? [] : ['via', via.family, via.host]),
  ...word('dev', dev),
  ...(flags?.includes('onlink') === true ? ['onlink'] : []),
];

/** Words of ip-route(8) for what it prints of a route's metrics; it prints some times as multiples of what it reads. */
function measure([name, value]: readonly [string, unknown]): string[] | null {
  if (name === 'ecn') return ['features', 'ecn'];
  if (name === 'congestion') return ['congctl', String(value)];
  if (name === 'rto_min') return ['rto_min', `${String(value)}ms`];
  return PLAIN_MEASURES.has(name) && typeof value === 'number' ? [name, String(value)] : null;
}

const PLAIN_MEASURES: ReadonlySet<string> = new Set(
  'mtu advmss hoplimit initcwnd initrwnd window cwnd ssthresh reordering quickack'.split(' '),
);

const word = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [name, String(value)];

const isKnown = (found: object, words: object): boolean => Object.keys(found).every((key) => key in words);
