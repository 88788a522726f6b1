// Entries of a section that nothing tells apart: what is the identity of one in, the entry that had it first out.
import type { Entry, Names } from '../kind.js';

/** What an entry is to the kernel or to Open vSwitch, as a text; null when it is none of the sort in question. */
type Identity = (entry: Entry, names: Names) => string | null;

/** Looks through a section once, so that many entries do not each compare themselves with all others. */
export function firstOf(
  section: string,
  identityOf: Identity,
): (entry: Entry, names: Names) => Entry | undefined {
  const known = new WeakMap<readonly Entry[], ReadonlyMap<string, Entry>>();
  return (entry, names) => {
    const entries = names.entries(entry.body, section);
    const firsts = known.get(entries) ?? firstsOf(entries, (one) => identityOf(one, names));
    known.set(entries, firsts);
    const first = firsts.get(identityOf(entry, names) ?? '');
    return first === entry ? undefined : first;
  };
}

function firstsOf(
  entries: readonly Entry[],
  identityOf: (entry: Entry) => string | null,
): ReadonlyMap<string, Entry> {
  const firsts = new Map<string, Entry>();
  for (const entry of entries) {
    const identity = identityOf(entry);
    if (identity !== null && !firsts.has(identity)) firsts.set(identity, entry);
  }
  return firsts;
}
