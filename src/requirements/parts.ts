// The parts that a kernel may be without: a name in, the module and the option that make it out, and what only a kernel with it takes.

export interface Part {
  /** As `modprobe` calls it; null for what is no module of its own. */
  readonly module: string | null;
  /** The option of the kernel's configuration, without `CONFIG_`. */
  readonly option: string;
  /** In words, for what is no module. */
  readonly called?: string;
  /** The words after `ip link add name N`; only a kernel without the part refuses them with `refusal`. */
  readonly trial?: string;
  /** Default: what rtnl_newlink() says of a type of link that nobody has registered. */
  readonly refusal?: RegExp;
}

const link = (module: string, option: string, trial: string): Part => ({ module, option, trial });

/** Types of links bear the name that `ip` has for them. From the Kconfig files and Makefiles of the kernel. */
export const kernelParts = {
  veth: link('veth', 'VETH', 'type veth'),
  bridge: link('bridge', 'BRIDGE', 'type bridge'),
  'bridge-vlan-filtering': {
    module: null,
    option: 'BRIDGE_VLAN_FILTERING',
    called: 'VLAN filtering in the kernel’s bridge',
    trial: 'type bridge vlan_filtering 1',
    // br_vlan_filter_toggle() of net/bridge/br_private.h, where it is left out.
    refusal: /Operation not supported/,
  },
  vlan: link('8021q', 'VLAN_8021Q', 'link lo type vlan id 1'),
  macvlan: link('macvlan', 'MACVLAN', 'link lo type macvlan'),
  macvtap: link('macvtap', 'MACVTAP', 'link lo type macvtap'),
  ipvlan: link('ipvlan', 'IPVLAN', 'link lo type ipvlan'),
  dummy: link('dummy', 'DUMMY', 'type dummy'),
  ifb: link('ifb', 'IFB', 'type ifb'),
  bond: link('bonding', 'BONDING', 'type bond'),
  vrf: link('vrf', 'NET_VRF', 'type vrf table 1'),
  vxlan: link('vxlan', 'VXLAN', 'type vxlan id 1 dstport 4789'),
  geneve: link('geneve', 'GENEVE', 'type geneve id 1 remote 192.0.2.1'),
  gre: link('ip_gre', 'NET_IPGRE', 'type gre remote 192.0.2.1'),
  gretap: link('ip_gre', 'NET_IPGRE', 'type gretap remote 192.0.2.1'),
  ip6gre: link('ip6_gre', 'IPV6_GRE', 'type ip6gre remote 2001:db8::1'),
  ip6gretap: link('ip6_gre', 'IPV6_GRE', 'type ip6gretap remote 2001:db8::1'),
  ipip: link('ipip', 'NET_IPIP', 'type ipip remote 192.0.2.1'),
  sit: link('sit', 'IPV6_SIT', 'type sit remote 192.0.2.1'),
  ip6tnl: link('ip6_tunnel', 'IPV6_TUNNEL', 'type ip6tnl remote 2001:db8::1'),
  tun: { module: 'tun', option: 'TUN' },
  openvswitch: { module: 'openvswitch', option: 'OPENVSWITCH' },
  htb: { module: 'sch_htb', option: 'NET_SCH_HTB' },
  hfsc: { module: 'sch_hfsc', option: 'NET_SCH_HFSC' },
  ingress: { module: 'sch_ingress', option: 'NET_SCH_INGRESS' },
  police: { module: 'act_police', option: 'NET_ACT_POLICE' },
} as const satisfies Readonly<Record<string, Part>>;

/** A name in the table. */
export type KernelPart = keyof typeof kernelParts;
