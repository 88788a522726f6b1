// One run at a time: a file that the kernel locks for as long as a run lasts, or any process that it has started, and that says who runs.
import { closeSync, constants, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from './errors.js';
import { isRunning, thisRun, type RunId } from './run-id.js';
import type { Settings } from './settings.js';
import { ensureStateDir } from './state-dir.js';
import { lockFile, shareWithProcesses } from './tools/run.js';

interface Holder extends RunId {
  readonly what: string;
  readonly since: string;
}

/**
 * Runs `action` while no other run can write. Throws a Refusal with exit status 5 when another one does, and goes on doing so
 * for `settings.lockWaitMs`. However a run ends, the lock is free when it and the processes that it has started have ended: what a
 * killed run has begun to write comes to its end before the next one looks.
 */
export async function withLock<Result>(
  settings: Settings,
  what: string,
  action: () => Promise<Result>,
): Promise<Result> {
  await ensureStateDir(settings.stateDir);
  const file = join(settings.stateDir, 'lock');
  const lock = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  try {
    if (!(await lockFile(lock, settings.lockWaitMs))) throw held(await holderOf(file));
    shareWithProcesses(lock);
    const me: Holder = { ...thisRun(), what, since: new Date().toISOString() };
    await writeFile(file, JSON.stringify(me));
    return await action();
  } finally {
    shareWithProcesses(null);
    closeSync(lock);
  }
}

function held(holder: Holder | null): Refusal {
  const who = holder === null ? '' : `: process ${holder.pid} (${holder.what}), since ${holder.since}`;
  const isOrphaned = holder !== null && !isRunning(holder);
  const rest = isOrphaned ? '; it has ended, but a command that it has started goes on' : '';
  return new Refusal(`another run holds the lock${who}${rest}`, {
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
