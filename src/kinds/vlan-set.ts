// What a port of a bridge carries: VLAN words in, the set of VLANs that they mean out, and back, so that both sides of a comparison agree.
import type { Fields, Json } from '../model.js';
import type { BridgeVlans } from '../state.js';
import { vlanIds, vlanRanges } from './port-fields.js';

export interface VlanSet {
  /** The VLAN of frames that come without a tag; null: they are dropped. */
  readonly pvid: number | null;
  /** Whether frames of the pvid leave without a tag. */
  readonly untagged: boolean;
  /** The other VLANs, which come and leave with their tag; in order. */
  readonly tagged: readonly number[];
}

export const ALL_VLANS: readonly number[] = Array.from({ length: 4094 }, (_, i) => i + 1);

/**
 * What the words mean, as Open vSwitch has it (vlan_mode in ovs-vswitchd.conf.db(5)). There a port without words also carries
 * frames without a tag, as VLAN 0, which a Linux bridge has not: VLAN 1 stands in for it.
 */
export function vlanSetOf(words: Readonly<Record<string, Json>>): VlanSet {
  const trunks = Array.isArray(words['trunks']) ? vlanIds(words['trunks'] as Json[]) : null;
  const pvid = Number(words['native-tag'] ?? 1);
  switch (modeOf(words)) {
    case 'access':
      return { pvid: Number(words['tag'] ?? 1), untagged: true, tagged: [] };
    case 'native-tagged':
      return { pvid, untagged: false, tagged: (trunks ?? ALL_VLANS).filter((id) => id !== pvid) };
    case 'native-untagged':
      return { pvid, untagged: true, tagged: (trunks ?? ALL_VLANS).filter((id) => id !== pvid) };
    default:
      return trunks === null
        ? { pvid: 1, untagged: true, tagged: ALL_VLANS.slice(1) }
        : { pvid: null, untagged: false, tagged: trunks };
  }
}

function modeOf(words: Readonly<Record<string, Json>>): Json {
  const said = words['vlan-mode'] ?? null;
  if (said !== null) return said;
  if ((words['native-tag'] ?? null) !== null) return 'native-untagged';
  return (words['tag'] ?? null) === null ? 'trunk' : 'access';
}

/** The words for a set, always the same ones for the same set: null is a word that is not needed. */
export function vlanWords({ pvid, untagged, tagged }: VlanSet): Fields {
  const nothing = { tag: null, trunks: null, 'native-tag': null, 'vlan-mode': null };
  if (pvid === null) return { ...nothing, trunks: vlanRanges(tagged) };
  if (untagged && tagged.length === 0) return { ...nothing, tag: pvid };
  const everything = tagged.length === ALL_VLANS.length - 1;
  if (untagged && pvid === 1 && everything) return nothing;
  const trunks = everything ? null : vlanRanges(tagged);
  return { ...nothing, trunks, 'native-tag': pvid, 'vlan-mode': untagged ? null : 'native-tagged' };
}

/** The words for what `bridge vlan show` says of a port. A set that no words mean has a mode of its own, which nothing wants. */
export function shownWords(shown: BridgeVlans['vlans']): Fields {
  const pvid = idsIn(shown.filter(({ flags }) => flags?.includes('PVID')))[0] ?? null;
  const untagged = idsIn(shown.filter(({ flags }) => flags?.includes('Egress Untagged')));
  const others = idsIn(shown).filter((id) => id !== pvid);
  if (untagged.some((id) => id !== pvid))
    return { ...vlanWords({ pvid, untagged: false, tagged: others }), 'vlan-mode': 'mixed' };
  return vlanWords({ pvid, untagged: untagged.length > 0, tagged: others });
}

const idsIn = (shown: BridgeVlans['vlans']): number[] =>
  vlanIds(shown.map(({ vlan, vlanEnd = vlan }) => `${String(vlan)}-${String(vlanEnd)}`));
