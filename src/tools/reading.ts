// Processes that list what is there in, their lists out, each whole.
import { runAll, type RunOptions } from './run.js';
import type { Outcome, Process } from './tool.js';

/** What iproute2 says when somebody changed what it was just listing (NLM_F_DUMP_INTR); it exits with 0 nevertheless. */
export const INTERRUPTED = 'Dump was interrupted';
/** How often a list that others keep changing is read again. */
export const MOST_TRIES = 10;

export async function readAll(processes: readonly Process[], options: RunOptions): Promise<Outcome[]> {
  const outcomes = await runAll(processes, options);
  for (let tries = 1; tries < MOST_TRIES; tries += 1) {
    const again = [...outcomes.keys()].filter((i) => outcomes[i]?.stderr.includes(INTERRUPTED));
    const fresh = await runAll(
      again.flatMap((i) => processes[i] ?? []),
      options,
    );
    for (const [n, outcome] of fresh.entries()) outcomes[again[n] ?? 0] = outcome;
  }
  return outcomes;
}
