// Results of checks in, a line for each out; for those that failed also what was seen and where they stand in the file.
import type { CheckResult } from '../check.js';
import type { Check } from '../load/topology.js';
import { HOST } from '../model.js';
import { escaped } from './diagnostics.js';
import { plural } from './fold.js';
import { placeText, type Origin } from './origin.js';
import { plain, type Paint } from './paint.js';

/** `ok   ping ns1 → 192.168.1.250 (answered in 0.04 ms)`, and how many of them passed. */
export function checksText(results: readonly CheckResult[], origin: Origin, paint: Paint = plain): string {
  if (results.length === 0) return 'There are no checks.\n';
  const failed = results.filter(({ passed }) => !passed).length;
  const sum =
    failed === 0
      ? `${paint.good('Checks:')} ${results.length === 1 ? 'it passed' : `all ${results.length} passed`}.\n`
      : `${paint.error('Checks:')} ${failed} of ${plural('check', results.length)} failed.\n`;
  return results.map((result) => resultText(result, origin, paint)).join('') + sum;
}

/** The same for programs. */
export const checksJson = (results: readonly CheckResult[], origin: Origin) =>
  results.map(({ check, passed, detail, elapsedMs }) => {
    const { path: _, ...said } = check;
    return { ...said, passed, detail, elapsedMs, source: origin.positionOf(check.path) };
  });

function resultText({ check, passed, detail }: CheckResult, origin: Origin, paint: Paint): string {
  const verdict = passed ? paint.good('ok  ') : paint.error('FAIL');
  const place = passed ? null : origin.positionOf(check.path);
  const where = place === null ? '' : `  ${paint.faint(escaped(placeText(place)))}`;
  return `  ${verdict} ${checkText(check)} ${paint.faint(`(${escaped(detail)})`)}${where}\n`;
}

function checkText({ kind, from, to, port }: Check): string {
  const target = port === undefined ? to : `${to.includes(':') ? `[${to}]` : to}:${port}`;
  return `${kind} ${from === HOST ? 'from the host' : `from ${escaped(from)}`} to ${target}`;
}
