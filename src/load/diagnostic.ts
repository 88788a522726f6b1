// A problem in the user's file, as a value: from what a stage knows of its place to line and column.
import type { Path, Position } from '../model.js';

interface Problem {
  /** Stable and short: `unknown-key`. */
  readonly code: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

export interface Diagnostic extends Problem {
  /** A topology with an error is not used; a warning stops nothing. */
  readonly severity: 'error' | 'warning';
  readonly position: Position;
  /** How many UTF-16 code units of the line it is about, as `position.column` counts them. */
  readonly length?: number;
}

/** A problem of the text itself: always an error, placed by offsets into the text. */
export interface Complaint extends Problem {
  readonly start: number;
  readonly end: number;
}

/** A problem of a value, placed by the keys that lead to it. */
export interface Finding extends Problem {
  /** `error` when left out. */
  readonly severity?: 'error' | 'warning';
  readonly path: Path;
  /** Points at the key instead of at its value. */
  readonly at?: 'key' | 'value';
}

/** In the order of the file, errors before warnings; what is said twice of one place is kept once. */
export function sorted(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const once = new Map(diagnostics.map((diagnostic) => [keyOf(diagnostic), diagnostic]));
  return [...once.values()].sort(
    (a, b) =>
      a.position.line - b.position.line ||
      a.position.column - b.position.column ||
      a.severity.localeCompare(b.severity),
  );
}

const keyOf = ({ code, message, position }: Diagnostic): string =>
  `${position.file}:${position.line}:${position.column} ${code} ${message}`;

/** A value of the file inside a message: backquoted and never long. */
export function show(value: unknown): string {
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
  return `\`${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}\``;
}

const LONGEST = 60;
