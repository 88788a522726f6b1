// What the kernel's tunnels have, mode by mode: a field's value in, the words of `ip` out, and back from what `ip` shows.
import { isMulticast } from '../address.js';
import type { Fields, Json } from '../model.js';

/** The kernel's tunnel links. */
export type TunnelMode = 'vxlan' | 'geneve' | 'gretap' | 'gre';

/** The kernel's word for what an entry says: a port of a bridge carries frames, so that `gre` is `gretap` there, as with Open vSwitch. */
export const tunnelModeOf = ({ mode, bridge }: Fields): Json =>
  mode === 'gre' && bridge !== undefined ? 'gretap' : (mode ?? null);

/** A field as one mode has it. */
export interface TunnelField {
  /** True when the kernel or `ip` makes no tunnel without it. */
  readonly required?: boolean;
  /** Its value when the file says none; it may depend on the tunnel's other fields. */
  standard(tunnel: Fields): Json;
  /** The words that set it. */
  say(value: Json, tunnel: Fields): readonly string[];
  /** Its value in the `info_data` of `ip -j -d link`. */
  read(shown: Shown): Json;
}

type Shown = Readonly<Record<string, unknown>>;

/** True when the tunnel's own packets are IPv6. */
export const isOverIpv6 = ({ local, remote }: Fields): boolean =>
  [local, remote].some((address) => typeof address === 'string' && address.includes(':'));

/** How many bytes a tunnel adds to a packet: its MTU is that much below the one of the link that it goes through. */
export function overheadOf(tunnel: Fields): number {
  const { mode, key, csum } = tunnel;
  // VXLAN_HEADROOM and VXLAN6_HEADROOM (vxlan.h), GENEVE_IPV4_HLEN and GENEVE_IPV6_HLEN (geneve.c): all with Ethernet inside.
  if (mode === 'vxlan' || mode === 'geneve') return isOverIpv6(tunnel) ? 70 : 50;
  // gre_calc_hlen() of include/net/gre.h, an IPv4 header, and for gretap the Ethernet header inside.
  return 24 + (key === null ? 0 : 4) + (csum === true ? 4 : 0) + (mode === 'gretap' ? 14 : 0);
}

const address = (name: 'local' | 'remote'): TunnelField => ({
  standard: () => null,
  say: (value, tunnel) => [
    typeof value === 'string' && isMulticast(value) ? 'group' : name,
    (value as string | null) ?? (isOverIpv6(tunnel) ? '::' : '0.0.0.0'),
  ],
  read(shown) {
    const found =
      shown[name] ?? shown[`${name}6`] ?? (name === 'remote' ? (shown['group'] ?? shown['group6']) : null);
    return found === 'any' ? null : ((found as string | undefined) ?? null);
  },
});

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

const number = (name: string, shownAs: string, standard: Json): TunnelField => ({
  standard: () => standard,
  say: (value) => [name, text(value)],
  read: (shown) => Number(shown[shownAs]),
});

const link: TunnelField = {
  standard: () => null,
  say: (value) => (value === null ? [] : ['dev', value as string]),
  read: (shown) => (shown['link'] as string | undefined) ?? null,
};

/** 0 is the kernel's choice (null) for UDP tunnels, and the inner packet's for GRE. ip shows nothing for an inherited one. */
const ttl = (zero: 'inherit' | null): TunnelField => ({
  standard: () => zero,
  say: (value) => ['ttl', String((value as number | 'inherit' | null) ?? 'auto')],
  read: ({ ttl: shown }) => (shown === undefined ? 'inherit' : shown === 0 ? zero : (shown as number)),
});

/**
 * ip reads and shows it in hexadecimal (rtnl_dsfield_a2n), and shows nothing for 0. 1 is the sign for `inherit`
 * (ip_tunnel_ecn_encap and its like).
 */
const tos: TunnelField = {
  standard: () => 0,
  say: (value) => ['tos', typeof value === 'number' ? `0x${value.toString(16)}` : text(value)],
  read({ tos: shown }) {
    const bits = Number(shown ?? 0);
    return bits === 1 ? 'inherit' : bits;
  },
};

const learning: TunnelField = {
  // vxlan_nl2conf() in the kernel's drivers/net/vxlan/vxlan_core.c.
  standard: () => true,
  say: (value) => [value === true ? 'learning' : 'nolearning'],
  read: (shown) => shown['learning'] === true,
};

/** Without checksums of our own, those of others cannot be asked for: over IPv6 the kernel would drop their packets (RFC 6935). */
const udpChecksum = (overIpv4: boolean): TunnelField => ({
  standard: (tunnel) => isOverIpv6(tunnel) || overIpv4,
  say(value, tunnel) {
    if (!isOverIpv6(tunnel)) return [value === true ? 'udpcsum' : 'noudpcsum'];
    const no = value === true ? 'no' : '';
    return [`${no}udp6zerocsumtx`, `${no}udp6zerocsumrx`];
  },
  read: (shown) =>
    shown['remote6'] === undefined && shown['local6'] === undefined && shown['group6'] === undefined
      ? shown['udp_csum'] === true
      : shown['udp_zero_csum6_tx'] !== true,
});

const udpDf: TunnelField = {
  standard: () => 'unset',
  say: (value) => ['df', value as string],
  read: ({ df }) => (df as string | undefined) ?? 'unset',
};

const greDf: TunnelField = {
  // ipgre_netlink_parms() in net/ipv4/ip_gre.c: path MTU discovery unless it is refused.
  standard: () => 'set',
  say: (value) => [value === 'set' ? 'pmtudisc' : 'nopmtudisc'],
  read: ({ pmtudisc }) => (pmtudisc === true ? 'set' : 'unset'),
};

const greChecksum: TunnelField = {
  standard: () => false,
  say: (value) => (value === true ? ['csum'] : ['noicsum', 'noocsum']),
  read: ({ icsum, ocsum }) => icsum === true && ocsum === true,
};

/** ip shows both directions' keys as if they were IPv4 addresses. Different ones are nothing that a file can say. */
const greKey: TunnelField = {
  standard: () => null,
  say: (value) => (value === null ? ['noikey', 'nookey'] : ['key', text(value)]),
  read: ({ ikey, okey }) => (ikey === okey ? keyOf(ikey) : `${String(ikey)}/${String(okey)}`),
};

const keyOf = (shown: unknown): number | null =>
  typeof shown === 'string' ? shown.split('.').reduce((key, byte) => key * 256 + Number(byte), 0) : null;

const gre: Readonly<Record<string, TunnelField>> = {
  local: address('local'),
  remote: address('remote'),
  key: greKey,
  link,
  ttl: ttl('inherit'),
  tos,
  csum: greChecksum,
  df: greDf,
};

/** The fields that a mode has. */
export const tunnelModes: Readonly<Record<TunnelMode, Readonly<Record<string, TunnelField>>>> = {
  vxlan: {
    id: { ...number('id', 'id', null), required: true },
    local: address('local'),
    remote: address('remote'),
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
  geneve: {
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
  gretap: gre,
  gre,
};
