// Links as ports of bridges: the VLANs of a trunk.
import type { DeclaredLink } from '../../kind.js';
import type { Json, Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import type { Subject } from './subject.js';

export function* vlansOfPorts({ links }: Subject): Generator<Finding> {
  for (const link of links) yield* trunks(link);
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly path: Path;
  readonly said: Json;
}

function* trunks({ value, path }: DeclaredLink): Generator<Finding> {
  const ranges: Range[] = [];
  for (const [i, said] of (Array.isArray(value['trunks']) ? (value['trunks'] as Json[]) : []).entries()) {
    const at = [...path, 'trunks', i];
    const [first = NaN, last = first] = String(said).split('-').map(Number);
    if (last < first) {
      yield {
        code: 'bad-range',
        message: `the range ${show(said)} ends before it begins`,
        hint: `write \`${last}-${first}\``,
        path: at,
      };
    } else if (last > 4094) {
      yield {
        code: 'out-of-range',
        message: `VLAN ids end at 4094, and ${show(said)} goes further`,
        path: at,
      };
    } else {
      const other = ranges.find((range) => range.first <= last && first <= range.last);
      if (other)
        yield {
          code: 'overlapping-vlans',
          message: `${show(said)} says VLANs that ${show(other.said)} says already`,
          path: at,
        };
      ranges.push({ first, last, path: at, said });
    }
  }
}
