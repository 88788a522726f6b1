// Links with MAC addresses of their own upon another link: entries under `macvlans` and `macvtaps` in, `ip link … type macvlan|macvtap` out.
import type { Cost, Entry, Kind } from '../kind.js';
import type { Fields } from '../model.js';
import { upperFindings } from './upper-findings.js';
import { upperLink } from './upper-link.js';

const properties = {
  mode: {
    enum: ['bridge', 'vepa', 'private', 'passthru', 'source'],
    description:
      'Whom it reaches of those upon the same link. `bridge`: all others; `vepa`: those to whom the switch outside sends its frames back; `private`: none; `passthru`: it has the link for itself, with its MAC address; `source`: it receives only from the addresses in `sources`. A change to or from `passthru` makes it anew.',
    'x-change': 'live',
  },
  sources: {
    type: 'array',
    uniqueItems: true,
    items: {
      type: 'string',
      pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$',
      examples: ['02:00:00:00:00:01'],
    },
    description: 'With mode `source`: the MAC addresses from which it receives.',
    default: [],
    'x-change': 'live',
  },
} as const;

/** With a device file `/dev/tapN`, N being the link's index, it serves a virtual machine. */
const tap =
  'Links like those of `macvlans` that a program, such as a virtual machine, reads and writes by the file `/dev/tapN`, where N is the link’s index.';

export const macvlan: Kind = macvlanOf(
  'macvlan',
  'a macvlan',
  'Links with a MAC address of their own upon another link: each receives what is for it. A host does not reach its own macvlans through the link that they stand on.',
);

// macvtap_setup() in the kernel's drivers/net/macvtap.c: TUN_READQ_SIZE is 500.
export const macvtap: Kind = macvlanOf('macvtap', 'a macvtap', tap, ['txqueuelen', '1000']);

function macvlanOf(
  name: 'macvlan' | 'macvtap',
  called: string,
  description: string,
  fresh: readonly string[] = [],
): Kind {
  return upperLink({
    name,
    called,
    section: `${name}s`,
    description,
    properties,
    findings: upperFindings,
    wanted,
    read: ({ mode, macaddr_data: sources }) => ({ mode: mode as string, sources: addressesIn(sources) }),
    words,
    usual: { sources: [] },
    placeOf: ({ mode }) => (mode === 'passthru' ? 'passthru' : 'macvlan'),
    cost: costOf,
    fresh,
  });
}

function wanted({ mode, sources = [] }: Entry['value']): Fields {
  return { mode: mode as string, sources: addressesIn(sources) };
}

/** In one order: the kernel's is that of its hash table. */
function addressesIn(list: unknown): string[] {
  return ((list ?? []) as readonly string[]).map((address) => address.toLowerCase()).sort();
}

/** The addresses come last: `ip` takes all words after `set` for some. With another mode the kernel has forgotten them. */
function words(fields: Fields, said: readonly string[]): string[] {
  const { mode } = fields as { readonly mode: string };
  const sources = addressesIn(fields['sources']);
  return [
    ...(said.includes('mode') ? ['mode', mode] : []),
    ...(mode === 'source' && said.includes('sources')
      ? ['macaddr', ...(sources.length === 0 ? ['flush'] : ['set', ...sources])]
      : []),
  ];
}

/** macvlan_changelink(): "Passthrough mode can't be set or cleared dynamically". */
function costOf(field: string, before: Fields, after: Fields): Cost | undefined {
  if (field !== 'mode') return undefined;
  return [before['mode'], after['mode']].includes('passthru') ? 'replace' : 'live';
}
