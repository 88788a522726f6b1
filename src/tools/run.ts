// The only place that starts processes of tools: processes in, their outcomes out, in order.
import { availableParallelism, constants } from 'node:os';
import { execa } from 'execa';
import { ToolError } from '../errors.js';
import { InputFiles } from './input-files.js';
import { pathTo, searchPath } from './path.js';
import { INPUT, type Outcome, type Process } from './tool.js';

export interface RunOptions {
  /** How long a process may take, in ms; a pool of many gets a twentieth of it for each further one. */
  readonly timeoutMs: number;
}

/** Runs one process. Throws a ToolError when it cannot be started or takes too long; a bad exit status is an outcome. */
export async function run(process: Process, options: RunOptions): Promise<Outcome> {
  const [outcome] = await runAll([process], options);
  if (outcome === undefined) throw new Error('a process without an outcome');
  return outcome;
}

/** Runs many processes, a few at a time. Throws a ToolError when one cannot be started or they take too long. */
export async function runAll(processes: readonly Process[], options: RunOptions): Promise<Outcome[]> {
  if (processes.length === 0) return [];
  const files = new InputFiles(processes);
  try {
    const argvs = processes.map((process) => argvOf(process, files));
    const [only] = argvs;
    if (argvs.length === 1 && only !== undefined) return [await start(only, '', processes, options)];
    return await pool(argvs, processes, options);
  } finally {
    files.remove();
  }
}

/** `nsenter` instead of `ip netns exec`, which also makes a mount namespace and mounts sysfs. */
function argvOf({ argv: [program = '', ...args], netns, input }: Process, files: InputFiles): string[] {
  const words = args.map((word) => (word === INPUT && input !== undefined ? files.pathOf(input) : word));
  const enter = netns === null ? [] : [fileOf('nsenter'), `--net=${netns}`];
  return [...enter, fileOf(program), ...words];
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

/**
 * What a shell does for us, because it starts a process in a third of Node's time: it reads a line for each process, with
 * an ASCII unit separator after each word, and runs the words as one command. They are data to it, never code. It reads
 * all lines at once, because `read` would read byte by byte. Each outcome ends with a NUL on both outputs.
 */
const DRIVER = `
set -f
separator=$(printf '\\037') newline='
'
IFS=$newline
for line in $(cat); do
  IFS=$separator; set -- $line; IFS=$newline
  "$@" </dev/null
  printf '\\0%d\\0' "$?"
  printf '\\0' >&2
done
`;

async function pool(
  argvs: readonly string[][],
  processes: readonly Process[],
  options: RunOptions,
): Promise<Outcome[]> {
  const width = Math.min(4, Math.max(2, availableParallelism()), argvs.length);
  const shares = Array.from({ length: width }, (_, lane) => every(argvs, width, lane));
  const timeoutMs = options.timeoutMs * (1 + argvs.length / 20);
  const lanes = await Promise.all(
    shares.map(async (share, lane) => {
      const theirs = every(processes, width, lane);
      const { stdout, stderr } = await start(['sh', '-c', DRIVER], share.map(lineOf).join(''), theirs, {
        timeoutMs,
      });
      return outcomesOf(stdout, stderr, share.length);
    }),
  );
  return argvs.map((_, i) => {
    const outcome = lanes[i % width]?.[Math.floor(i / width)];
    const process = processes[i];
    if (process === undefined || outcome === undefined) throw new Error('a process without an outcome');
    if (outcome.exitCode === 127 && process.mayBeMissing !== true) throw missing(process, outcome.stderr);
    return outcome;
  });
}

const every = <Item>(items: readonly Item[], width: number, lane: number): Item[] =>
  items.filter((_, i) => i % width === lane);

const SEPARATOR = '\x1f';

function lineOf(argv: readonly string[]): string {
  if (argv.some((word) => ['\n', '\0', SEPARATOR].some((mark) => word.includes(mark))))
    throw new Error('a word of a command holds a newline, a NUL or a unit separator');
  return `${argv.map((word) => word + SEPARATOR).join('')}\n`;
}

function outcomesOf(stdout: string, stderr: string, count: number): Outcome[] {
  const out = stdout.split('\0');
  const err = stderr.split('\0');
  return Array.from({ length: count }, (_, i) => ({
    stdout: out[2 * i] ?? '',
    exitCode: Number(out[2 * i + 1] ?? 1),
    stderr: err[i] ?? '',
  }));
}

/** In a process group of its own, so that a time-out ends all of it, and Ctrl-C at the terminal ends none of it. */
async function start(
  argv: readonly string[],
  input: string,
  processes: readonly Process[],
  { timeoutMs }: RunOptions,
): Promise<Outcome> {
  const [program = '', ...args] = argv;
  const child = execa(program, args, {
    input,
    reject: false,
    detached: true,
    stripFinalNewline: false,
    maxBuffer: 1 << 30,
    env: { LC_ALL: 'C', PATH: searchPath().join(':') },
  });
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    killGroup(child.pid);
  }, timeoutMs);
  const result = await child;
  clearTimeout(timer);
  const first = processes[0] ?? { argv, netns: null };
  if (late.signal.aborted) {
    // Each that has ended left two NULs on standard output, and one on standard error.
    const at = Math.floor(result.stdout.split('\0').length / 2);
    const words = result.stderr.split('\0').at(-1) ?? '';
    throw new ToolError(`took longer than ${String(timeoutMs / 1000)} s`, processes[at] ?? first, words);
  }
  // As a shell says it: 128 and the number of the signal.
  const ended = result.signal === undefined ? undefined : 128 + constants.signals[result.signal];
  const exitCode = result.exitCode ?? ended;
  if (exitCode === undefined) throw missing(first, result.shortMessage ?? '');
  if (exitCode === 127 && first.mayBeMissing !== true) throw missing(first, result.stderr);
  return { exitCode, stdout: result.stdout, stderr: result.stderr };
}

/** A group of which nobody is left has ended by itself. */
function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

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
