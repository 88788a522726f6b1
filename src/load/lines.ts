// A file's text and offsets into it in, lines and columns out.
import type { Position } from '../model.js';

/** A file, with a way from offsets into its text to what a person can find. */
export interface Page {
  readonly file: string;
  readonly text: string;
  /** Columns count UTF-16 code units, as editors' protocols do. */
  positionOf(offset: number): Position;
  /** How much of the line lies between two offsets; at least 1. */
  lengthOf(start: number, end: number): number;
}

/** The text is looked through for its lines once, when the first position is asked for. */
export function pageOf(file: string, text: string): Page {
  let starts: readonly number[] | undefined;
  return {
    file,
    text,
    positionOf(offset) {
      starts ??= lineStarts(text);
      const line = lastAtMost(starts, offset);
      return { file, line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    lengthOf(start, end) {
      const newline = text.indexOf('\n', start);
      return Math.max(1, Math.min(end, newline < 0 ? text.length : newline) - start);
    },
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lastAtMost(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
