// The host in; whether Open vSwitch listens at the device of an interface, and the ports where it does not, out.
import { HOST } from '../model.js';
import type { HostState, OvsInterface } from '../state.js';
import { ownerIn } from './ovs-ids.js';
import { isBond, portsIn } from './ovs-port-rows.js';

/**
 * A port of ours whose device was lost is another thing than the port that is wanted, to be removed before that is made. With its
 * userspace datapath ovs-vswitchd goes on listening at a device that is gone, even where there is a new one of that name;
 * it makes every device promiscuous that it listens at.
 */
export function listeningIn(host: HostState): (iface: OvsInterface) => boolean {
  const links = new Map(host.bodies.get(HOST)?.links.map((link) => [link.ifname, link]));
  return ({ name, error, ofport }) => {
    const link = links.get(name);
    return link !== undefined && link.promiscuity !== 0 && error === null && ofport !== -1;
  };
}

/** The names of ports of ours that have lost their device: what refers to one loses that with it. */
export function lostPorts(host: HostState): ReadonlySet<string> {
  const listens = listeningIn(host);
  const lost = portsIn(host).filter(
    (rows) => rows.iface.type === '' && !isBond(rows) && ownerIn(rows.port) !== null && !listens(rows.iface),
  );
  return new Set(lost.map(({ port }) => port.name));
}
