// The shapes of what `ip -N -j` prints, as far as it is used: each field of the types of state.ts has one.
import type { IpAddress, IpLink, IpNeighbour, IpRoute, IpRule } from '../state.js';
import {
  address,
  anything,
  list,
  maybe,
  nothing,
  number,
  object,
  oneOf,
  orNull,
  text,
  truth,
  whole,
} from './shape.js';

const ADDRESS = object<IpAddress>({
  family: oneOf('inet', 'inet6'),
  local: maybe(address),
  address: maybe(address),
  prefixlen: whole(0, 128),
  scope: maybe(text),
  label: maybe(text),
  dynamic: maybe(truth),
  secondary: maybe(truth),
  nodad: maybe(truth),
  tentative: maybe(truth),
  dadfailed: maybe(truth),
  mngtmpaddr: maybe(truth),
  temporary: maybe(truth),
  'stable-privacy': maybe(truth),
  protocol: maybe(text),
});

export const LINK = object<IpLink>({
  ifindex: number,
  ifname: text,
  flags: list(text),
  mtu: number,
  group: maybe(text),
  txqlen: maybe(number),
  address: maybe(text),
  permaddr: maybe(text),
  ifalias: maybe(text),
  master: maybe(text),
  promiscuity: maybe(number),
  link: maybe(orNull(text)),
  link_index: maybe(number),
  link_netnsid: maybe(number),
  linkinfo: maybe(
    object<NonNullable<IpLink['linkinfo']>>({
      info_kind: maybe(text),
      info_data: maybe(anything),
      info_slave_kind: maybe(text),
      info_slave_data: maybe(anything),
    }),
  ),
  addr_info: maybe(list(ADDRESS)),
});

const VIA = object<NonNullable<IpRoute['via']>>({ family: text, host: text });

const HOP = object<NonNullable<IpRoute['nexthops']>[number]>({
  gateway: maybe(text),
  via: maybe(VIA),
  dev: maybe(text),
  flags: maybe(list(text)),
  weight: maybe(number),
});

export const ROUTE = object<IpRoute>({
  type: maybe(text),
  dst: text,
  gateway: maybe(text),
  via: maybe(VIA),
  dev: maybe(text),
  table: maybe(text),
  protocol: maybe(text),
  scope: maybe(text),
  prefsrc: maybe(text),
  tos: maybe(text),
  from: maybe(text),
  metric: maybe(number),
  flags: maybe(list(text)),
  metrics: maybe(list(anything)),
  nexthops: maybe(list(HOP)),
});

export const RULE = object<IpRule>({
  priority: number,
  not: maybe(nothing),
  src: maybe(text),
  srclen: maybe(whole(0, 128)),
  dst: maybe(text),
  dstlen: maybe(whole(0, 128)),
  iif: maybe(text),
  oif: maybe(text),
  fwmark: maybe(text),
  fwmask: maybe(text),
  tos: maybe(text),
  ipproto: maybe(text),
  sport: maybe(number),
  sport_start: maybe(number),
  sport_end: maybe(number),
  dport: maybe(number),
  dport_start: maybe(number),
  dport_end: maybe(number),
  table: maybe(text),
  suppress_prefixlen: maybe(number),
  action: maybe(text),
  protocol: maybe(text),
});

export const NEIGHBOUR = object<IpNeighbour>({
  dst: text,
  dev: text,
  lladdr: maybe(text),
  state: maybe(list(text)),
});
