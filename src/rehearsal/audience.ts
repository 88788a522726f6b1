// Who watches a rehearsal: people, stage by stage on their terminal, or a program, which gets one JSON document at the end.
import { EXIT, type Invocation, type Io } from '../commands/command.js';
import { escaped } from '../render/diagnostics.js';
import { jsonText } from '../render/json.js';
import { surroundingsText } from '../render/surroundings.js';
import type { Player } from './scene.js';
import type { Surroundings } from './stand-ins.js';

/** The parts of a life for which a command is run on each host. */
export type Stage = 'apply' | 'checks' | 'secondPlan' | 'destroy';

export interface Audience {
  /** What stands in for the world around the hosts. */
  begin(surroundings: Surroundings): void;
  /** Runs a command of ours on a player's host, as part of a stage; resolves to its exit status. */
  watch(stage: Stage, player: Player, command: readonly string[]): Promise<number>;
  /** What is left on a player's host after the last stage that was not there before the first. */
  compared(player: Player, left: readonly string[]): void;
  end(status: number): void;
}

const TITLES: Readonly<Record<Stage, string>> = {
  apply: 'apply',
  checks: 'checks',
  secondPlan: 'the second plan, which has to be empty',
  destroy: 'destroy',
};

/** Shows each stage under a heading, as it runs. */
export class People implements Audience {
  readonly #files: readonly string[];
  readonly #invocation: Invocation;
  readonly #io: Io;

  constructor(files: readonly string[], invocation: Invocation, io: Io) {
    this.#files = files;
    this.#invocation = invocation;
    this.#io = io;
  }

  begin(surroundings: Surroundings): void {
    this.#io.out(surroundingsText(surroundings, this.#files));
  }

  watch(stage: Stage, { file, host, input }: Player, command: readonly string[]): Promise<number> {
    this.#heading(TITLES[stage], file);
    const { color } = this.#invocation;
    const colors = color === undefined ? [] : [color ? '--color' : '--no-color'];
    return host.attach(ourself([...command, ...colors], file), input);
  }

  compared({ file }: Player, left: readonly string[]): void {
    this.#heading('the sandbox, which has to be as it was', file);
    const lines = left.map((line) => `  ${escaped(line)}\n`).join('');
    this.#io.out(left.length === 0 ? 'Nothing is different.\n' : lines);
  }

  end(status: number): void {
    const { good, error } = this.#io.paint.out;
    const passed = 'applied, checked, nothing left to do, destroyed, and the sandbox is as it was.';
    const failed = error('The rehearsal failed.');
    this.#io.out(`\n${status === EXIT.done ? `${good('Rehearsed:')} ${passed}` : failed}\n`);
  }

  #heading(title: string, file: string): void {
    const where = this.#files.length === 1 ? '' : ` · ${escaped(file)}`;
    this.#io.out(`\n${this.#io.paint.out.strong(`── ${title}${where} ──`)}\n\n`);
  }
}

/** Keeps the documents that the commands print, and prints one of them all. */
export class Program implements Audience {
  readonly #io: Io;
  readonly #hosts = new Map<Player, Record<string, unknown>>();

  constructor(io: Io) {
    this.#io = io;
  }

  begin(): void {
    // Stand-ins are for people: a program sees them in the plans.
  }

  async watch(stage: Stage, player: Player, command: readonly string[]): Promise<number> {
    const words = ourself([...command, '--format', 'json'], player.file);
    const { exitCode, stdout, stderr } = await player.host.ask(words, LONGEST_MS, player.input);
    if (stderr !== '') this.#io.err(stderr);
    this.#note(player, stage, stdout === '' ? null : (JSON.parse(stdout) as unknown));
    return exitCode;
  }

  compared(player: Player, left: readonly string[]): void {
    this.#note(player, 'differences', left);
  }

  end(status: number): void {
    const hosts = [...this.#hosts].map(([{ file, topology }, stages]) => ({
      ...{ file, topology: topology.name },
      ...stages,
    }));
    this.#io.out(jsonText({ format: 1, passed: status === EXIT.done, hosts }));
  }

  #note(player: Player, name: string, value: unknown): void {
    this.#hosts.set(player, { ...this.#hosts.get(player), [name]: value });
  }
}

/** The commands are those that a user would type. */
const ourself = (words: readonly string[], file: string): readonly string[] => [
  ...[process.execPath, process.argv[1] ?? ''],
  ...[...words, '--', file],
];

/** A stage ends by itself: each process in it has a timeout of its own. */
const LONGEST_MS = 86_400_000;
