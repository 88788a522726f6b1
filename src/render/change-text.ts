// A change and its sign and label in; the lines out that say what of it changes, why, and what that interrupts.
import { diffArrays } from 'diff';
import { kindOf } from '../kinds/index.js';
import type { Change, FieldChange, Json } from '../model.js';
import { label } from './label.js';
import type { Paint } from './paint.js';
import { shownFields } from './shown-fields.js';
import { shortened, valueText } from './value.js';

interface Head {
  readonly text: string;
  /** In characters, without colours. */
  readonly width: number;
}

/** The kind of each resource of the plan, by id. */
export type Kinds = ReadonlyMap<string, string>;

/** `head` and beside it the details, filled into lines; values that are too long for that stand below, one to a line. */
export function changeLines(
  change: Change,
  head: Head,
  companions: string,
  kinds: Kinds,
  paint: Paint,
): string {
  const fields = shownFields(change);
  const details = [
    ...becomes(change),
    ...fields.filter((field) => !isLong(field)).map((field) => fieldText(field, change)),
  ];
  const words = [
    ...details.map((detail, i) => (i < details.length - 1 ? `${detail},` : detail)),
    ...wordsOf(reason(change, kinds), paint),
    ...wordsOf(companions, paint),
    ...mark(change, paint),
  ];
  const below = fields.filter(isLong).flatMap((field) => longLines(field, change, paint));
  return [...filled(head, words, paint.columns), ...below].map((line) => `${line}\n`).join('');
}

const becomes = ({ before, after }: Change): string[] =>
  before === null || after === null || before.kind === after.kind ? [] : [`${before.kind} → ${after.kind}`];

function fieldText({ field, before, after }: FieldChange, { action }: Change): string {
  if (action === 'create') return `${field} ${valueText(after)}`;
  return `${field} ${valueText(before)} → ${valueText(after)}`;
}

/** In characters: a longer value gets lines of its own. */
const LONG = 60;
/** In characters: what is longer is cut. */
const LONGEST = 160;

const isLong = ({ before, after }: FieldChange): boolean =>
  [before, after].some((value) => value !== undefined && valueText(value).length > LONG);

function longLines({ field, before, after }: FieldChange, { action }: Change, paint: Paint): string[] {
  const lines = diffArrays(items(before), items(after)).flatMap(({ value, added, removed }) => {
    if (action === 'create') return value.map((item) => `          ${item}`);
    if (added) return value.map((item) => paint.action.create(`        + ${item}`));
    if (removed) return value.map((item) => paint.action.remove(`        - ${item}`));
    return value.length === 0 ? [] : [paint.faint(`          … ${value.length} unchanged`)];
  });
  return [`      ${field}:`, ...lines];
}

/** A list by its items, anything else as one. */
function items(value: Json | undefined): string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return list.map((item) => shortened(valueText(item), LONGEST));
}

/** With what else there is to say, before and behind it. */
const GOES_WITH = /^(.*, )?goes with (\S+?)(, .*)?$/;

function reason(change: Change, kinds: Kinds): string {
  if (change.reason === '') return '';
  const [, before = '', cause, behind = ''] = GOES_WITH.exec(change.reason) ?? [];
  if (cause !== undefined) return `(${before}goes with ${label(cause, kinds.get(cause))}${behind})`;
  return `(${[change.reason, ...whys(change)].join(': ')})`;
}

const IN_PLACE = / cannot change in place$/;

/** The behaviour of the kernel or of OVS that forbids to change it in place, from the kind's own facts. */
function whys({ after, reason: text }: Change): string[] {
  if (after === null || !IN_PLACE.test(text)) return [];
  const facts = kindOf(after.kind).fields;
  const fixed = text.replace(IN_PLACE, '').split(', ');
  const reasons = fixed.flatMap((field) => facts[/^[^.[]*/.exec(field)?.[0] ?? field]?.['x-why'] ?? []);
  return reasons.length === 0 ? [] : [[...new Set(reasons)].join('; ')];
}

function mark({ action, interrupts }: Change, paint: Paint): string[] {
  if (action === 'remove' || interrupts === 'none') return [];
  return [interrupts === 'gap' ? paint.error('[gap]') : paint.warning('[flap]')];
}

/** Prose, which can be broken between its words; each in colours of its own. */
const wordsOf = (text: string, paint: Paint): string[] =>
  text === '' ? [] : text.split(' ').map(paint.faint);

/** Words beside the head, broken into lines that begin where the first one does. A longer word stands alone. */
function filled({ text, width }: Head, words: readonly string[], columns: number): string[] {
  const indent = Math.min(width + 2, Math.floor(columns / 2));
  const lines = [`${text}  `];
  let used = width + 2;
  let isFresh = true;
  for (const word of words) {
    if (!isFresh && used + 1 + widthOf(word) > columns) {
      lines.push(' '.repeat(indent));
      [used, isFresh] = [indent, true];
    }
    lines.push(`${lines.pop() ?? ''}${isFresh ? '' : ' '}${word}`);
    used += widthOf(word) + (isFresh ? 0 : 1);
    isFresh = false;
  }
  return lines.map((line) => line.trimEnd());
}

/** Colours take no room. */
// eslint-disable-next-line no-control-regex -- they begin with an escape character
const widthOf = (word: string): number => word.replace(/\x1b\[\d+m/g, '').length;
