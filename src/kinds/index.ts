// The table of kinds. To add one: a file, and a line here.
import type { Kind } from '../kind.js';
import { address } from './address.js';
import { bond } from './bond.js';
import { bondPort } from './bond-port.js';
import { bondPrimary } from './bond-primary.js';
import { bridgeFdb } from './bridge-fdb.js';
import { bridgePort } from './bridge-port.js';
import { dummy } from './dummy.js';
import { flow } from './flow.js';
import { ifb } from './ifb.js';
import { ipvlan } from './ipvlan.js';
import { link } from './link.js';
import { linuxBridge } from './linux-bridge.js';
import { interfaces } from './interface.js';
import { macvlan, macvtap } from './macvlan.js';
import { namespace } from './namespace.js';
import { nat } from './nat.js';
import { neighbour } from './neighbour.js';
import { ovsBond } from './ovs-bond.js';
import { ovsBridge } from './ovs-bridge.js';
import { ovsMirror } from './ovs-mirror.js';
import { ovsPolicing } from './ovs-policing.js';
import { ovsPort } from './ovs-port.js';
import { ovsQos } from './ovs-qos.js';
import { ovsTunnel } from './ovs-tunnel.js';
import { ovsVlan } from './ovs-vlan.js';
import { patch } from './patch.js';
import { portVlans } from './port-vlans.js';
import { route } from './route.js';
import { rule } from './rule.js';
import { sysctl } from './sysctl.js';
import { tap } from './tap.js';
import { tunnel } from './tunnel.js';
import { veth } from './veth.js';
import { vlan } from './vlan.js';
import { vrf } from './vrf.js';
import { vrfPort } from './vrf-port.js';
import { vxlanFdb } from './vxlan-fdb.js';

export const kinds: readonly Kind[] = [
  namespace,
  interfaces,
  linuxBridge,
  ovsBridge,
  veth,
  vlan,
  ovsVlan,
  dummy,
  ifb,
  macvlan,
  macvtap,
  ipvlan,
  tap,
  tunnel,
  vxlanFdb,
  ovsTunnel,
  patch,
  bond,
  ovsBond,
  vrf,
  link,
  bondPort,
  bondPrimary,
  bridgePort,
  ovsPort,
  vrfPort,
  portVlans,
  bridgeFdb,
  ovsQos,
  ovsPolicing,
  ovsMirror,
  flow,
  address,
  route,
  rule,
  neighbour,
  nat,
  sysctl,
];

const byName = new Map(kinds.map((kind) => [kind.name, kind]));

/** The kind of a name; a name that is not in the table is a bug or a file from another version. */
export function kindOf(name: string): Kind {
  const kind = byName.get(name);
  if (kind === undefined) throw new Error(`no kind is called ${name}`);
  return kind;
}
