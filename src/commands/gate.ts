// The checks of a file in, the gate that a changed host has to pass out: what was true stays true, and what is new comes true.
import { checkKey, runChecks, type CheckResult } from '../check.js';
import type { Check } from '../load/topology.js';
import type { Body } from '../model.js';
import type { Settings } from '../settings.js';
import type { Survey } from '../survey.js';

export interface Gate {
  /** Tries all checks; false when one fails that has to pass. */
  judge(): Promise<boolean>;
  /** What came of it; null as long as nobody has asked. */
  results(): readonly CheckResult[] | null;
}

/**
 * Tries, before anything is written, the checks that the file had when it was applied last. One of these that fails already was
 * not broken by what is about to be done, and so is told afterwards but does not undo it.
 */
export async function gateOf(
  checks: readonly Check[],
  { intent, record }: Survey,
  settings: Settings,
): Promise<Gate> {
  const known = new Set(record?.checks);
  const old = checks.filter((check) => known.has(checkKey(check)));
  const before = await tryChecks(old.map(atOnce), intent.bodies, settings);
  const broken = new Set(before.filter(({ passed }) => !passed).map(({ check }) => checkKey(check)));
  let results: readonly CheckResult[] | null = null;
  return {
    async judge() {
      results = await tryChecks(checks, intent.bodies, settings);
      return results.every(({ check, passed }) => passed || broken.has(checkKey(check)));
    },
    results: () => results,
  };
}

/** What is true already need not be waited for. */
const atOnce = (check: Check): Check => ({ ...check, within: Math.min(check.within, AT_ONCE) });

/** In ms. */
const AT_ONCE = 1000;

/** Tries checks from the namespaces of their bodies. */
export function tryChecks(
  checks: readonly Check[],
  bodies: readonly Body[],
  { timeoutMs }: Settings,
): Promise<CheckResult[]> {
  const netns = new Map(bodies.map((body) => [body.name, body.netns]));
  return runChecks(checks, { netns: (body) => netns.get(body) ?? null, timeoutMs });
}
