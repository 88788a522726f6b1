// One run at a time: a file that says who runs. Its owner's death frees it.
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from './errors.js';
import type { Settings } from './settings.js';

interface Holder {
  readonly pid: number;
  /** Clock ticks after boot at which the process began (proc(5), field 22): a pid alone may be somebody else's by now. */
  readonly began: string;
  readonly what: string;
  readonly since: string;
}

/** Runs `action` while no other run can write. Throws a Refusal with exit status 5 when another one does. */
export async function withLock<Result>(
  settings: Settings,
  what: string,
  action: () => Promise<Result>,
): Promise<Result> {
  await mkdir(settings.stateDir, { recursive: true, mode: 0o700 });
  const file = join(settings.stateDir, 'lock');
  await take(file, {
    pid: process.pid,
    began: await beginOf(process.pid),
    what,
    since: new Date().toISOString(),
  });
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string, me: Holder): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(JSON.stringify(me));
      await handle.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = await holderOf(file);
    if (holder !== null && (await beginOf(holder.pid)) === holder.began) throw held(holder);
    await rm(file, { force: true });
  }
  throw new Refusal('the lock keeps being taken by others', { exitCode: 5 });
}

const held = ({ pid, what, since }: Holder): Refusal =>
  new Refusal(`another run holds the lock: process ${String(pid)} (${what}), since ${since}`, {
    hint: 'wait until it has ended',
    exitCode: 5,
  });

/** Null when the file has gone or was never finished. */
async function holderOf(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

async function beginOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
