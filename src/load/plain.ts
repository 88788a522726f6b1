// YAML nodes in, plain data out, with aliases and merge keys resolved; keys said twice and aliases that blow up are complaints.
import type { Json } from '../model.js';
import { show, type Complaint } from './diagnostic.js';
import { didYouMean } from './nearest.js';
import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from './yaml.js';

export interface Plain {
  readonly data: Json;
  /** Null when there is too much of it to look at. */
  readonly gaps: Gaps | null;
  readonly complaints: readonly Complaint[];
}

/** Values that the file does not say whole: empty ones in place of aliases of nothing, and mappings with a bad merge key. */
export type Gaps = ReadonlySet<Json>;

type Mapping = Record<string, Json>;

/** Values that aliases may repeat: enough for a common part in each of 40,000 links, and far from a "billion laughs". */
const MOST_REPEATED = 1_000_000;

/**
 * The data of a document. Of a key that is said twice the first counts. Aliases
 * share what they name: do not change the data in place.
 */
export function toData(root: ParsedNode | null, lineOf: (offset: number) => number): Plain {
  const complaints: Complaint[] = [];
  const anchors = new Map<string, Anchor>();
  let values = 0;
  let repeated = 0;
  const gaps = new Set<Json>();

  const complain = (node: ParsedNode, problem: Omit<Complaint, 'start' | 'end'>): void => {
    complaints.push({ ...problem, start: node.range[0], end: node.range[1] });
  };
  const gap = (...complaint: Parameters<typeof complain>): Json => {
    complain(...complaint);
    const empty = {};
    gaps.add(empty);
    return empty;
  };

  function convert(node: ParsedNode | null): Json {
    values++;
    if (node === null) return null;
    if (isAlias(node)) return resolve(node, node.source);
    const anchor = node.anchor === undefined ? undefined : begin(node.anchor);
    const before = values;
    const data = isMap(node) ? mapping(node) : isSeq(node) ? list(node.items) : (node.value as Json);
    if (anchor) Object.assign(anchor, { data, weight: values - before + 1, done: true });
    return data;
  }

  function begin(name: string): Anchor {
    const anchor = { data: null, weight: 0, done: false };
    anchors.set(name, anchor);
    return anchor;
  }

  function resolve(node: ParsedNode, name: string): Json {
    const anchor = anchors.get(name);
    if (anchor === undefined)
      return gap(node, {
        code: 'unknown-anchor',
        message: `no anchor \`&${name}\` stands before this alias`,
        hint: didYouMean(name, anchors.keys()),
      });
    if (!anchor.done)
      return gap(node, { code: 'alias-cycle', message: `\`*${name}\` stands inside of what it names` });
    values += anchor.weight;
    const enough = repeated > MOST_REPEATED;
    repeated += anchor.weight;
    if (repeated <= MOST_REPEATED) return anchor.data;
    if (!enough) {
      const message = 'aliases repeat more than a million values';
      const hint = 'such a file is more likely an attack than a topology';
      complain(node, { code: 'alias-blow-up', message, hint });
    }
    return null;
  }

  const list = (items: readonly ParsedNode[]): Json => items.map((item) => convert(item));

  function mapping(map: YAMLMap): Json {
    const data: Mapping = {};
    const firsts = new Map<string, ParsedNode>();
    const merges: ParsedNode[] = [];
    for (const { key, value } of map.items as { key: ParsedNode; value: ParsedNode | null }[]) {
      const name = nameOf(key);
      if (isScalar(key) && key.anchor !== undefined)
        Object.assign(begin(key.anchor), { data: name, weight: 1, done: true });
      const first = firsts.get(name);
      if (first !== undefined) {
        const message = `the key ${show(name)} stands in this mapping already, in line ${lineOf(first.range[0])}`;
        complain(key, { code: 'duplicate-key', message });
      } else if (name === '__proto__') {
        complain(key, { code: 'reserved-key', message: '`__proto__` cannot be a key' });
      } else if (isMergeKey(key, name) && value !== null) {
        merges.push(value);
      } else {
        data[name] = convert(value);
      }
      firsts.set(name, first ?? key);
    }
    for (const source of merges) merge(data, source);
    return data;
  }

  /** https://yaml.org/type/merge.html: own keys win, then earlier sources. */
  function merge(data: Mapping, node: ParsedNode): void {
    const sources = isSeq(node) ? node.items : [node];
    for (const source of sources) {
      const merged = convert(source);
      if (gaps.has(merged) || !isMapping(merged)) gaps.add(data);
      if (isMapping(merged)) Object.assign(data, { ...merged, ...data });
      else if (merged !== null)
        complain(source, {
          code: 'bad-merge',
          message: '`<<` takes a mapping, or a list of mappings',
          hint: 'for example `<<: *common`',
        });
    }
  }

  const data = convert(root);
  return { data, gaps: repeated > MOST_REPEATED ? null : gaps, complaints };
}

interface Anchor {
  data: Json;
  /** How many values it stands for, with all that its own aliases repeat. */
  weight: number;
  done: boolean;
}

export const nameOf = (key: ParsedNode): string => (isScalar(key) ? String(key.value) : '');

/** A quoted `"<<"` is a key like any other. */
export const isMergeKey = (key: ParsedNode, name: string): boolean =>
  name === '<<' && isScalar(key) && key.type === 'PLAIN';

const isMapping = (data: Json): data is Mapping =>
  typeof data === 'object' && data !== null && !Array.isArray(data);
