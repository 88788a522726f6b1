// What was read from the host, by body: the tools' own JSON, typed as far as it is used. Nothing here interprets it.
import type { Body } from './model.js';
import type { PlainFlow } from './tools/flow-words.js';

/** A link as `ip -N -j -d addr` prints it (-N: numbers, so that nobody's /etc/iproute2 changes what we read). */
export interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly group?: string;
  readonly txqlen?: number;
  readonly address?: string;
  readonly permaddr?: string;
  readonly ifalias?: string;
  readonly master?: string;
  /** How many want all frames of it: people, packet captures, bridges, Open vSwitch. */
  readonly promiscuity?: number;
  /** Name of the link below, in the same namespace. */
  readonly link?: string | null;
  /** ifindex of the link below or of a veth's peer, in the namespace that `link_netnsid` names. */
  readonly link_index?: number;
  readonly link_netnsid?: number;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, unknown>>;
    readonly info_slave_kind?: string;
    readonly info_slave_data?: Readonly<Record<string, unknown>>;
  };
  readonly addr_info?: readonly IpAddress[];
}

export interface IpAddress {
  readonly family: 'inet' | 'inet6';
  readonly local?: string;
  /** The other end of a point-to-point address. */
  readonly address?: string;
  readonly prefixlen: number;
  readonly scope?: string;
  readonly label?: string;
  readonly dynamic?: boolean;
  readonly secondary?: boolean;
  readonly nodad?: boolean;
  /** The kernel still looks whether somebody else has it. */
  readonly tentative?: boolean;
  /** Somebody else has it. */
  readonly dadfailed?: boolean;
  readonly mngtmpaddr?: boolean;
  readonly temporary?: boolean;
  readonly 'stable-privacy'?: boolean;
  readonly protocol?: string;
}

/** A route as `ip -N -j -d route show table all` prints it: `type`, `table` and `protocol` are numbers. */
export interface IpRoute {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly via?: { readonly family: string; readonly host: string };
  readonly dev?: string;
  readonly table?: string;
  readonly protocol?: string;
  readonly scope?: string;
  readonly prefsrc?: string;
  /** The type of service of the packets that it is for. */
  readonly tos?: string;
  /** The source network of the packets that it is for. */
  readonly from?: string;
  readonly metric?: number;
  readonly flags?: readonly string[];
  readonly metrics?: readonly Readonly<Record<string, unknown>>[];
  readonly nexthops?: readonly (Pick<IpRoute, 'gateway' | 'via' | 'dev' | 'flags'> & {
    readonly weight?: number;
  })[];
}

/** A rule of routing policy as `ip -N -j -d rule show` prints it; words that are not here are kept as they are. */
export interface IpRule {
  readonly priority: number;
  /** There, and null, where the rule is for all other packets. */
  readonly not?: null;
  /** An address, or `all`. */
  readonly src?: string;
  /** Left out where the address is that of one host. */
  readonly srclen?: number;
  readonly dst?: string;
  readonly dstlen?: number;
  readonly iif?: string;
  readonly oif?: string;
  readonly fwmark?: string;
  readonly fwmask?: string;
  readonly tos?: string;
  readonly ipproto?: string;
  readonly sport?: number;
  readonly sport_start?: number;
  readonly sport_end?: number;
  readonly dport?: number;
  readonly dport_start?: number;
  readonly dport_end?: number;
  readonly table?: string;
  readonly suppress_prefixlen?: number;
  /** Where it looks into no table: what happens instead. */
  readonly action?: string;
  readonly protocol?: string;
}

/** A permanent neighbour as `ip -j neigh show nud permanent` prints it, or a proxy as `ip -j neigh show proxy` does. */
export interface IpNeighbour {
  readonly dst: string;
  readonly dev: string;
  readonly lladdr?: string;
  readonly state?: readonly string[];
}

/** A port as `bridge -j vlan show` prints it. */
export interface BridgeVlans {
  readonly ifname: string;
  readonly vlans: readonly {
    readonly vlan: number;
    readonly vlanEnd?: number;
    readonly flags?: readonly string[];
  }[];
}

/** An entry of a forwarding database as `bridge -j fdb show` prints it: of a bridge's port, or (`self`) of a link itself. */
export interface BridgeEntry {
  readonly mac: string;
  readonly ifname: string;
  readonly state?: string;
  readonly flags?: readonly string[];
  /** The bridge in whose database it is. */
  readonly master?: string;
  readonly vlan?: number;
  /** Of a vxlan: where the frames go. */
  readonly dst?: string;
  readonly viaIf?: string;
  readonly port?: number;
  readonly vni?: number;
  readonly src_vni?: number;
  readonly nhid?: number;
}

/** Keys and texts of a map column. */
export type OvsMap = Readonly<Record<string, string>>;

/** Rows of OVSDB as far as they are read; an optional column that is empty is null, a uuid its text. */
export interface OvsBridge {
  readonly name: string;
  readonly ports: readonly string[];
  readonly mirrors: readonly string[];
  readonly controller: readonly string[];
  /** Empty: `system`. */
  readonly datapath_type: string;
  readonly fail_mode: string | null;
  readonly protocols: readonly string[];
  readonly stp_enable: boolean;
  readonly rstp_enable: boolean;
  readonly mcast_snooping_enable: boolean;
  readonly other_config: OvsMap;
  readonly external_ids: OvsMap;
}

export interface OvsPort {
  readonly _uuid: string;
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly tag: number | null;
  readonly trunks: readonly number[];
  readonly vlan_mode: string | null;
  readonly protected: boolean;
  readonly fake_bridge: boolean;
  readonly qos: string | null;
  readonly bond_mode: string | null;
  /** In ms. */
  readonly bond_updelay: number;
  readonly bond_downdelay: number;
  readonly lacp: string | null;
  readonly other_config: OvsMap;
  readonly external_ids: OvsMap;
}

export interface OvsInterface {
  readonly _uuid: string;
  readonly name: string;
  /** Empty: `system`. */
  readonly type: string;
  readonly options: OvsMap;
  readonly mac: string | null;
  readonly mtu_request: number | null;
  readonly ingress_policing_rate: number;
  readonly ingress_policing_burst: number;
  /** -1 where Open vSwitch could not make the port, null where it has not tried. */
  readonly ofport: number | null;
  readonly error: string | null;
  readonly external_ids: OvsMap;
}

export interface OvsController {
  readonly _uuid: string;
  readonly target: string;
}

/** What an Open vSwitch can do; until ovs-vswitchd, which says it, has begun, both are empty. */
export interface OvsRoot {
  readonly datapath_types: readonly string[];
  readonly iface_types: readonly string[];
}

export interface OvsMirror {
  readonly _uuid: string;
  readonly name: string;
  readonly select_all: boolean;
  /** Uuids of ports. */
  readonly select_src_port: readonly string[];
  readonly select_dst_port: readonly string[];
  readonly select_vlan: readonly number[];
  readonly output_port: string | null;
  readonly output_vlan: number | null;
  readonly snaplen: number | null;
  readonly external_ids: OvsMap;
}

export interface OvsQos {
  readonly _uuid: string;
  readonly type: string;
  /** Uuids of queues by their numbers. */
  readonly queues: OvsMap;
  readonly other_config: OvsMap;
  readonly external_ids: OvsMap;
}

export interface OvsQueue {
  readonly _uuid: string;
  readonly other_config: OvsMap;
  readonly external_ids: OvsMap;
}

export interface OvsState {
  readonly Bridge: readonly OvsBridge[];
  readonly Port: readonly OvsPort[];
  readonly Interface: readonly OvsInterface[];
  readonly Controller: readonly OvsController[];
  /** One row. */
  readonly Open_vSwitch: readonly OvsRoot[];
  readonly Mirror: readonly OvsMirror[];
  readonly QoS: readonly OvsQos[];
  readonly Queue: readonly OvsQueue[];
}

/** A flow that a file says, as a bridge would show it; or why ovs-ofctl does not take it. */
export type SaidFlow = PlainFlow | { readonly refused: string };

export interface FlowTable {
  readonly there: readonly (PlainFlow & { readonly cookie: string })[];
  /** By their texts: the flows of the topology first, then those of its record. */
  readonly said: ReadonlyMap<string, SaidFlow>;
  /** Texts of those that the topology's record knows. */
  readonly made: ReadonlySet<string>;
}

export interface BodyState {
  readonly body: Body;
  /** False for a namespace that is not there (yet). */
  readonly exists: boolean;
  readonly links: readonly IpLink[];
  readonly routes: readonly IpRoute[];
  readonly neighbours: readonly IpNeighbour[];
  /** Neighbours for which a link answers. */
  readonly proxies: readonly IpNeighbour[];
  /** Routing policy, by family; only where asked for. */
  readonly rules?: Readonly<Record<4 | 6, readonly IpRule[]>>;
  /** Only where asked for. */
  readonly vlans: readonly BridgeVlans[];
  /** Only where asked for. */
  readonly fdb: readonly BridgeEntry[];
  /** Path below /proc/sys → value, white space folded; only those asked for that exist. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** `nft -j list ruleset`'s objects; only where asked for. */
  readonly nft: readonly Readonly<Record<string, unknown>>[];
}

export interface HostState {
  /** Name of the topology on whose behalf the host is read. */
  readonly topology: string;
  readonly bodies: ReadonlyMap<string, BodyState>;
  /** Ids of what the records of other topologies claim. */
  readonly others?: ReadonlySet<string>;
  /** Null where no Open vSwitch answers. */
  readonly ovs: OvsState | null;
  /** Flow tables by bridge; only where asked for. */
  readonly flows?: ReadonlyMap<string, FlowTable>;
}
