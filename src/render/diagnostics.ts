// Diagnostics and the texts they are about in; lines for a person out, each with its source line, a caret and a hint.
import type { Diagnostic } from '../load/diagnostic.js';

/** How parts of the output are coloured; every one of them is the text itself where nothing is. */
export interface Paint {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly faint: (text: string) => string;
}

const plain: Paint = { error: String, warning: String, faint: String };

/** What problems look like on a terminal. `texts` holds the files that could be read, by the name in the position. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  paint: Paint = plain,
): string {
  const lines = new Map([...texts].map(([file, text]) => [file, text.split(/\r?\n/)]));
  const shown = diagnostics
    .slice(0, MOST)
    .map((diagnostic) => renderDiagnostic(diagnostic, lines.get(diagnostic.position.file), paint));
  const more = diagnostics.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more problems\n`] : [])].join('\n');
}

/** Nobody reads further: so many come of one mistake in something generated. */
const MOST = 200;

function renderDiagnostic(
  diagnostic: Diagnostic,
  lines: readonly string[] | undefined,
  paint: Paint,
): string {
  const { severity, message, hint, position } = diagnostic;
  const place = lines === undefined || position.line === 0 ? '' : `:${position.line}:${position.column}`;
  const out = [`${escaped(position.file)}${place}: ${paint[severity](`${severity}:`)} ${escaped(message)}`];
  const line = lines?.[position.line - 1];
  if (line !== undefined && line !== '') out.push(...excerpt(line, diagnostic, paint));
  if (hint !== undefined) out.push(`  ${paint.faint('hint:')} ${escaped(hint)}`);
  return out.map((text) => `${text}\n`).join('');
}

/** In characters, before tabs and escapes widen it: a longer line is cut around the caret. */
const WIDTH = 100;

/** The source line behind its number, and the caret below what is wrong in it. */
function excerpt(line: string, { position, length = 1, severity }: Diagnostic, paint: Paint): string[] {
  const from = position.column - 1;
  const start = from + Math.min(length, WIDTH / 2) <= WIDTH ? 0 : from - WIDTH / 2;
  const end = Math.min(line.length, start + WIDTH);
  const head = (start > 0 ? '…' : '') + line.slice(start, from);
  const marked = line.slice(from, Math.min(from + length, end));
  const tail = line.slice(from + marked.length, end) + (end < line.length ? '…' : '');
  const [before, through, all] = [head, head + marked, head + marked + tail].map(shown);
  const caret = ' '.repeat(widthOf(before ?? ''));
  const carets = '^'.repeat(Math.max(1, widthOf(through ?? '') - caret.length));
  const gutter = String(position.line).padStart(5);
  return [
    `${paint.faint(`${gutter} |`)} ${(all ?? '').trimEnd()}`,
    `${paint.faint('      |')} ${caret}${paint[severity](carets)}`,
  ];
}

const TAB = 8;

/** A line as a terminal can show it: tabs as spaces up to their stop, everything else that is not printed escaped. */
function shown(line: string): string {
  const [first = '', ...rest] = line.split('\t').map(escaped);
  return rest.reduce((text, part) => text + ' '.repeat(TAB - (widthOf(text) % TAB)) + part, first);
}

/**
 * Control characters, and the invisible ones that reorder a line on a terminal (bidirectional overrides), as text: a
 * file from elsewhere must not be able to move the cursor or to look like what it is not.
 */
export const escaped = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return SHORT[character] ?? (code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code}`);
  });

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Columns of a text on a terminal: combining marks take none, East Asian wide characters and emoji two. */
function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

const NONE = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const WIDE =
  /^[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;
