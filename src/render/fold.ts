// Changes in, which of them a person need not read one by one out: what goes with something that goes, or comes with it and is as usual.
import { groupBy } from '../collections.js';
import type { Action, Change } from '../model.js';
import { label } from './label.js';
import { shownFields } from './shown-fields.js';

export interface Companions {
  /** Ids of the changes that are told with another's. */
  readonly hidden: ReadonlySet<string>;
  /** What comes or goes with a thing: `with it: 2 addresses, 1 route`; empty for nothing. */
  of(id: string): string;
}

/** An address needs no line of its own when its link goes, nor does a new link that is up and nothing more. */
export function folded(changes: readonly Change[]): Companions {
  const groups = [...groupsOf(changes, 'remove', () => true), ...groupsOf(changes, 'create', isPlain)];
  const companions = new Map(groups);
  return {
    hidden: new Set(groups.flatMap(([, group]) => group.map(({ id }) => id))),
    of(id) {
      const group = companions.get(id);
      if (group === undefined) return '';
      return group[0]?.action === 'create' ? named(group) : `with it: ${counted(group)}`;
    },
  };
}

/** The changes of one sort that are told with another one of that sort, by its id. */
function groupsOf(
  changes: readonly Change[],
  action: Action,
  mayHide: (change: Change) => boolean,
): (readonly [string, readonly Change[]])[] {
  const those = changes.filter((change) => change.action === action);
  const holderOf = holders(those, mayHide);
  const hidden = those.filter(({ id }) => outermost(id, holderOf) !== id);
  return [...groupBy(hidden, ({ id }) => outermost(id, holderOf))];
}

/** Part of another thing, and with nothing to say of it. */
const isPlain = (change: Change): boolean =>
  change.after?.ownership === 'part' && shownFields(change).length === 0;

/** For each of the changed things that need not be told, the first of them that it dies with. */
function holders(
  changes: readonly Change[],
  mayHide: (change: Change) => boolean,
): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const { id, before, after } of changes)
    for (const name of [id, ...((after ?? before)?.provides ?? [])]) byName.set(name, id);
  const holder = new Map<string, string>();
  for (const change of changes.filter(mayHide)) {
    const { id, before, after } = change;
    const name = (after ?? before)?.diesWith.find((each) => byName.has(each) && byName.get(each) !== id);
    if (name !== undefined) holder.set(id, byName.get(name) ?? id);
  }
  return holder;
}

/** The last of its holders. Of things that die with each other it is the first by name, so that one of them is told. */
function outermost(id: string, holderOf: ReadonlyMap<string, string>): string {
  const way = [id];
  for (let next = holderOf.get(id); next !== undefined; next = holderOf.get(next)) {
    const again = way.indexOf(next);
    if (again >= 0) return way.slice(again).sort()[0] ?? next;
    way.push(next);
  }
  return way.at(-1) ?? id;
}

function counted(changes: readonly Change[]): string {
  const byKind = groupBy(changes, ({ before }) => before?.kind ?? '');
  return [...byKind].map(([kind, { length }]) => plural(kind, length)).join(', ');
}

/** By their names, as there are few: the ends of a pair, a namespace's `lo`. */
const named = (changes: readonly Change[]): string =>
  `(and ${changes.map(({ id, after }) => label(id, after?.kind)).join(', ')})`;

/** The kinds' names are ordinary English nouns. */
export function plural(noun: string, count: number): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${/(s|ch|sh|x)$/.test(noun) ? 'es' : 's'}`;
}
