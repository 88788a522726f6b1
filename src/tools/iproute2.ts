// Programs of iproute2 (ip, bridge): a batch's commands in, processes with batch files out; what one printed in, the command to blame out.
import type { Command } from '../model.js';
import { batchFailure, batchLine } from './batch.js';
import { INPUT, type Call, type Failure, type Outcome } from './tool.js';

/** One process for each run of commands that fit into a batch file, and one for each command that does not. */
export function batchCalls(program: string, commands: readonly Command[], netns: string | null): Call[] {
  const calls: Call[] = [];
  let lines: string[] = [];
  let indexes: number[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    const process = { argv: [program, '-batch', INPUT], netns, input: `${lines.join('\n')}\n` };
    calls.push({ process, commands: indexes });
    [lines, indexes] = [[], []];
  };
  for (const [index, { args }] of commands.entries()) {
    const line = batchLine(args);
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

/** A batch stops at its first bad line and names it; without a name the first command is to blame. */
export function batchFailureOf(call: Call, { exitCode, stderr }: Outcome): Failure | null {
  if (exitCode === 0) return null;
  const failed = batchFailure(stderr);
  const command = call.commands[(failed?.line ?? 1) - 1] ?? call.commands[0] ?? 0;
  return { command, message: failed?.message ?? stderr.trim() };
}
