// A link as it was read in; what is its own and what a bond of the kernel has lent it out.
import type { IpLink } from './state.js';

/** True for a member of a bond of the kernel. */
export const isBondMember = ({ linkinfo }: IpLink): boolean => linkinfo?.info_slave_kind === 'bond';

/** The MAC address of a link; while a bond lends it another one, that which it has again when it leaves (bond_enslave). */
export function ownAddress(link: IpLink): string | undefined {
  const own = isBondMember(link) ? link.linkinfo?.info_slave_data?.['perm_hwaddr'] : undefined;
  return typeof own === 'string' ? own : link.address;
}
