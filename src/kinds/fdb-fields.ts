// Entries of a forwarding database as a file says them: facts of the fields; entries in their one form; why a MAC address can be in none.
import { ownWordsAlone } from '../kind.js';
import type { Fields, Json } from '../model.js';

const MAC = '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$';

const mac = {
  type: 'string',
  pattern: MAC,
  examples: ['02:00:00:00:00:01'],
  description: 'The MAC address.',
} as const;

const vlan = {
  type: 'integer',
  minimum: 1,
  maximum: 4094,
  description:
    'The VLAN in which it is there, on a bridge that keeps VLANs apart. Default: that of the port’s frames without a tag.',
} as const;

const remote = {
  type: 'string',
  examples: ['192.0.2.2'],
  description: 'Address of the end of a vxlan tunnel behind which it is.',
} as const;

const items = (properties: object) => ({
  type: ['string', 'object'],
  pattern: MAC,
  examples: ['02:00:00:00:00:01'],
  properties,
  required: ['mac'],
  ...ownWordsAlone,
});

const examples = [['02:00:00:00:00:01', { mac: '02:00:00:00:00:02', vlan: 10 }]];

/** What a port of a Linux bridge says. */
export const portFdb = {
  type: 'array',
  minItems: 1,
  items: items({ mac, vlan }),
  examples,
  description:
    'MAC addresses that are behind the port for good, as `bridge fdb add MAC dev PORT master static` says it: the bridge neither forgets them nor learns them elsewhere.',
} as const;

/** What a tunnel says, which may be a port, too. */
export const tunnelFdb = {
  ...portFdb,
  items: items({ mac, vlan, remote }),
  examples: [[{ mac: '02:00:00:00:00:01', remote: '192.0.2.2' }]],
  description:
    'MAC addresses that are behind one end of a vxlan link of the kernel for good, in entries with `remote`. Entries without it are for the tunnel as a port of a Linux bridge: MAC addresses that are behind it.',
} as const;

export interface FdbEntry {
  /** In lower case. */
  readonly mac: string;
  readonly vlan: number | null;
  readonly remote: string | null;
  /** Its place in the list. */
  readonly index: number;
}

/** The entries of a link's `fdb`. */
export function fdbEntries({ fdb }: Fields): FdbEntry[] {
  if (!Array.isArray(fdb)) return [];
  return (fdb as readonly (string | Readonly<Record<string, Json>>)[]).map((said, index) => {
    const {
      mac: address,
      vlan: id = null,
      remote: end = null,
    } = typeof said === 'string' ? { mac: said } : said;
    return {
      mac: String(address).toLowerCase(),
      vlan: id as number | null,
      remote: end as string | null,
      index,
    };
  });
}

/** A MAC address of zeros, which means in a vxlan's table: all that has no entry of its own. */
export const ZEROS = '00:00:00:00:00:00';

/** The group bit of a MAC address (IEEE 802). */
export const isGroupMac = (address: string): boolean => (Number.parseInt(address.slice(0, 2), 16) & 1) === 1;
