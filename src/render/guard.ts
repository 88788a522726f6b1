// What speaks against a plan in, lines for a person out, or values for a program.
import type { Objection } from '../guard.js';
import { escaped } from './diagnostics.js';
import { label } from './label.js';
import { placeText, type Origin } from './origin.js';
import { plain, type Paint } from './paint.js';

/** All of it, and what to do; `isRefused`: nothing was done because of it; `canTry`: `--confirm` is there to be said. */
export function objectionsText(
  objections: readonly Objection[],
  { isRefused, canTry }: { readonly isRefused: boolean; readonly canTry: boolean },
  origin: Origin,
  paint: Paint = plain,
): string {
  if (objections.length === 0) return '';
  const head = isRefused
    ? `${paint.error('error:')} this was not done, because of what it would do:`
    : `${paint.warning('warning:')} mind what this would do:`;
  const lines = objections.map((objection) => `  ${lineOf(objection, origin, paint)}\n`);
  const canBeAllowed = objections.every(({ reason }) => reason !== 'disruption');
  const trial = canTry ? '`--confirm 60s` does it, and reverts it unless you confirm it in time; ' : '';
  const hint = canBeAllowed
    ? `${trial}\`--allow-disruption\` does it for good`
    : 'allow more with `--max-disruption`';
  return `${head}\n${lines.join('')}  ${paint.faint('hint:')} ${hint}\n`;
}

function lineOf({ change, words }: Objection, origin: Origin, paint: Paint): string {
  if (change === null) return escaped(words);
  const position = origin.positionOf(change.after?.at ?? null);
  const place = position === null ? '' : `  ${paint.faint(escaped(placeText(position)))}`;
  return `${label(change.id, (change.after ?? change.before)?.kind)} ${escaped(words)}${place}`;
}

export interface ObjectionJson {
  readonly reason: Objection['reason'];
  readonly id: string | null;
  readonly message: string;
}

export const objectionsJson = (objections: readonly Objection[]): ObjectionJson[] =>
  objections.map(({ reason, change, words }) => ({ reason, id: change?.id ?? null, message: words }));
