// What makes a link a port of a bridge, the same words for Linux and for Open vSwitch: facts of the fields, and VLAN lists in one form.
import type { Properties } from '../kind.js';
import type { Json } from '../model.js';

export const portFields = {
  bridge: {
    type: 'string',
    description: 'The bridge, of the same body, that the link is a port of.',
    'x-reference': 'bridge',
    'x-change': 'flap',
  },
  tag: {
    type: 'integer',
    minimum: 1,
    maximum: 4094,
    description: 'Makes it an access port of this VLAN: frames come and go without a tag.',
  },
  trunks: {
    type: 'array',
    minItems: 1,
    items: {
      type: ['integer', 'string'],
      minimum: 1,
      maximum: 4094,
      pattern: '^[1-9][0-9]{0,3}-[1-9][0-9]{0,3}$',
      examples: [10, '20-29'],
    },
    examples: [[10, '20-29']],
    description: 'Makes it a trunk port of these VLANs, ids and ranges: frames come and go with their tag.',
  },
  'native-tag': {
    type: 'integer',
    minimum: 1,
    maximum: 4094,
    description: 'The VLAN of a trunk port’s frames that have no tag.',
  },
  'vlan-mode': {
    enum: ['access', 'trunk', 'native-tagged', 'native-untagged', 'dot1q-tunnel'],
    description:
      'What the port does with tags. Default: `native-untagged` with `native-tag`, else `access` with `tag`, else `trunk`. `dot1q-tunnel` is for Open vSwitch alone.',
  },
  isolated: {
    type: 'boolean',
    default: false,
    description: 'Whether the port cannot reach the bridge’s other isolated ports.',
  },
} as const satisfies Properties;

/** The ids that `trunks` says, each once, in order: `[10, "20-22"]` is 10, 20, 21, 22. */
export function vlanIds(trunks: readonly Json[]): number[] {
  const ids = trunks.flatMap((item) => {
    const [first = 0, last = first] = String(item).split('-').map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** Ids in the shortest list that says them: neighbours become ranges. Both sides of a comparison look like this. */
export function vlanRanges(ids: readonly number[]): (number | string)[] {
  const ranges: [number, number][] = [];
  for (const id of [...new Set(ids)].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open?.[1] === id - 1) open[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([first, last]) => (first === last ? first : `${String(first)}-${String(last)}`));
}
