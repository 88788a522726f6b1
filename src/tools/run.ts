// The only place that starts processes of tools: processes in, their outcomes out, in order.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readlinkSync } from 'node:fs';
import { availableParallelism, constants } from 'node:os';

import { ToolError } from '../errors.js';
import { drivers } from './drivers.js';
import { lineOf, outcomesOf, progressOf, shareOf, type Written } from './lanes.js';
import { pathTo, searchPath } from './path.js';
import { PrivateFiles } from './private-files.js';
import { INPUT, type Outcome, type Process } from './tool.js';

export interface RunOptions {
  /** How long a process may take, in ms; a pool of many gets a twentieth of it for each further one. */
  readonly timeoutMs: number;
  /** Ends the processes: nobody wants to know any more. */
  readonly signal?: AbortSignal;
}

/** Runs one process. Throws a ToolError when it cannot be started or takes too long; a bad exit status is an outcome. */
export async function run(process: Process, options: RunOptions): Promise<Outcome> {
  const [outcome] = await runAll([process], options);
  if (outcome === undefined) throw new Error('a process without an outcome');
  return outcome;
}

/**
 * Runs many processes, a few at a time; they have been started when this returns its promise. Throws a ToolError when one
 * cannot be started or they take too long.
 */
export async function runAll(processes: readonly Process[], options: RunOptions): Promise<Outcome[]> {
  const [only, ...others] = processes;
  if (only === undefined) return [];
  const files = new PrivateFiles();
  try {
    return others.length === 0 ? [await alone(only, files, options)] : await pool(processes, files, options);
  } finally {
    files.remove();
  }
}

function wordsOf({ argv: [program = '', ...args], input }: Process, files: PrivateFiles): string[] {
  const words = args.map((word) => (word === INPUT && input !== undefined ? files.pathOf(input) : word));
  return [fileOf(program), ...words];
}

const found = new Map<string, string>();

/** Looked up once: execvp(3) would try each directory of PATH again for each of a thousand processes. */
function fileOf(program: string): string {
  const known = found.get(program);
  if (known !== undefined) return known;
  const file = (program.includes('/') ? null : pathTo(program)) ?? program;
  found.set(program, file);
  return file;
}

/** `nsenter` instead of `ip netns exec`, which also makes a mount namespace and mounts sysfs. */
async function alone(process: Process, files: PrivateFiles, options: RunOptions): Promise<Outcome> {
  const enter = process.netns === null ? [] : [fileOf('nsenter'), `--net=${process.netns}`];
  const child = await start([...enter, ...wordsOf(process, files)], '', files, options);
  if (child.isLate) throw late(process, options.timeoutMs, child.written.stderr);
  return present(process, { exitCode: child.exitCode ?? NOT_FOUND, ...child.written });
}

/** The exit status by which a shell says that there is no such program. */
const NOT_FOUND = 127;

function present(process: Process, outcome: Outcome): Outcome {
  if (outcome.exitCode === NOT_FOUND && process.mayBeMissing !== true) throw missing(process, outcome.stderr);
  return outcome;
}

/** Lanes side by side, in each of which a driver starts one process after the other. */
async function pool(
  processes: readonly Process[],
  files: PrivateFiles,
  options: RunOptions,
): Promise<Outcome[]> {
  const width = Math.min(4, Math.max(2, availableParallelism()), processes.length);
  const timeoutMs = options.timeoutMs * (1 + processes.length / 20);
  const lanes = await Promise.all(
    Array.from({ length: width }, (_, lane) =>
      drive(shareOf(processes, width, lane), files, { ...options, timeoutMs }),
    ),
  );
  return processes.map((process, i) => {
    const outcome = lanes[i % width]?.[Math.floor(i / width)];
    if (outcome === undefined) throw new Error('a process without an outcome');
    return present(process, outcome);
  });
}

async function drive(
  processes: readonly Process[],
  files: PrivateFiles,
  options: RunOptions,
): Promise<Outcome[]> {
  const lines = processes.map((process) => lineOf(process.netns, wordsOf(process, files)));
  const [argv = []] = drivers();
  const self = { argv: argv.slice(0, 1), netns: null };
  const { exitCode, isLate, written } = await start(argv, lines.join(''), files, options);
  if (isLate) {
    const { ended, stderr } = progressOf(written);
    throw late(processes[ended] ?? self, options.timeoutMs, stderr);
  }
  if (exitCode !== 0) throw missing(self, written.stderr);
  return outcomesOf(written, processes.length);
}

interface Ended {
  /** As a shell says it: 128 and the number of the signal that ended it. Undefined: it could not be started. */
  readonly exitCode: number | undefined;
  readonly isLate: boolean;
  readonly written: Written;
}

/** What all processes have open, too: the lock of the run. */
let shared: number | null = null;

/** A file that every tool started from now on has open, so that it stays locked until all of these have ended; null: none. */
export function shareWithProcesses(descriptor: number | null): void {
  shared = descriptor;
}

/**
 * Locks an open file by flock(1): the lock is that of the open file (flock(2)), so it stays when flock itself has ended. False when
 * somebody else has it, still after `waitMs`. Throws a ToolError where there is no flock.
 */
export async function lockFile(descriptor: number, waitMs: number): Promise<boolean> {
  const patience = waitMs > 0 ? ['--wait', String(waitMs / 1000)] : ['--nonblock'];
  const argv = ['flock', ...patience, String(LOCK)] as const;
  const child = spawn(fileOf(argv[0]), argv.slice(1), {
    stdio: ['ignore', 'ignore', 'inherit', descriptor],
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(missing({ argv, netns: null }, error.message)));
    child.on('exit', resolve);
  });
  if (status === 0 || status === 1) return status === 0;
  throw new ToolError('could not lock a file', { argv, netns: null }, '', status ?? undefined);
}

/** Where the file is in a process that gets it behind its standard streams. */
const LOCK = 3;

/**
 * In a process group of its own, so that a time-out ends all of it, and Ctrl-C at the terminal ends none of it. Not by execa:
 * with files for streams nothing is left that it would do, and loading it takes longer than the work of a small plan.
 */
async function start(
  [program = '', ...args]: readonly string[],
  input: string,
  files: PrivateFiles,
  { timeoutMs, signal }: RunOptions,
): Promise<Ended> {
  const streams = files.streamsOf(input);
  const child = spawn(program, args, {
    detached: true,
    stdio: shared === null ? [...streams.descriptors] : [...streams.descriptors, shared],
    env: { ...process.env, LC_ALL: 'C', PATH: searchPath().join(':') },
  });
  streams.close();
  let isLate = false;
  let hasEnded = false;
  const end = (): void => killGroup(child.pid);
  const expire = (): void => {
    if (hasEnded) return;
    isLate = true;
    end();
  };
  // While we were busy ourselves, it may have ended without our having heard of it: that is heard before setImmediate's turn.
  const timer = setTimeout(() => setImmediate(expire), timeoutMs);
  signal?.addEventListener('abort', end);
  const exitCode = await new Promise<number | undefined>((resolve) => {
    child.on('error', () => resolve(undefined));
    child.on('exit', (code, by) => resolve(by === null ? (code ?? undefined) : 128 + constants.signals[by]));
  });
  hasEnded = true;
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
  return { exitCode, isLate, written: streams.read() };
}

/** A group of which nobody is left has ended by itself. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const late = (process: Pick<Process, 'argv' | 'netns'>, timeoutMs: number, words: string): ToolError =>
  new ToolError(`took longer than ${String(timeoutMs / 1000)} s`, process, words);

const missing = (process: Process, words: string): ToolError =>
  new ToolError(`could not start ${process.argv[0] ?? 'it'}`, process, words);

type Variables = Readonly<Record<string, string>>;

/**
 * Runs a program on our own standard output and error, as a shell would, and on our standard input unless it is given
 * another. Resolves to its exit status, 128 + n when signal n ended it.
 */
export async function runAttached(
  argv: readonly string[],
  env: Variables = {},
  input?: string,
): Promise<number> {
  const [program = '', ...args] = argv;
  // Ctrl-C reaches the program, too: how to end is its own affair, and ours is to say how it ended.
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    const stdin = input === undefined ? ({ stdin: 'inherit' } as const) : { input };
    const { execa } = await import('execa');
    const result = await execa(program, args, { ...stdin, ...ATTACHED, env });
    if (result.exitCode !== undefined) return result.exitCode;
    if (result.signal !== undefined) return 128 + constants.signals[result.signal];
    throw missing({ argv, netns: null }, result.shortMessage ?? '');
  } finally {
    process.off('SIGINT', ignore);
  }
}

const ATTACHED = { stdout: 'inherit', stderr: 'inherit', reject: false, cleanup: false } as const;

/** A process that goes on until it is told to end. */
export interface Kept {
  readonly pid: number;
  /** Closes its standard input, by which it knows, and waits for its end. */
  end(): Promise<void>;
}

/** Starts a program that prints a line when it is ready, and waits for that. Throws a ToolError when it ends before. */
export async function keepRunning(argv: readonly string[], env: Variables = {}): Promise<Kept> {
  const [program = '', ...args] = argv;
  const { execa } = await import('execa');
  const child = execa(program, args, {
    stdin: 'pipe',
    stderr: 'inherit',
    reject: false,
    buffer: false,
    detached: true,
    env,
  });
  const ready = new Promise<boolean>((resolve) => child.stdout.once('data', () => resolve(true)));
  const isReady = await Promise.race([ready, child.then(() => false)]);
  if (!isReady || child.pid === undefined)
    throw new ToolError('ended before it was ready', { argv, netns: null }, '', (await child).exitCode);
  const end = async (): Promise<void> => {
    child.stdin.end();
    await child;
  };
  return { pid: child.pid, end };
}

/**
 * Starts a program that goes on when we, our terminal and our session have ended; what it prints goes into `log`. `logind` ends
 * all processes of a session with it, so that where systemd runs, systemd starts it.
 */
export async function launch(
  argv: readonly [string, ...string[]],
  log: string,
  env: Variables = {},
): Promise<void> {
  const [program, ...args] = isBooted() ? [...asService(env), ...argv] : argv;
  const output = openSync(log, 'w', 0o600);
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
  });
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.on('spawn', resolve);
    child.on('error', (error) => reject(missing({ argv: [program], netns: null }, error.message)));
  });
  child.unref();
}

/** sd_booted(3); and true only in the namespaces of systemd itself, as it would start the program there. */
function isBooted(): boolean {
  const isShared = (sort: string): boolean =>
    readlinkSync(`/proc/self/ns/${sort}`) === readlinkSync(`/proc/1/ns/${sort}`);
  try {
    return existsSync('/run/systemd/system') && isShared('net') && isShared('mnt');
  } catch {
    return false; // not even PID 1 may be looked at
  }
}

const asService = (env: Variables): [string, ...string[]] => [
  'systemd-run',
  '--quiet',
  '--collect',
  ...Object.entries({ PATH: searchPath().join(':'), ...env }).map(
    ([name, value]) => `--setenv=${name}=${value}`,
  ),
  '--',
];
