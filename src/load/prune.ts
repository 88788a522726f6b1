// Data and the paths of its bad parts in, the data without them out, so that everything else can still be checked.
import type { Json, Path } from '../model.js';
import { isMapping } from './topology.js';

export interface Pruned {
  readonly data: Json;
  /** The path that a value had before items of lists were left out. */
  origin(path: Path): Path;
  /** Names that the left-out parts may have declared: nobody should be told that they do not exist. */
  readonly lost: ReadonlySet<string>;
  /** True when nothing was left out of the value that a path in the pruned data leads to. */
  isWhole(path: Path): boolean;
}

interface Cut {
  whole: boolean;
  readonly inner: Map<string | number, Cut>;
}

/** The data without what the paths lead to. The given data stays as it is: aliases share parts of it. */
export function prune(data: Json, paths: readonly Path[]): Pruned {
  const indexes = new Map<Json, readonly number[]>();
  const lost = new Set<string>();
  if (paths.length === 0) return { data, origin: (path) => path, lost, isWhole: () => true };
  const root = cutOf(paths);
  const left = without(data, root, indexes, lost) ?? null;
  const origin = (path: Path): Path => originOf(left, path, indexes);
  return { data: left, origin, lost, isWhole: (path) => isWhole(root, origin(path)) };
}

function cutOf(paths: readonly Path[]): Cut {
  const root: Cut = { whole: false, inner: new Map() };
  for (const path of paths) {
    let cut = root;
    for (const key of path) {
      const next = cut.inner.get(key) ?? { whole: false, inner: new Map<string | number, Cut>() };
      cut.inner.set(key, next);
      cut = next;
    }
    cut.whole = true;
  }
  return root;
}

const isWhole = (root: Cut, path: Path): boolean =>
  path.reduce<Cut | undefined>((cut, key) => cut?.inner.get(key), root) === undefined;

function without(
  value: Json,
  cut: Cut | undefined,
  indexes: Map<Json, readonly number[]>,
  lost: Set<string>,
): Json | undefined {
  if (cut === undefined) return value;
  if (cut.whole) {
    namesIn(value).forEach((name) => lost.add(name));
    return;
  }
  const keep = <Key extends string | number>(key: Key, inner: Json): [Key, Json][] => {
    const left = without(inner, cut.inner.get(key), indexes, lost);
    if (left === undefined) lost.add(String(key));
    return left === undefined ? [] : [[key, left]];
  };
  if (isMapping(value))
    return Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => keep(key, inner)));
  if (!Array.isArray(value)) return value;
  const kept = (value as readonly Json[]).flatMap((inner, at) => keep(at, inner));
  const list = kept.map(([, inner]) => inner);
  indexes.set(
    list,
    kept.map(([at]) => at),
  );
  return list;
}

/** What an entry may be called: by its keys on the way in, and by each `name`. */
function namesIn(value: Json): string[] {
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    key,
    ...(typeof inner === 'string' && key === 'name' ? [inner] : []),
    ...namesIn(inner),
  ]);
}

function originOf(data: Json, path: Path, indexes: ReadonlyMap<Json, readonly number[]>): Path {
  let value: Json | undefined = data;
  return path.map((key) => {
    const original = value === undefined ? key : (indexes.get(value)?.[Number(key)] ?? key);
    value = (value as Record<string | number, Json> | null | undefined)?.[key];
    return original;
  });
}
