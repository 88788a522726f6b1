// A tool's JSON in; the same without what nobody configured (numbers given by chance, counters, timers, states) out.

/** What of an object was configured. */
export function configured(object: object): object {
  return strip(object) as object;
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !FLAGS_OF_CARRIER.has(item as string)).map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, item]) => !UNCONFIGURED.has(key) && !isUnconfigured(key, item),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]));
}

/** The spanning tree sets the state of a bridge port, failures that of a bond’s member; a link has the queueing discipline `noop` until it is first up, and the default one from then on. */
function isUnconfigured(key: string, value: unknown): boolean {
  const values = { state: STATES, qdisc: QDISCS }[key];
  return values?.includes(value as string) ?? false;
}

const QDISCS = ['noop', 'noqueue', 'pfifo_fast', 'fq_codel', 'mq'];

const STATES = ['disabled', 'listening', 'learning', 'forwarding', 'blocking', 'ACTIVE', 'BACKUP'];

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Flags of links, routes and next hops. */
const FLAGS_OF_CARRIER = words('LOWER_UP NO-CARRIER M-DOWN linkdown dead');

/**
 * Numbers given by chance (ip6tnl and ip6gre have such a permanent address); what hardware, or a port that a bridge once had, can do; carrier and address detection; timers and
 * findings of the spanning tree, of bonds and of LACP; counters of nftables.
 */
const UNCONFIGURED = words(`
  ifindex link_index link_netnsid handle permaddr
  tso_max_size tso_max_segs
  operstate linkmode tentative dadfailed valid_life_time preferred_life_time expires
  hello_timer tcn_timer topology_change_timer gc_timer hold_timer message_age_timer forward_delay_timer
  topology_change topology_change_detected topology_change_ack config_pending
  root_id root_port root_path_cost designated_port designated_cost bridge_id
  mii_status link_failure_count active_slave ad_info ad_aggregator_id
  ad_actor_oper_port_state ad_actor_oper_port_state_str ad_partner_oper_port_state ad_partner_oper_port_state_str
  packets bytes
`);
