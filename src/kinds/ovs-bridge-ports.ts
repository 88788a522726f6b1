// An Open vSwitch bridge of the document in, the links that are its ports out, by the keys that other entries call them.
import type { DeclaredLink, Names } from '../kind.js';

/** Its own device, what names it in `bridge`, and the VLANs upon it. */
export function portsAt(bridge: DeclaredLink, names: Names): ReadonlyMap<string, DeclaredLink> {
  const upon = names.links(bridge.body).filter((link) => isUpon(link, bridge));
  return new Map([bridge, ...names.ports(bridge), ...upon].map((link) => [link.key, link]));
}

const isUpon = ({ byOvs, netdev, value }: DeclaredLink, { key }: DeclaredLink): boolean =>
  byOvs && netdev && value['link'] === key;

/** The Open vSwitch bridge that a link of the kernel is a port of, or a VLAN upon. */
export function ovsBridgeOf(link: DeclaredLink, names: Names): DeclaredLink | undefined {
  const { body, value, netdev } = link;
  const key = value['bridge'] ?? value['link'];
  if (!netdev || link.bridge !== undefined || typeof key !== 'string') return undefined;
  const bridge = names.link(body, key);
  return bridge?.bridge === 'ovs' ? bridge : undefined;
}
