// The contract of a command: what its help, its completion and its manual are made of, and what it does.
import type { Settings } from '../settings.js';
import type { Paint } from '../render/paint.js';

/** A word after the command's name. */
export interface Argument {
  /** As the help shows it: `FILE`. */
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  /** Takes all words that are left. */
  readonly many?: boolean;
}

/** A word that begins with dashes. */
export interface Option {
  /** `--out`; what it is called in `Invocation.options` is the same without dashes. */
  readonly name: `--${string}`;
  /** What stands for its value in the help; without it the option is a switch. */
  readonly value?: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** Left out of the help. */
  readonly hidden?: boolean;
}

export interface Example {
  readonly line: string;
  readonly shows: string;
}

/** What the user typed. */
export interface Invocation {
  readonly arguments: readonly string[];
  /** Values by the option's name without dashes; true for a switch. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  readonly settings: Settings;
  /** `--color` or `--no-color`; undefined: as the terminal and the environment say. */
  readonly color?: boolean | undefined;
}

/** Where a command's words go to and come from. */
export interface Io {
  /** What was asked for: standard output. */
  out(text: string): void;
  /** Problems, questions and progress: standard error. */
  err(text: string): void;
  /** The colours of `out` and of `err`. */
  readonly paint: { readonly out: Paint; readonly err: Paint };
  /** Shows on a terminal how far a run is, in place; nothing where there is none. */
  progress(text: string): void;
  /** Null where nobody sits at a terminal who could answer. No answer in time is a no. */
  readonly ask: ((question: string, withinMs?: number) => Promise<boolean>) | null;
}

export interface Subcommand {
  readonly name: string;
  /** Half a line, for the list of commands. */
  readonly summary: string;
  /** What it does and what it does not, in sentences. */
  readonly description: string;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** The words from the first argument on belong to another program. */
  readonly passThrough?: boolean;
  /** Left out of the list of commands: what only the program itself runs. */
  readonly hidden?: boolean;
  /** Returns the exit status. What takes time to load is imported in here. */
  run(invocation: Invocation, io: Io): Promise<number>;
}

/** The exit statuses, everywhere. */
export const EXIT = {
  done: 0,
  /** Usage, an invalid file, any other failure before the first write. */
  refused: 1,
  /** `plan --detailed-exitcode`: there is something to do. */
  pending: 2,
  /** Apply failed, the host is as it was before. */
  restored: 3,
  /** Apply failed, the host is not as it was before. */
  broken: 4,
  locked: 5,
  checkFailed: 6,
} as const;

/** `--format` of the commands that print data. */
export const FORMAT: Option = {
  name: '--format',
  value: 'FORMAT',
  description: 'for people (text) or for programs (json)',
  choices: ['text', 'json'],
  default: 'text',
};

export const WAIT: Option = {
  name: '--wait',
  value: 'TIME',
  description: 'how long to wait while another run holds the lock (`30s`, `5m`); default: not at all',
};

export const INSECURE_FILE: Option = {
  name: '--insecure-file',
  description: 'as root, also take a file that others may write',
};

export const YES: Option = { name: '--yes', description: 'do not ask before writing' };

/** A topology file. */
export const FILE: Argument = { name: 'FILE', description: 'topology file; `-` reads standard input' };

/** Who alone may be able to write the file of a command that does what it says. */
export const ownersFor = ({ options, settings }: Invocation): Settings['fileOwners'] =>
  options['insecure-file'] === true ? null : settings.fileOwners;
