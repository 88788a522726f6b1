// A word that is not known and the words that are in, the one that was probably meant out.

/** Comparing with more would take longer than it helps. */
const MOST = 300;

/** The known word with the fewest slips of the pen between, else one that begins so; undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const names = first(MOST, known);
  return fewestSlips(word, names) ?? names.find((name) => word.length > 2 && name.startsWith(word));
}

function fewestSlips(word: string, names: readonly string[]): string | undefined {
  const allowed = word.length <= 5 ? 1 : word.length <= 9 ? 2 : 3;
  let best: { readonly name: string; readonly slips: number } | undefined;
  for (const name of names) {
    if (Math.abs(name.length - word.length) > allowed || name === word) continue;
    const slips = distance(word.toLowerCase(), name.toLowerCase());
    if (slips <= allowed && slips < (best?.slips ?? Infinity)) best = { name, slips };
  }
  return best?.name;
}

function first(most: number, words: Iterable<string>): string[] {
  const some: string[] = [];
  for (const word of words) {
    if (some.length === most) break;
    some.push(word);
  }
  return some;
}

/** The hint that names it. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const name = nearest(word, known);
  return name === undefined ? undefined : `did you mean \`${name}\`?`;
}

/** Letters left out, put in, changed, or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const best = Math.min(changed, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      row.push(swapped ? Math.min(best, (beforeLast[j - 2] ?? 0) + 1) : best);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
