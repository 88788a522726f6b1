// A plan in, a POSIX shell script out that does the same by itself, one command a line, as a person would type them.
import type { Change, Plan } from '../model.js';
import { escaped } from './diagnostics.js';
import { label } from './label.js';
import { placeText, type Origin } from './origin.js';
import { shellLine } from './shell.js';
import { SIGNS } from './text.js';

/** Run as root on the host that the plan was made for, the script makes the state that `apply` makes. */
export function planScript(plan: Plan, origin: Origin): string {
  const changes = new Map(plan.changes.map((change) => [change.id, change]));
  const netns = new Map(plan.bodies.map((body) => [body.name, body.netns]));
  const lines = [...head(plan, origin)];
  let last: number | undefined;
  for (const batch of plan.waves.flat()) {
    for (const [i, command] of batch.commands.entries()) {
      const step = batch.steps[i] ?? 0;
      if (step !== last) lines.push('', ...comment(changes.get(plan.steps[step]?.id ?? ''), origin));
      last = step;
      lines.push(shellLine(command, netns.get(command.body) ?? null));
    }
  }
  return `${lines.join('\n')}\n`;
}

function head({ topology }: Plan, { file }: Origin): string[] {
  const what = file === null ? `destroy --name ${topology}` : `apply ${file}`;
  return [
    '#!/bin/sh',
    `# What \`netplan-ovs ${escaped(what)}\` does, in the same order but a process each, and without its way back.`,
    '# For root, on the host that the plan was made for, as it was then.',
    'set -eu',
  ];
}

function comment(change: Change | undefined, origin: Origin): string[] {
  if (change === undefined) return [];
  const { id, action, before, after } = change;
  const position = after === null ? null : origin.positionOf(after.at);
  const place = position === null ? '' : `  ${escaped(placeText(position))}`;
  return [`# ${SIGNS[action]} ${label(id, (after ?? before)?.kind)}${place}`];
}
