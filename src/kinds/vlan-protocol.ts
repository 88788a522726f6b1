// The two protocols of VLAN tags: the words that a file has for them, and what `ip -N` shows read as these words.

export const VLAN_PROTOCOLS = ['802.1q', '802.1ad'] as const;

/** EtherTypes as `ip -N` prints them (ll_proto_n2a() of iproute2): ETH_P_8021Q and ETH_P_8021AD. */
export const protocolShown = (shown: unknown): string => SHOWN[String(shown)] ?? String(shown);

const SHOWN: Readonly<Record<string, string>> = { '[33024]': '802.1q', '[34984]': '802.1ad' };
