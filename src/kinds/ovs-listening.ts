// The host in; whether Open vSwitch listens at the device of an interface out.
import { HOST } from '../model.js';
import type { HostState, OvsInterface } from '../state.js';

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
