// Changes in, which of them a person need not read one by one out: what is removed because something else is removed.
import { groupBy } from '../collections.js';
import type { Change } from '../model.js';

export interface Companions {
  /** Ids of the changes that are told with another's. */
  readonly hidden: ReadonlySet<string>;
  /** What goes with a removed thing: `2 addresses, 1 route`; empty for nothing. */
  of(id: string): string;
}

/** An address needs no line of its own when its link goes: the line of the outermost thing that goes says how many. */
export function folded(changes: readonly Change[]): Companions {
  const removed = changes.filter(({ action }) => action === 'remove');
  const holderOf = holders(removed);
  const companions = groupBy(
    removed.filter(({ id }) => outermost(id, holderOf) !== id),
    ({ id }) => outermost(id, holderOf),
  );
  return {
    hidden: new Set([...companions.values()].flat().map(({ id }) => id)),
    of: (id) => counted(companions.get(id) ?? []),
  };
}

/** For each removed thing, the first removed thing that it dies with. */
function holders(removed: readonly Change[]): ReadonlyMap<string, string> {
  const byName = new Map<string, string>();
  for (const { id, before } of removed)
    for (const name of [id, ...(before?.provides ?? [])]) byName.set(name, id);
  const holder = new Map<string, string>();
  for (const { id, before } of removed) {
    const name = before?.diesWith.find((each) => byName.has(each) && byName.get(each) !== id);
    if (name !== undefined) holder.set(id, byName.get(name) ?? id);
  }
  return holder;
}

/** Things that die with each other (both ends of a pair) must not send us round for ever. */
function outermost(id: string, holderOf: ReadonlyMap<string, string>): string {
  const seen = new Set([id]);
  let at = id;
  for (let next = holderOf.get(at); next !== undefined && !seen.has(next); next = holderOf.get(at)) {
    seen.add(next);
    at = next;
  }
  return at;
}

function counted(changes: readonly Change[]): string {
  const byKind = groupBy(changes, ({ before }) => before?.kind ?? '');
  return [...byKind].map(([kind, { length }]) => plural(kind, length)).join(', ');
}

/** The kinds' names are ordinary English nouns. */
export function plural(noun: string, count: number): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${/(s|ch|sh|x)$/.test(noun) ? 'es' : 's'}`;
}
