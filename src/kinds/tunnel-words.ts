// A field of a kernel tunnel: its value in, the words of `ip` out, and back from what `ip` shows. Modes are made of these.
import { isUnspecified } from '../address.js';
import type { Fields, Json } from '../model.js';

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
export const isOverIpv6 = ({ local, remote, group }: Fields): boolean =>
  [local, remote, group].some((address) => typeof address === 'string' && address.includes(':'));

export const address = (name: 'local' | 'remote' | 'group'): TunnelField => ({
  standard: () => null,
  say: (value, tunnel) => [name, (value as string | null) ?? (isOverIpv6(tunnel) ? '::' : '0.0.0.0')],
  read(shown) {
    const found = shown[name] ?? shown[`${name}6`];
    // None is shown as `any`, by ip6tnl as `::`.
    return typeof found !== 'string' || found === 'any' || isUnspecified(found) ? null : found;
  },
});

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const number = (name: string, shownAs: string, standard: Json): TunnelField => ({
  standard: () => standard,
  say: (value) => [name, text(value)],
  read: (shown) => Number(shown[shownAs]),
});

export const link: TunnelField = {
  standard: () => null,
  say: (value) => (value === null ? [] : ['dev', value as string]),
  read: (shown) => (shown['link'] as string | undefined) ?? null,
};

/** 0 is the kernel's choice (null) for UDP tunnels, and the inner packet's for others. ip shows nothing for an inherited one. */
export const ttl = (zero: 'inherit' | null, standard: Json = zero): TunnelField => ({
  standard: () => standard,
  say: (value) => ['ttl', String((value as number | 'inherit' | null) ?? 'auto')],
  read: ({ ttl: shown }) => (shown === undefined ? 'inherit' : shown === 0 ? zero : (shown as number)),
});

const TOS = (value: Json): string[] => [
  'tos',
  typeof value === 'number' ? `0x${value.toString(16)}` : text(value),
];

/**
 * ip reads and shows it in hexadecimal (rtnl_dsfield_a2n), and shows nothing for 0. 1 is the sign for `inherit`
 * (ip_tunnel_ecn_encap and its like).
 */
export const tos: TunnelField = {
  standard: () => 0,
  say: TOS,
  read({ tos: shown }) {
    const bits = Number(shown ?? 0);
    return bits === 1 ? 'inherit' : bits;
  },
};

/** The same over IPv6, where it is called the traffic class and `inherit` is a flag of its own (IP6_TNL_F_USE_ORIG_TCLASS). */
export const trafficClass: TunnelField = {
  standard: () => 0,
  say: TOS,
  read: ({ tclass, ip6_tnl_f_use_orig_tclass: inherits }) =>
    inherits === true ? 'inherit' : Number(tclass ?? 0),
};

export const learning: TunnelField = {
  // vxlan_nl2conf() in the kernel's drivers/net/vxlan/vxlan_core.c.
  standard: () => true,
  say: (value) => [value === true ? 'learning' : 'nolearning'],
  read: (shown) => shown['learning'] === true,
};

/** Without checksums of our own, those of others cannot be asked for: over IPv6 the kernel would drop their packets (RFC 6935). */
export const udpChecksum = (overIpv4: boolean): TunnelField => ({
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

export const udpDf: TunnelField = {
  standard: () => 'unset',
  say: (value) => ['df', value as string],
  read: ({ df }) => (df as string | undefined) ?? 'unset',
};

export const ipDf: TunnelField = {
  // ipgre_netlink_parms(), ipip_netlink_parms() and ipip6_netlink_parms(): path MTU discovery unless it is refused.
  standard: () => 'set',
  say: (value) => [value === 'set' ? 'pmtudisc' : 'nopmtudisc'],
  read: ({ pmtudisc }) => (pmtudisc === true ? 'set' : 'unset'),
};

/** Never taken back in place (see `x-change`): for IPv6, `ip` has no words for that. */
export const greChecksum: TunnelField = {
  standard: () => false,
  say: (value) => (value === true ? ['csum'] : []),
  read: ({ icsum, ocsum }) => icsum === true && ocsum === true,
};

/** ip shows both directions' keys as if they were IPv4 addresses. Different ones are nothing that a file can say. */
export const greKey: TunnelField = {
  standard: () => null,
  say: (value) => (value === null ? [] : ['key', text(value)]),
  read: ({ ikey, okey }) => (ikey === okey ? keyOf(ikey) : `${String(ikey)}/${String(okey)}`),
};

const keyOf = (shown: unknown): number | null =>
  typeof shown === 'string' ? shown.split('.').reduce((key, byte) => key * 256 + Number(byte), 0) : null;

/**
 * What packets may be inside, by the words that `ip` has for it in this mode. iproute2 says `any` where nothing is said
 * (iptunnel_parse_opt, ip6tunnel_parse_opt).
 */
export const payload = (words: Readonly<Partial<Record<'ipv4' | 'ipv6', string>>>): TunnelField => ({
  standard: () => 'any',
  say: (value) => ['mode', words[value as 'ipv4' | 'ipv6'] ?? 'any'],
  read({ proto }) {
    const [known] = Object.entries(words).find(([, word]) => word === proto) ?? [];
    return known ?? (proto as string | undefined) ?? null;
  },
});
