// The errors that are meant for people. Anything else that is thrown is a bug and prints its stack.
import type { Process } from './tools/tool.js';

/** Something is in the way before the first write: the message says what, the hint what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly hint: string | undefined;
  /** Exit status of the command: 1, or 5 when another run holds the lock. */
  readonly exitCode: number;

  constructor(message: string, options: { hint?: string; exitCode?: number } = {}) {
    super(message);
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** A tool that was only asked something did not answer: it is missing, took too long, or failed. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly process: Process;
  readonly stderr: string;
  /** Where it ended by itself. */
  readonly exitCode: number | undefined;

  constructor(message: string, process: Process, stderr = '', exitCode?: number) {
    super(message);
    this.process = process;
    this.stderr = stderr;
    this.exitCode = exitCode;
  }
}
