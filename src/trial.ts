// Changes that last only when they are confirmed: who reverts one is started before the first write, and called off later.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order } from './apply.js';
import { Refusal } from './errors.js';
import { isPending, journals, note, readJournal } from './journal.js';
import type { Settings } from './settings.js';
import { launch } from './tools/run.js';

/** The command that waits and reverts. */
export const REVERT = 'revert-unless-confirmed';

/** A trial that has `withinMs`, from the end of the run on, to be confirmed. */
export function trialOf(topology: string, withinMs: number, settings: Settings): NonNullable<Order['trial']> {
  const token = randomUUID();
  return { token, withinMs, arm: () => arm(topology, token, settings) };
}

/** Starts who reverts it, and waits until that one has said in the journal that it is there. */
async function arm(topology: string, token: string, settings: Settings): Promise<void> {
  const { stateDir, ovsDb, ovsRundir, ovsDatapath, timeoutMs } = settings;
  const [program = ''] = process.argv.slice(1);
  const words = [REVERT, '--name', topology, '--token', token, '--timeout', `${timeoutMs}ms`];
  const database = ovsDb === null ? [] : ['--ovs-db', ovsDb];
  const log = join(stateDir, `${topology}.revert.log`);
  const env = { OVS_RUNDIR: ovsRundir, NETPLAN_OVS_DATAPATH: ovsDatapath };
  await launch([process.execPath, program, ...words, ...database], log, env);
  for (const end = performance.now() + PATIENCE; performance.now() < end;) {
    if (((await readJournal(stateDir, topology))?.watcher ?? 0) !== 0) return;
    await sleep(PAUSE);
  }
  throw new Refusal('the process that would revert the change did not start; nothing was done', {
    hint: `what it said is in ${log}`,
  });
}

/** In ms. */
const PATIENCE = 30_000;
const PAUSE = 20;

/** Until somebody has said whether a change stays, nothing else is built upon it. */
export async function requireDecided(topology: string, { stateDir }: Settings): Promise<void> {
  const journal = await readJournal(stateDir, topology);
  if (journal === null || !isPending(journal)) return;
  throw new Refusal(`the last change to ${topology} (${journal.what}) waits to be confirmed`, {
    hint: 'say `netplan-ovs confirm`, or `netplan-ovs rollback`',
  });
}

/** Keeps what waits to be confirmed, of one topology or (null) of all; their names. Whoever calls this holds the lock. */
export async function confirmTrials({ stateDir }: Settings, name: string | null): Promise<string[]> {
  const waiting = (await journals(stateDir)).filter(
    (journal) => isPending(journal) && journal.isComplete && (name === null || journal.topology === name),
  );
  for (const { topology } of waiting) note(stateDir, topology, { isConfirmed: true });
  return waiting.map(({ topology }) => topology);
}
