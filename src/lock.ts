// One run at a time: a file that the kernel locks for as long as a run lasts, and that says who runs.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal, ToolError } from './errors.js';
import type { Settings } from './settings.js';
import { ensureStateDir } from './state-dir.js';
import { keepRunning, type Kept } from './tools/run.js';

interface Holder {
  readonly pid: number;
  readonly what: string;
  readonly since: string;
}

/**
 * Runs `action` while no other run can write. Throws a Refusal with exit status 5 when another one does, and goes on doing so
 * for `settings.lockWaitMs`.
 */
export async function withLock<Result>(
  settings: Settings,
  what: string,
  action: () => Promise<Result>,
): Promise<Result> {
  await ensureStateDir(settings.stateDir);
  const file = join(settings.stateDir, 'lock');
  const lock = await take(file, settings.lockWaitMs);
  try {
    const me: Holder = { pid: process.pid, what, since: new Date().toISOString() };
    await writeFile(file, JSON.stringify(me), { mode: 0o600 });
    return await action();
  } finally {
    await lock.end();
  }
}

/** flock(1) of util-linux holds it, and ends with us, however we end: no lock is left behind that nobody holds. */
async function take(file: string, waitMs: number): Promise<Kept> {
  const patience = waitMs > 0 ? ['--wait', String(waitMs / 1000)] : ['--nonblock'];
  try {
    return await keepRunning(['flock', ...patience, file, 'sh', '-c', 'echo ready; exec cat']);
  } catch (error) {
    throw error instanceof ToolError && error.exitCode === CONFLICT ? held(await holderOf(file)) : error;
  }
}

/** What flock(1) exits with when another holds the lock. */
const CONFLICT = 1;

function held(holder: Holder | null): Refusal {
  const who = holder === null ? '' : `: process ${holder.pid} (${holder.what}), since ${holder.since}`;
  return new Refusal(`another run holds the lock${who}`, {
    hint: 'wait until it has ended; `--wait 30s` does that',
    exitCode: 5,
  });
}

/** Null when it has not yet said who it is. */
async function holderOf(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
