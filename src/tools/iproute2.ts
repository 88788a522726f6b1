// Programs of iproute2 (ip, bridge): a batch's commands in, processes with batch files out; what one printed in, the command to blame out.
import type { Command } from '../model.js';
import { batchFailure, batchLine } from './batch.js';
import { INPUT, type Call, type Failure, type Outcome } from './tool.js';

/**
 * One process for each run of commands that fit into a batch file, and one for each command that does not. An option
 * before a command's object (`-6`) is one of the whole batch. Behind `neigh` another process goes on: it learns the indexes of all links
 * (ipneigh_modify() calls ll_init_map()), and would go on using those of links that are made anew after they went with their group.
 */
export function batchCalls(program: string, commands: readonly Command[], netns: string | null): Call[] {
  const calls: Call[] = [];
  let lines: string[] = [];
  let indexes: number[] = [];
  let option: string | undefined;
  let isLearned = false;
  const flush = (): void => {
    if (lines.length === 0) return;
    const argv = [program, ...(option === undefined ? [] : [option]), '-batch', INPUT];
    calls.push({ process: { argv, netns, input: `${lines.join('\n')}\n` }, commands: indexes });
    [lines, indexes] = [[], []];
  };
  for (const [index, { args }] of commands.entries()) {
    const own = args[0]?.startsWith('-') === true ? args[0] : undefined;
    const learns = args[0] === 'neigh';
    if (own !== option || (isLearned && !learns)) flush();
    [option, isLearned] = [own, learns];
    const line = batchLine(own === undefined ? args : args.slice(1));
    if (line === null) {
      flush();
      calls.push({ process: { argv: [program, ...args], netns }, commands: [index] });
    } else {
      lines.push(line);
      indexes.push(index);
    }
  }
  flush();
  return calls;
}

/** A batch stops at its first bad line and names it, or at once over a word it could not read, which is then all it names. */
export function batchFailureOf(call: Call, { exitCode, stderr }: Outcome): Failure | null {
  if (exitCode === 0) return null;
  const failed = batchFailure(stderr);
  const line = failed?.line ?? lineWith(wordIn(stderr), call.process.input ?? '');
  return {
    command: call.commands[line - 1] ?? call.commands[0] ?? 0,
    message: failed?.message ?? (stderr.trim() || `exit status ${String(exitCode)}`),
  };
}

/**
 * A link (ENODEV in iproute2's own words, lib/utils.c: nodev()), a route or a rule (ESRCH, ENOENT), an address (EADDRNOTAVAIL),
 * each in the words of the kernel's where that has its own, or the name of a namespace. A namespace that was deleted takes the
 * other ends of its veth pairs with it a moment later (cleanup_net() is queued).
 */
export const saysGone = (message: string): boolean =>
  message.split('\n').some((line) => GONE.some((words) => words.test(line)));

const GONE: readonly RegExp[] = [
  /^Cannot find (bridge )?device .*$/,
  /^RTNETLINK answers: (No such device|No such process|No such file or directory|Cannot assign requested address)$/,
  /^Error: (ipv4: Address not found|ipv6: address not found|FIB table does not exist)\.$/,
  /^Cannot remove namespace file .*: No such file or directory$/,
];

/** A batch has done all lines above the one that failed, and none below; undefined where it does not say which that was. */
export function restOf({ process, commands }: Call, { stderr }: Outcome): Call | null | undefined {
  if (commands.length === 1) return null;
  const failed = batchFailure(stderr)?.line;
  if (failed === undefined || process.input === undefined) return undefined;
  if (failed >= commands.length) return null;
  const lines = process.input.split('\n').slice(failed);
  return { process: { ...process, input: lines.join('\n') }, commands: commands.slice(failed) };
}

/** `Error: argument "x" is wrong`, `any valid prefix is expected rather than "x"` (iproute2's lib/utils.c). */
const wordIn = (stderr: string): string | undefined => /"([^"]*)"/.exec(stderr)?.[1];

/** The first line of a batch that has a word, from 1; the first of all when none has it. */
function lineWith(word: string | undefined, batch: string): number {
  const written = word === undefined ? null : batchLine([word]);
  if (written === null) return 1;
  const lines = batch.split('\n').map((line) => ` ${line} `);
  return (
    Math.max(
      0,
      lines.findIndex((line) => line.includes(` ${written} `)),
    ) + 1
  );
}
