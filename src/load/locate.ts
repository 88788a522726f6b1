// The keys that lead to a value in, the range of the text where that stands out: through aliases and merge keys.
import { once } from '../collections.js';
import type { Path } from '../model.js';
import { isMergeKey, nameOf } from './plain.js';
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from './yaml.js';

export interface Range {
  readonly start: number;
  readonly end: number;
}

export type Locate = (path: Path, at: 'key' | 'value') => Range;

interface Item {
  readonly key: ParsedNode | null;
  readonly value: ParsedNode | null;
}

/** Looks values up in the nodes. What has no place of its own (a default) gets that of the nearest thing around it. */
export function locator(root: ParsedNode | null): Locate {
  const anchors = once(() => anchorsOf(root));
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Item>>();

  const resolve = (node: ParsedNode | null): ParsedNode | null =>
    isAlias(node) ? resolve(anchors().get(node) ?? null) : node;

  const indexOf = (map: YAMLMap): ReadonlyMap<string, Item> => {
    const known = indexes.get(map);
    if (known) return known;
    const index = new Map<string, Item>();
    indexes.set(map, index);
    const merges: ParsedNode[] = [];
    for (const { key, value } of map.items as { key: ParsedNode; value: ParsedNode | null }[]) {
      const name = nameOf(key);
      if (isMergeKey(key, name) && value !== null) merges.push(value);
      else if (!index.has(name)) index.set(name, { key, value });
    }
    for (const [name, item] of merges.flatMap(mergedItems)) if (!index.has(name)) index.set(name, item);
    return index;
  };

  const mergedItems = (node: ParsedNode): (readonly [string, Item])[] => {
    const source = resolve(node);
    if (isSeq(source)) return source.items.flatMap(mergedItems);
    return isMap(source) ? [...indexOf(source)] : [];
  };

  const step = (node: ParsedNode | null, word: string | number): Item | undefined => {
    if (isMap(node)) return indexOf(node).get(String(word));
    if (!isSeq(node)) return undefined;
    const value = node.items[Number(word)] as ParsedNode | null | undefined;
    return value === undefined ? undefined : { key: null, value };
  };

  return (path, at) => {
    let item: Item = { key: null, value: root };
    for (const word of path) {
      const next = step(resolve(item.value), word);
      if (next === undefined) return rangeOf(item, 'key');
      item = next;
    }
    return rangeOf(item, at);
  };
}

/** A block is better pointed at by its key than by its first line, and nothing at all has no place but its key. */
function rangeOf({ key, value }: Item, at: 'key' | 'value'): Range {
  const node = (at === 'key' || !standsOut(value) ? key : value) ?? value ?? key;
  return node === null ? { start: 0, end: 0 } : { start: node.range[0], end: node.range[1] };
}

function standsOut(node: ParsedNode | null): boolean {
  if (node === null) return false;
  if (isMap(node) || isSeq(node)) return node.flow === true;
  return !isScalar(node) || node.range[1] > node.range[0];
}

/** What each alias names: the last anchor of that name before it. */
function anchorsOf(root: ParsedNode | null): ReadonlyMap<ParsedNode, ParsedNode> {
  const last = new Map<string, ParsedNode>();
  const found = new Map<ParsedNode, ParsedNode>();
  const visit = (node: ParsedNode | null): void => {
    if (node === null) return;
    if (isAlias(node)) {
      const named = last.get(node.source);
      if (named) found.set(node, named);
      return;
    }
    if (node.anchor !== undefined) last.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) visit(item);
    if (isMap(node)) for (const { key, value } of node.items) [key, value].forEach((part) => visit(part));
  };
  visit(root);
  return found;
}
