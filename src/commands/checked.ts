// Checks in, their results out, shown as they are asked for.
import type { CheckResult } from '../check.js';
import type { Check } from '../load/topology.js';
import type { Body } from '../model.js';
import { checksText } from '../render/checks.js';
import type { Origin } from '../render/origin.js';
import type { Invocation, Io } from './command.js';
import { tryChecks } from './gate.js';

/** Tries all checks from the namespaces of their bodies; prints the results unless a program wants them. */
export async function checked(
  checks: readonly Check[],
  bodies: readonly Body[],
  origin: Origin,
  { options, settings }: Invocation,
  io: Io,
): Promise<readonly CheckResult[]> {
  const results = await tryChecks(checks, bodies, settings);
  if (options['format'] !== 'json') io.out(checksText(results, origin, io.paint.out));
  return results;
}
