// Command lines in, what they took out: seconds by the clock, or CPU time of the process alone without those it starts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What `bin` names, seen from `build/scripts/bench`. */
const program = path.resolve(import.meta.dirname, '../../../dist/start.cjs');

/** Scripts and recordings of a run; `/run` of a throw-away host is its own, and in memory. */
const scratch = '/run/bench';

/** Runs a command line; returns what it printed. Throws when it fails. */
export function run(argv: readonly string[]): string {
  const [command = '', ...words] = argv;
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status === 0) return stdout;
  throw new Error(`${argv.slice(0, 4).join(' ')} failed: ${error?.message ?? stderr.slice(-2000)}`);
}

/** In seconds by the clock. */
export function timed(argv: readonly string[]): number {
  const began = process.hrtime.bigint();
  run(argv);
  return Number(process.hrtime.bigint() - began) / 1e9;
}

export const netplan = (...words: string[]): string[] => [process.execPath, program, ...words];

/** A shell script as a file: a shell reads one in large pieces, and a pipe byte by byte. */
export const script = (name: string, text: string): string[] => ['sh', file(name, text)];

/** Writes a scratch file; returns its path. */
export function file(name: string, text: string): string {
  const target = path.join(scratch, name);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  return target;
}

/** CPU time in ms (getrusage's RUSAGE_SELF: user and system, all threads) of a program that Node runs. */
export function cpuTime(words: readonly string[]): number {
  const answer = path.join(scratch, 'cpu');
  const hook = file(
    'cpu.cjs',
    `process.on('exit', () => {
       const { user, system } = process.cpuUsage();
       require('node:fs').writeFileSync(${JSON.stringify(answer)}, String((user + system) / 1000));
     });`,
  );
  run([process.execPath, '--require', hook, ...words]);
  return Number(readFileSync(answer, 'utf8'));
}
