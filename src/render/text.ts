// A plan in, what a person reads before saying yes out: the changes in the order in which they are done, and their sum.
import { groupRuns } from '../collections.js';
import type { Action, Change, Plan } from '../model.js';
import { changeLines, type Kinds } from './change-text.js';
import { escaped } from './diagnostics.js';
import { folded, type Companions } from './fold.js';
import { label } from './label.js';
import { plain, type Paint } from './paint.js';

/** What a person sees of an action. */
export const SIGNS: Readonly<Record<Action, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  remove: '-',
};

/** The whole plan, line by line. `file` is what it was made from, as the user named it; null where there was none. */
export function planText(plan: Plan, file: string | null, paint: Paint = plain): string {
  if (plan.changes.length === 0) return nothingText(plan, file);
  const companions = folded(plan.changes);
  const shown = plan.changes.filter(({ id }) => !companions.hidden.has(id));
  const kinds = new Map(plan.changes.map((change) => [change.id, kindName(change)] as const));
  const groups = groupRuns(shown, placesOf(plan)).map((changes) =>
    groupText(changes, kinds, companions, paint),
  );
  const sections = [headline(plan, file, paint), ...groups, legend(shown), summaryText(plan, paint)];
  return sections.filter((section) => section !== '').join('\n');
}

/** `Plan: 12 to create, 1 to change, 0 to replace, 0 to remove.` */
function summaryText({ changes }: Pick<Plan, 'changes'>, paint: Paint = plain): string {
  const { create, update, replace, remove } = summaryOf(changes);
  const counts = `${create} to create, ${update} to change, ${replace} to replace, ${remove} to remove.`;
  return `${paint.strong('Plan:')} ${counts}\n`;
}

/** How many changes there are of each sort. */
export function summaryOf(changes: readonly Change[]): Readonly<Record<Action, number>> {
  const count = { create: 0, update: 0, replace: 0, remove: 0 };
  for (const { action } of changes) count[action] += 1;
  return count;
}

const nothingText = ({ topology }: Plan, file: string | null): string =>
  file === null
    ? `Nothing to change: nothing of ${topology} is there.\n`
    : `Nothing to change: ${topology} is as the file says.\n`;

function headline({ topology }: Plan, file: string | null, paint: Paint): string {
  const from = file === null ? '' : ` (${escaped(file)})`;
  return `Changes to ${paint.strong(topology)}${from}, in the order in which they are done:\n`;
}

/** In which namespace each change is done: where that changes, the text has an empty line. */
function placesOf({ steps }: Plan): (change: Change) => string {
  const places = new Map<string, string>();
  for (const { id, commands } of steps) {
    const [first] = commands;
    if (first !== undefined && !places.has(id)) places.set(id, first.body);
  }
  return ({ id, after, before }) => places.get(id) ?? (after ?? before)?.body ?? '';
}

const kindName = ({ after, before }: Change): string => (after ?? before)?.kind ?? '';

function groupText(changes: readonly Change[], kinds: Kinds, companions: Companions, paint: Paint): string {
  const labels = changes.map((change) => label(change.id, kindName(change)));
  const width = labels.reduce(
    (widest, { length }) => (length <= WIDEST_LABEL ? Math.max(widest, length) : widest),
    0,
  );
  return changes
    .map((change, i) => {
      const sign = paint.action[change.action](SIGNS[change.action]);
      const head = {
        text: `  ${sign} ${(labels[i] ?? '').padEnd(width)}`,
        width: 4 + Math.max(width, labels[i]?.length ?? 0),
      };
      return changeLines(change, head, companions.of(change.id), kinds, paint);
    })
    .join('');
}

/** In characters; a longer label does not push the others' details to the right. */
const WIDEST_LABEL = 36;

function legend(changes: readonly Change[]): string {
  const seen = new Set(
    changes.filter(({ action }) => action !== 'remove').map(({ interrupts }) => interrupts),
  );
  const flap = seen.has('flap') ? '[flap] traffic through it may stop for a moment\n' : '';
  return flap + (seen.has('gap') ? '[gap] traffic through it stops until it is there again\n' : '');
}
