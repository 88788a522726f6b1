// Whether a Linux bridge keeps VLANs apart: a bridge as the file declares it in, the answer out.
import type { DeclaredLink, Names } from '../kind.js';

const asked = new WeakMap<DeclaredLink, boolean>();

/** Whether a bridge keeps VLANs apart: when the file says so, or one of its ports says its VLANs. */
export function filtersVlans(bridge: DeclaredLink, names: Names): boolean {
  const known = asked.get(bridge);
  if (known !== undefined) return known;
  const answer = bridge.value['vlan-filtering'] ?? names.ports(bridge).some(hasVlans);
  asked.set(bridge, answer === true);
  return answer === true;
}

/** True when the link says which VLANs it carries: then its bridge has to keep them apart. */
export const hasVlans = ({ value }: DeclaredLink): boolean =>
  ['tag', 'trunks', 'native-tag'].some((word) => value[word] !== undefined);
