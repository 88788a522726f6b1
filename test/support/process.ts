// Starts a program without a shell: words and input in, all that it printed and its exit status out.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';

const inLab = process.env['LAB_GUEST'] === '1';

/** How much longer than on a real processor everything may take: the lab's may be emulated. */
export const patience = inLab ? 10 : 1;

/** Options of Node for a process that does much: what V8 compiles, an emulated processor translates once more. */
export const nodeOptions: readonly string[] = inLab ? ['--no-opt', '--no-sparkplug'] : [];

/** What a program printed, and its exit status (128 + n when signal n ended it). */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface RunOptions {
  /** Its standard input; default: none. */
  readonly input?: string;
  /** Variables that it gets besides ours. */
  readonly env?: NodeJS.ProcessEnv;
  /** Its working directory. */
  readonly cwd?: string;
  /** Resolve even when the exit status is not 0. */
  readonly allowFailure?: boolean;
  /** Seconds after which it is killed and the promise rejects; default 60, ten times as many in the lab. */
  readonly timeout?: number;
}

/** Runs a program to its end, until everything it started has let go of its output. */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<Outcome> {
  const [program, ...words] = argv;
  const child = spawn(program, words, {
    stdio: 'pipe',
    detached: true, // a process group of its own, so that a timeout also ends what it started
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const seconds = (options.timeout ?? 60) * patience;
  const late = { is: false };
  const timer = setTimeout(() => {
    late.is = true;
    process.kill(-child.pid!, 'SIGKILL');
  }, seconds * 1000);
  child.stdin.on('error', () => undefined).end(options.input ?? ''); // a program need not read its input
  try {
    const [stdout, stderr, [code, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    const outcome = { stdout, stderr, exitCode: code ?? 128 + constants.signals[signal!] };
    if (late.is) throw new Error(describe(argv, `not done after ${seconds} s`, outcome));
    if (outcome.exitCode !== 0 && options.allowFailure !== true) {
      throw new Error(describe(argv, `exit status ${outcome.exitCode}`, outcome));
    }
    return outcome;
  } finally {
    clearTimeout(timer);
  }
}

function describe(argv: readonly string[], what: string, { stdout, stderr }: Outcome): string {
  return [`${argv.join(' ')}: ${what}`, stderr.trim(), stdout.trim()]
    .filter((line) => line !== '')
    .join('\n');
}
