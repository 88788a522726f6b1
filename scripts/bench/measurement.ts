// What is measured: numbers of several rounds in, their median out. Ways of doing one thing take turns, so that noise hits all alike.

export interface Measurement {
  /** What stands side by side: `1000 endpoints, linux`. */
  readonly scene: string;
  readonly what: string;
  readonly unit: 's' | 'ms' | 'MB';
  /** In the order in which they were measured. */
  readonly runs: readonly number[];
  readonly median: number;
}

/** How much is measured. */
export interface Scale {
  readonly quick: boolean;
  /** Numbers of endpoints. */
  readonly sizes: readonly number[];
}

/** One way of doing something; returns what it took, in the measurement's unit. */
export type Way = () => number;

/** Each way once in every round. */
export function takeTurns(rounds: number, ways: Readonly<Record<string, Way>>): Record<string, number[]> {
  const runs: Record<string, number[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) runs[name]?.push(way());
  }
  return runs;
}

export function measurement(
  scene: string,
  what: string,
  unit: Measurement['unit'],
  runs: readonly number[],
): Measurement {
  return { scene, what, unit, runs: runs.map(rounded), median: rounded(median(runs)) };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** To four digits: more is noise. */
const rounded = (number: number): number => Number(number.toPrecision(4));
