// What became of an apply or a destroy in, the document for programs out.
import type { Applied } from '../apply.js';
import type { CheckResult } from '../check.js';
import type { Survey } from '../survey.js';
import type { StepFailure } from '../execute.js';
import { checksJson } from './checks.js';
import { errorText } from './error.js';
import { jsonText, obstacleJson, planJson } from './json.js';
import type { Origin } from './origin.js';
import { shellLine } from './shell.js';

/** `status` is null when nothing was done: there was nothing to do, something was in the way, or the answer was no. */
export function outcomeJson(
  surveyed: Survey,
  applied: Applied | null,
  checks: readonly CheckResult[] | null,
  origin: Origin,
): string {
  const { plan, obstacles, missed = [] } = surveyed;
  return jsonText({
    format: 1,
    status: applied === null ? null : applied.status,
    plan: planJson(plan, applied === null ? [...missed, ...obstacles] : obstacles, origin),
    failure: applied === null ? null : failureJson(applied),
    trouble: applied === null ? null : troubleJson(applied),
    unproven: applied === null ? [] : applied.unproven.map(({ action, id }) => ({ action, id })),
    missed:
      applied === null
        ? []
        : [...applied.obstacles, ...applied.missed].map((obstacle) => obstacleJson(obstacle, origin)),
    left: applied === null ? [] : applied.left.map(({ action, id }) => ({ action, id })),
    checks: checks === null ? null : checksJson(checks, origin),
  });
}

const failureJson = ({ failure }: Applied) => (failure === null ? null : stepJson(failure));

/** What kept the host from being looked at again or put back. */
function troubleJson({ trouble }: Applied) {
  if (trouble === null) return null;
  return trouble instanceof Error ? { message: errorText(trouble) } : stepJson(trouble);
}

function stepJson(failure: StepFailure) {
  const { step, command, netns, message } = failure;
  return {
    id: step.id,
    phase: step.phase,
    tool: command.tool,
    body: command.body,
    command: shellLine(command, netns),
    message,
  };
}
