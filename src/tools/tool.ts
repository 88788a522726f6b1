// The contract of a tool: words of commands in, processes out; what a failed process printed in, the command to blame out.
import type { Command, ToolName } from '../model.js';

/** A process to be started in a network namespace. Arguments go to the program as they are: there is no shell. */
export interface Process {
  readonly argv: readonly string[];
  /** File that names the network namespace to run in; null for our own. */
  readonly netns: string | null;
  /** Where there is no such program, that is an outcome like any other (exit status 127). */
  readonly mayBeMissing?: boolean;
  /** Content of a private file, whose path replaces the argument `INPUT`. */
  readonly input?: string;
}

/** Stands in `argv` for the path of the file that holds `input`. */
export const INPUT = '\0input';

/** How a process ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process that does some commands of a batch: `commands[i]` is the index in the batch of its i-th. */
export interface Call {
  readonly process: Process;
  readonly commands: readonly number[];
}

/** What went wrong in a call: the index in the batch of the command to blame, and the tool's own words. */
export interface Failure {
  readonly command: number;
  readonly message: string;
}

export interface Tool {
  readonly name: ToolName;
  /** The processes that do the commands, in order; as few as the tool's grammar allows. */
  calls(commands: readonly Command[], netns: string | null): readonly Call[];
  /** Null when the call did all it should; a tool may fail with exit status 0. */
  failure(call: Call, outcome: Outcome): Failure | null;
  /** True of words which say that a thing, or the link that it is on, is not there: whoever wants to remove it has what they want. */
  saysGone?(message: string): boolean;
  /** What a call that failed has still to do behind that; null: nothing; undefined: that is not known, or it did nothing at all. */
  rest?(call: Call, outcome: Outcome): Call | null | undefined;
  /** The command as a person would type it, quoted for a POSIX shell: for messages and for `--format script`. */
  shell(command: Command): string;
}

/** A word quoted for a POSIX shell; left bare when it needs no quotes. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
