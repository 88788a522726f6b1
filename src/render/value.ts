// A field's value in, the shortest text that says it unmistakably out: one line, nothing that a terminal would obey.
import type { Json } from '../model.js';
import { escaped } from './diagnostics.js';

/** A value as it stands in a plan; strings that could be taken for something else are quoted. */
export function valueText(value: Json | undefined): string {
  if (value === undefined || value === null) return '(unset)';
  if (typeof value === 'string') return isPlain(value) ? value : escaped(JSON.stringify(value));
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(valueText).join(', ')}]`;
  if (typeof value === 'object') return `{${Object.entries(value).map(pair).join(', ')}}`;
  return String(value);
}

/** At most `width` characters of a text; the length of what is not shown tells two long ones apart. */
export const shortened = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width)}… (${text.length} characters)`;

const pair = ([key, value]: [string, Json]): string => `${valueText(key)}: ${valueText(value)}`;

/** Not a word of JSON, and without spaces, quotes and brackets. */
const isPlain = (text: string): boolean =>
  /^[\p{L}\p{N}_@%+=:./*-]+$/u.test(text) && !/^(true|false|null)$/.test(text) && escaped(text) === text;
