// Links as ports of bridges: their VLANs.
import type { DeclaredLink } from '../../kind.js';
import type { Json, Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import type { Subject } from './subject.js';

export function* vlansOfPorts({ links }: Subject): Generator<Finding> {
  for (const link of links) {
    yield* trunks(link);
    yield* together(link);
  }
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

/** `tag` makes an access port and `trunks` a trunk; what both together would mean, each bridge has its own mind about. */
function* together({ value, path }: DeclaredLink): Generator<Finding> {
  if (value['tag'] === undefined) return;
  if (value['trunks'] !== undefined) {
    const hint = 'of a trunk, the VLAN of frames without a tag is `native-tag`';
    yield {
      code: 'tag-and-trunks',
      message: 'a port with `tag` is no trunk',
      hint,
      path: [...path, 'trunks'],
      at: 'key',
    };
  }
  if (value['native-tag'] !== undefined) {
    yield {
      code: 'tag-and-native-tag',
      message: 'a port has `tag` or `native-tag`, not both',
      path: [...path, 'native-tag'],
      at: 'key',
    };
  }
}
