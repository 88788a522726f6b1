// What became of a plan in, lines for a person out: the command that failed, the tool's own words, the entry that wanted it.
import type { Applied } from '../apply.js';
import type { StepFailure } from '../execute.js';
import type { Change, Plan } from '../model.js';
import { escaped, renderDiagnostics } from './diagnostics.js';
import { errorText } from './error.js';
import { plural } from './fold.js';
import { label } from './label.js';
import { obstaclesText } from './obstacles.js';
import { NOWHERE, type Origin } from './origin.js';
import { plain, type Paint } from './paint.js';
import { shellLine } from './shell.js';
import { SIGNS } from './text.js';

/** The end of an apply or a destroy. */
export function appliedText(applied: Applied, plan: Plan, origin: Origin, paint: Paint = plain): string {
  const { status, left, missed, trouble } = applied;
  if (status === 'done') {
    return `${paint.good('Done:')} ${plural('change', plan.changes.length)}; looked again, and nothing is left to do.\n`;
  }
  const why = reasons(applied, plan, origin, paint);
  if (status === 'restored') return `${why}\n${paint.strong('The host is as it was before.')}\n`;
  const rest = left.map(changeLine).join('');
  const before =
    rest !== ''
      ? 'The host is not as it was before. To be so again, it lacks:'
      : missed.length > 0 && trouble === null
        ? 'All else is as it was before.'
        : 'The host may not be as it was before: it could not be looked at again.';
  const undo = `\`netplan-ovs rollback --name ${plan.topology}\``;
  const cure = `${undo} puts back what was there before, applying again goes on from here`;
  return `${why}\n${paint.error(before)}\n${rest}  ${paint.faint('hint:')} ${cure}\n`;
}

/** What went wrong first, and what then stood in the way of looking again or of undoing it. */
function reasons(applied: Applied, plan: Plan, origin: Origin, paint: Paint): string {
  const { failure, unproven, obstacles, missed, trouble, isRefused } = applied;
  const first = [
    ...(isRefused ? [`${paint.error('error:')} a check fails that has to pass\n`] : []),
    ...(failure === null ? [] : [failureText(failure, plan, origin, paint)]),
    ...(unproven.length === 0 ? [] : [unprovenText(unproven, paint)]),
    obstaclesText(obstacles, origin, paint),
  ].join('');
  const second = [
    // Who undoes something has been told beforehand.
    first === '' ? '' : obstaclesText(missed, NOWHERE, paint),
    trouble === null ? '' : troubleText(trouble, plan, origin, paint),
  ].join('');
  if (first === '' || second === '') return first + second;
  const undoing = trouble === null ? 'Not all of it can be undone:' : 'Undoing it failed, too:';
  return `${first}${paint.strong(undoing)}\n${second}`;
}

const troubleText = (trouble: StepFailure | Error, plan: Plan, origin: Origin, paint: Paint): string =>
  trouble instanceof Error ? errorText(trouble, paint) : failureText(trouble, plan, origin, paint);

/** A failed command: where and what it was, what the tool said of it, and the line of the file that wanted it. */
function failureText(failure: StepFailure, plan: Plan, origin: Origin, paint: Paint = plain): string {
  const { step, command, netns, message } = failure;
  const change = plan.changes.find(({ id }) => id === step.id);
  return [
    summary(step.phase, step.id, change, origin, paint),
    `  ${paint.faint('command:')} ${escaped(shellLine(command, netns))}\n`,
    ...message
      .split('\n')
      .map((line, i) => `  ${i === 0 ? paint.faint(`${command.tool} says:`) : ' '} ${escaped(line)}\n`),
  ].join('');
}

function summary(
  phase: string,
  id: string,
  change: Change | undefined,
  origin: Origin,
  paint: Paint,
): string {
  const kind = (change?.after ?? change?.before)?.kind;
  const verb = phase === 'remove' ? 'removed' : change?.action === 'update' ? 'changed' : 'made';
  const message = `${label(id, kind)} could not be ${verb}`;
  const position = change?.after == null ? null : origin.positionOf(change.after.at);
  if (position === null) return `${paint.error('error:')} ${message}\n`;
  const texts = new Map(origin.text === null ? [] : [[position.file, origin.text]]);
  return renderDiagnostics([{ code: 'failed', severity: 'error', message, position }], texts, paint);
}

/** Every command succeeded, and still the host is not as planned: someone else writes too, or it is a bug of ours. */
const unprovenText = (unproven: readonly Change[], paint: Paint): string =>
  `${paint.error('error:')} every command succeeded, but this is not as the file says:\n${unproven.map(changeLine).join('')}`;

const changeLine = ({ action, id, before, after }: Change): string =>
  `  ${SIGNS[action]} ${label(id, (after ?? before)?.kind)}\n`;
