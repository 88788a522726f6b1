// The maps that Open vSwitch keeps for others, external_ids and other_config: our mark and the user's keys in, and out again.
import type { Properties } from '../kind.js';
import { HOST, type Fields, type Json, type Read } from '../model.js';
import type { OvsMap } from '../state.js';

/** The question that everything of Open vSwitch needs answered. */
export const OVSDB: Read = { tool: 'ovs', body: HOST, what: '' };

/** Whose a Bridge or a Port is. An Interface hangs on its Port and goes with it; marking it too costs a transaction of 1,000 ports a quarter more. */
const MARK = 'netplan-ovs';
/** Which other keys beside it are ours, a list in JSON: OVN, libvirt and others keep theirs there as well. */
const KEYS = 'netplan-ovs-keys';

const texts = {
  type: 'object',
  additionalProperties: { type: ['string', 'integer', 'boolean'] },
  default: {},
} as const;

/** Defaults: an empty column (ovs-vswitchd.conf.db(5)). */
export const mapFields = {
  'other-config': {
    ...texts,
    description: 'Further settings of Open vSwitch (`other_config` of the bridge, or of the port), by key.',
  },
  'external-ids': {
    ...texts,
    propertyNames: {
      pattern: `^(?!${MARK})`,
      description: `keys that begin with \`${MARK}\` are this program’s own`,
    },
    description:
      'Keys for other programs (`external_ids` of the bridge, or of the port’s interface); those that they set themselves stay.',
  },
} as const satisfies Properties;

export const marked = (topology: string): OvsMap => ({ [MARK]: topology });

/** The topology that made a row; null: none. */
export const ownerIn = ({ external_ids }: { readonly external_ids: OvsMap }): string | null =>
  external_ids[MARK] ?? null;

/** The user's keys as they go into a row. */
export function withKeys(ids: OvsMap): OvsMap {
  const keys = Object.keys(ids);
  return keys.length === 0 ? {} : { ...ids, [KEYS]: JSON.stringify(keys) };
}

/** The user's keys that are in a row; all others are somebody else's. */
export const userIdsIn = ({ external_ids }: { readonly external_ids: OvsMap }): OvsMap =>
  inOrder(Object.entries(external_ids).filter(([key]) => keysIn(external_ids).includes(key)));

function keysIn({ [KEYS]: list = '[]' }: OvsMap): unknown[] {
  try {
    return [JSON.parse(list)].flat();
  } catch {
    return []; // somebody has been there; the keys will be set again
  }
}

/** What `other-config` and `external-ids` of an entry say, as text: Open vSwitch knows no other values there. */
export const mapsOf = (value: Fields): { 'other-config': OvsMap; 'external-ids': OvsMap } => ({
  'other-config': textsOf(value['other-config']),
  'external-ids': textsOf(value['external-ids']),
});

export const textsOf = (map: Json | undefined): OvsMap =>
  inOrder(Object.entries(map ?? {}).map(([key, value]) => [key, String(value)]));

/** In one order, so that a list of keys does not change with the order in which a file says them. */
const inOrder = (entries: [string, string][]): OvsMap =>
  Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
