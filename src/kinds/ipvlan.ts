// Links that share the MAC address of another link: entries under `ipvlans` in, `ip link … type ipvlan` out.
import type { Fields } from '../model.js';
import { upperFindings } from './upper-findings.js';
import { upperLink } from './upper-link.js';

const properties = {
  mode: {
    enum: ['l2', 'l3', 'l3s'],
    description:
      'What it does with packets. `l2`: it takes part in the network of the link, with ARP and broadcasts; `l3`: the host routes between its ipvlans and the link, and there are no broadcasts; `l3s`: the same, and the host’s firewall and connection tracking see them. All ipvlans upon a link have the same.',
    'x-change': 'live',
  },
  flags: {
    enum: ['bridge', 'private', 'vepa'],
    description:
      'Whom it reaches of those upon the same link. `bridge`: all others; `private`: none; `vepa`: those to whom the switch outside sends its frames back. All ipvlans upon a link have the same.',
    // ipvlan_port_create() sets none.
    default: 'bridge',
    'x-change': 'live',
  },
} as const;

/** ipvlan_nl_changelink() sets both in place, for all ipvlans upon the link. */
export const ipvlan = upperLink({
  name: 'ipvlan',
  called: 'an ipvlan',
  section: 'ipvlans',
  description:
    'Links upon another link that have its MAC address and its MTU: each receives what is for its IP addresses. A host does not reach its own ipvlans through the link that they stand on.',
  properties,
  findings: upperFindings,
  wanted: ({ mode, flags = properties.flags.default }) => ({ mode: mode as string, flags }),
  // ip shows a flag as a key of its own: `"private": true`.
  read: (shown) => ({
    mode: shown['mode'] as string,
    flags: properties.flags.enum.find((flag) => shown[flag] === true) ?? properties.flags.default,
  }),
  words: ({ mode, flags }: Fields, said) => [
    ...(said.includes('mode') ? ['mode', mode as string] : []),
    ...(said.includes('flags') ? [flags as string] : []),
  ],
  usual: { flags: properties.flags.default },
  placeOf: ({ mode, flags }) => `ipvlan ${mode as string} ${flags as string}`,
});
