// The table of the kernel's tunnels: a mode in, its fields and what is known of it out. To add a mode: a line here, and its name in tunnel-fields.ts.
import type { Family } from '../address.js';
import type { Fields, Json } from '../model.js';
import {
  address,
  greChecksum,
  greKey,
  ipDf,
  isOverIpv6,
  learning,
  link,
  number,
  payload,
  tos,
  trafficClass,
  ttl,
  udpChecksum,
  udpDf,
  type TunnelField,
} from './tunnel-words.js';

/** The kernel's tunnel links. */
export type TunnelMode =
  'vxlan' | 'geneve' | 'gretap' | 'gre' | 'ipip' | 'sit' | 'ip6gre' | 'ip6gretap' | 'ip6tnl';

export interface Mode {
  readonly fields: Readonly<Record<string, TunnelField>>;
  /** What is inside: whole frames, so that it may be a port of a bridge and has a MAC address; or packets of these families. */
  readonly carries: 'frames' | readonly Family[];
  /** Family of its ends; null: either. */
  readonly ends: Family | null;
  /** What tells its packets from those of another: the kernel has no two that share it (EEXIST). */
  readonly identity: readonly string[];
  /**
   * Bytes that it adds to a packet, as far as they do not depend on its fields. Null when the kernel sets its MTU, whoever has
   * set it, by the route to the other end that there is as anything of it changes.
   */
  readonly overhead: number | null;
}

/** The kernel's word for what an entry says: a port of a bridge carries frames, so that `gre` is `gretap` there, as with Open vSwitch. */
export function tunnelModeOf({ mode, bridge }: Fields): Json {
  const frames = bridge === undefined ? undefined : { gre: 'gretap', ip6gre: 'ip6gretap' }[String(mode)];
  return frames ?? mode ?? null;
}

/** How many bytes a tunnel adds to a packet: its MTU is that much below the one of the link that it goes through. Null: see `Mode`. */
export function overheadOf(tunnel: Fields): number | null {
  const { mode, key, csum } = tunnel;
  const { overhead } = tunnelModes[mode as TunnelMode];
  if (overhead === null) return null;
  // VXLAN6_HEADROOM (vxlan.h): IPv6's header has 20 bytes more.
  if (mode === 'vxlan') return overhead + (isOverIpv6(tunnel) ? 20 : 0);
  // gre_calc_hlen() of include/net/gre.h.
  return overhead + (typeof key === 'number' ? 4 : 0) + (csum === true ? 4 : 0);
}

const ends = { local: address('local'), remote: address('remote') };

const gre: Mode['fields'] = {
  ...ends,
  key: greKey,
  link,
  ttl: ttl('inherit'),
  tos,
  csum: greChecksum,
  df: ipDf,
};

const ip: Mode['fields'] = { ...ends, link, ttl: ttl('inherit'), tos, df: ipDf };

/** 64: DEFAULT_TNL_HOP_LIMIT of iproute2, which always says one. */
const ip6: Mode['fields'] = { ...ends, link, ttl: ttl('inherit', 64), tos: trafficClass };

const gre6: Mode['fields'] = { ...ip6, key: greKey, csum: greChecksum };

const BOTH = [4, 6] as const;

/** ip_tunnel_find(), ip6gre_tunnel_find(). */
const GRE_IDENTITY = ['local', 'remote', 'key', 'link'];
/** ip_tunnel_find(), ipip6_tunnel_locate(), ip6_tnl_locate(). */
const IP_IDENTITY = ['local', 'remote', 'link'];

export const tunnelModes: Readonly<Record<TunnelMode, Mode>> = {
  vxlan: {
    fields: {
      id: { ...number('id', 'id', null), required: true },
      ...ends,
      group: address('group'),
      // RFC 7348. The kernel's and ip's own default is 8472, from before the port was assigned.
      port: number('dstport', 'port', 4789),
      link,
      ttl: ttl(null),
      tos,
      learning,
      // VXLAN_F_UDP_ZERO_CSUM_TX is not set by itself: vxlan_core.c.
      csum: udpChecksum(true),
      df: udpDf,
    },
    carries: 'frames',
    ends: null,
    // vxlan_vni_in_use(), for each family.
    identity: ['id', 'port'],
    // VXLAN_HEADROOM (vxlan.h), with Ethernet inside.
    overhead: 50,
  },
  geneve: {
    fields: {
      id: { ...number('id', 'id', null), required: true },
      // geneve_parse_opt() of iproute2 insists.
      remote: { ...address('remote'), required: true },
      // RFC 8926; GENEVE_UDP_PORT in the kernel's drivers/net/geneve.c.
      port: number('dstport', 'port', 6081),
      ttl: ttl(null),
      tos,
      // geneve_newlink(): the IPv4 checksum has to be asked for, the IPv6 one to be refused.
      csum: udpChecksum(false),
      df: udpDf,
    },
    carries: 'frames',
    ends: null,
    // geneve_find_dev().
    identity: ['id', 'remote', 'port'],
    // geneve_changelink().
    overhead: null,
  },
  // A header of GRE is 4 bytes, one of IPv4 20, one of Ethernet 14.
  gretap: { fields: gre, carries: 'frames', ends: 4, identity: GRE_IDENTITY, overhead: 38 },
  gre: { fields: gre, carries: BOTH, ends: 4, identity: GRE_IDENTITY, overhead: 24 },
  ipip: {
    // ipip_tunnel_xmit() takes IPv4, and MPLS, which is not for addresses.
    fields: { ...ip, payload: payload({ ipv4: 'ipip' }) },
    carries: [4],
    ends: 4,
    identity: IP_IDENTITY,
    overhead: 20,
  },
  sit: {
    fields: { ...ip, payload: payload({ ipv4: 'ipip', ipv6: 'ip6ip' }) },
    carries: BOTH,
    ends: 4,
    identity: IP_IDENTITY,
    overhead: 20,
  },
  // ip6gre_tnl_link_config().
  ip6gre: { fields: gre6, carries: BOTH, ends: 6, identity: GRE_IDENTITY, overhead: null },
  ip6gretap: { fields: gre6, carries: 'frames', ends: 6, identity: GRE_IDENTITY, overhead: null },
  ip6tnl: {
    fields: { ...ip6, payload: payload({ ipv4: 'ipip6', ipv6: 'ip6ip6' }) },
    carries: BOTH,
    ends: 6,
    identity: IP_IDENTITY,
    // ip6_tnl_link_config().
    overhead: null,
  },
};
