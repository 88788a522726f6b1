// The list `protect` of a document in, addresses that no change may cut off out. Its schema stands here, too.
import { parseAddress } from '../address.js';
import type { Mapping } from './topology.js';

/** The schema of the list. */
export const protectSchema = {
  type: 'array',
  items: { type: 'string' },
  uniqueItems: true,
  examples: [['192.0.2.10', '2001:db8::1']],
  description:
    'Addresses by which this host is reached, or that it reaches and has to go on reaching (a management network, a store). A change that takes down, moves or re-addresses the link of one, or leads it another way, is refused unless `apply` is told `--confirm` or `--allow-disruption`; so it is with the links of default routes and of the SSH connection.',
  default: [],
};

/** Canonical; what cannot be read is left out, and told by `checks/protect.ts`. */
export const protectedIn = ({ protect }: Mapping): string[] =>
  Array.isArray(protect) ? protect.flatMap((text) => parseAddress(String(text))?.ip ?? []) : [];
