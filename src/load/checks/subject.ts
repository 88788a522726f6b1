// What a check looks at, and the small questions that many of them ask.
import type { DeclaredLink } from '../../kind.js';
import type { Json, Path } from '../../model.js';
import type { Draft } from '../declare.js';
import type { Finding } from '../diagnostic.js';

/** A document of the right shape, and the names that entries of a wrong shape may have declared. */
export interface Subject extends Draft {
  readonly lost: ReadonlySet<string>;
  /** False when something of a wrong shape was left out of a value: what it seems to lack may have been there. */
  readonly isWhole: (path: Path) => boolean;
  /** Of `bodies`. */
  readonly bodyNames: ReadonlySet<string>;
  /** Every link of the document, in the order of the file. */
  readonly links: readonly DeclaredLink[];
}

export type Rule = (subject: Subject) => Iterable<Finding>;

/** Where something else stands, for a message that names two places. */
export const inLine = ({ positionOf }: Subject, path: Path): string =>
  `in line ${positionOf(path, 'key').line}`;

/** Those of one name, the first in the file first: a body's sections need not stand together. */
export const inFileOrder = <Item extends { readonly path: Path }>(
  { positionOf }: Subject,
  items: readonly Item[],
): readonly Item[] => {
  if (items.length < 2) return items;
  const placed = items.map((item) => ({ item, position: positionOf(item.path) }));
  placed.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
  return placed.map(({ item }) => item);
};

/**
 * Where the second of two equal things is best pointed at. What came in by one anchor stands in one place: then it is the
 * entry that uses it.
 */
export function apart(subject: Subject, first: Path, second: Path): Path {
  const [a, b] = [subject.positionOf(first), subject.positionOf(second)];
  const isOne = a.line === b.line && a.column === b.column;
  if (!isOne || second.length < 2) return second;
  return apart(subject, first.slice(0, -1), second.slice(0, -1));
}

/** The texts of a list, with their places; nothing where there is no list. */
export const texts = (list: Json | undefined): readonly (readonly [index: number, text: string])[] =>
  Array.isArray(list)
    ? list.flatMap((item, i) => (typeof item === 'string' ? [[i, item] as const] : []))
    : [];

export const numberAt = (link: DeclaredLink, field: string): number | undefined => {
  const value = link.value[field];
  return typeof value === 'number' ? value : undefined;
};

export const textAt = (link: DeclaredLink, field: string): string | undefined => {
  const value = link.value[field];
  return typeof value === 'string' ? value : undefined;
};
