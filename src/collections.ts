// Small operations on collections that Node 20 does not have yet, and functions that remember what they made.

/** The items by key, keys in order of first appearance (Map.groupBy comes with Node 21). */
export function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The items in runs of neighbours that have the same key. */
export function groupRuns<Item>(items: Iterable<Item>, keyOf: (item: Item) => unknown): Item[][] {
  const runs: Item[][] = [];
  let last: unknown;
  for (const item of items) {
    const key = keyOf(item);
    const run = runs.at(-1);
    if (run === undefined || key !== last) runs.push([item]);
    else run.push(item);
    last = key;
  }
  return runs;
}

/** The same function, which makes its value when it is first asked for it. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * The same function, which remembers what it made of the texts that it was asked about last. Bounded, because a program that
 * uses the library may run for long.
 */
export function remembering<Value>(make: (text: string) => Value): (text: string) => Value {
  const made = new Map<string, Value>();
  return (text) => {
    const known = made.get(text);
    if (known !== undefined) return known;
    const value = make(text);
    if (made.size >= MOST_REMEMBERED) made.clear();
    made.set(text, value);
    return value;
  };
}

const MOST_REMEMBERED = 1000;

/** All items of some lists, each once; they are JSON. */
export const merged = <Item>(...lists: (readonly Item[])[]): Item[] => [
  ...new Map(lists.flat().map((item) => [JSON.stringify(item), item])).values(),
];
