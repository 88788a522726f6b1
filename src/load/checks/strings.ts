// No string may hold a control character: each of them ends up in a line of some tool's input, or on a terminal.
import type { Json, Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { isIgnored, isMapping } from '../topology.js';
import type { Subject } from './subject.js';

export function* strings({ document }: Subject): Generator<Finding> {
  if (!isSafe(document)) yield* within(document, []);
}

// eslint-disable-next-line no-control-regex -- it is what this is about
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u;

/** True for almost every document, so that no paths have to be made for its values. */
function isSafe(value: Json): boolean {
  if (typeof value === 'string') return !CONTROL.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Array.isArray(value)
    ? value.every((inner) => isSafe(inner as Json))
    : Object.entries(value).every(([key, inner]) => !CONTROL.test(key) && isSafe(inner));
}

function* within(value: Json, path: Path): Generator<Finding> {
  if (typeof value === 'string' && CONTROL.test(value)) yield unsafe(value, path, 'value');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries<Json>(value)) {
    if (isMapping(value) && isIgnored(key)) continue;
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (CONTROL.test(key)) yield unsafe(key, at, 'key');
    yield* within(inner, at);
  }
}

function unsafe(text: string, path: Path, at: 'key' | 'value'): Finding {
  const what = text.includes('\n')
    ? 'a line break'
    : text.includes('\0')
      ? 'a NUL'
      : /\p{Surrogate}/u.test(text)
        ? 'half of a character'
        : 'a control character';
  return {
    code: 'control-character',
    message: `${show(text)} has ${what} in it`,
    hint: 'a value is one line of text',
    path,
    at,
  };
}
