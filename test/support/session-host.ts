// Runs in a throw-away host: requests in, a line of JSON each; each command of the program done in this one process, as cli.ts does one, and its outcome out.
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { EXIT, type Invocation, type Io } from '../../src/commands/command.js';
import { commands } from '../../src/commands/index.js';
import { Refusal } from '../../src/errors.js';
import { errorText } from '../../src/render/error.js';
import { plain } from '../../src/render/paint.js';
import { settingsFrom } from '../../src/settings.js';
import type { Outcome } from './process.js';
import type { Request } from './session.js';

/** Tests change everything at once; what guards against that has tests of its own, which run the program itself. */
const WRITES = new Set(['apply', 'destroy']);

/** In seconds, as the option of every command. */
const timeoutIn = ({ timeout }: Request['options']): { timeoutMs?: number } =>
  typeof timeout === 'string' ? { timeoutMs: Number(timeout) * 1000 } : {};

for await (const line of createInterface({ input: process.stdin })) {
  const outcome = await outcomeOf(JSON.parse(line) as Request);
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}

async function outcomeOf({ command: name, argument, text, options }: Request): Promise<Outcome> {
  const said = { stdout: '', stderr: '' };
  const io: Io = {
    out: (words) => void (said.stdout += words),
    err: (words) => void (said.stderr += words),
    paint: { out: plain, err: plain },
    progress: () => undefined,
    ask: null,
  };
  try {
    if (text !== undefined) await writeFile(argument, text);
    const command = commands.find((one) => one.name === name);
    if (command === undefined) throw new Error(`no command ${name}`);
    const invocation: Invocation = {
      arguments: argument === '' ? [] : [argument],
      options: { ...(WRITES.has(name) ? { 'allow-disruption': true } : {}), ...options },
      // What a run that was killed has started may still be at work.
      settings: settingsFrom(process.env, { lockWaitMs: 60_000, ...timeoutIn(options) }),
    };
    return { exitCode: await command.run(invocation, io), ...said };
  } catch (error) {
    io.err(errorText(error));
    return { exitCode: error instanceof Refusal ? error.exitCode : EXIT.refused, ...said };
  }
}
