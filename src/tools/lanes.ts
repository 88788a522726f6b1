// Words of processes in, lines for a driver of one lane out; what the driver's processes wrote in, the outcome of each out.
import { SEPARATOR } from './drivers.js';
import type { Outcome } from './tool.js';

/** A process as its driver reads it: the words, and the file of its namespace before them. */
export function lineOf(netns: string | null, argv: readonly string[]): string {
  const words = [netns ?? '', ...argv];
  if (words.some((word) => ['\n', '\0', SEPARATOR].some((mark) => word.includes(mark))))
    throw new Error('a word of a command holds a newline, a NUL or a unit separator');
  return `${words.map((word) => word + SEPARATOR).join('')}\n`;
}

/** What a process has written on its two outputs. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

export function outcomesOf({ stdout, stderr }: Written, count: number): Outcome[] {
  const out = stdout.split('\0');
  const err = stderr.split('\0');
  return Array.from({ length: count }, (_, i) => ({
    stdout: out[2 * i] ?? '',
    exitCode: Number(out[2 * i + 1] ?? 1),
    stderr: err[i] ?? '',
  }));
}

/** How many have ended, and what the one that had not had to say so far. */
export function progressOf({ stdout, stderr }: Written): { ended: number; stderr: string } {
  return { ended: Math.floor(stdout.split('\0').length / 2), stderr: stderr.split('\0').at(-1) ?? '' };
}

/** `items` dealt out to `width` lanes by turns, and one lane's share of them. */
export const shareOf = <Item>(items: readonly Item[], width: number, lane: number): Item[] =>
  items.filter((_, i) => i % width === lane);
