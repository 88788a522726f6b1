// A change that was made on trial in; whether it stays out, where somebody sits who can say so.
import { isPending, readJournal, type Journal } from '../journal.js';
import { plural } from '../render/fold.js';
import type { Settings } from '../settings.js';
import { EXIT, type Invocation, type Io } from './command.js';

/** Asks on a terminal until the time is over, otherwise says how to confirm it. Returns the exit status of the apply. */
export async function decided(
  withinMs: number,
  topology: string,
  invocation: Invocation,
  io: Io,
): Promise<number> {
  const time = plural('second', Math.round(withinMs / 1000));
  if (io.ask === null || invocation.options['yes'] === true) {
    io.err(`It is reverted in ${time} unless it is confirmed: \`netplan-ovs confirm --name ${topology}\`\n`);
    return EXIT.done;
  }
  const question = `Keep ${topology} as it is now? Without an answer it is reverted in ${time}.`;
  const isWanted = await io.ask(question, withinMs);
  const settings = { ...invocation.settings, lockWaitMs: LOCK_WAIT };
  if (isWanted) await keep(topology, settings);
  else {
    const status = await revertNow(topology, () => true, { ...invocation, settings }, io);
    if (status !== null && status !== EXIT.done) return status;
  }
  const journal = await readJournal(settings.stateDir, topology);
  if (journal === null) {
    io.err(`Reverted: ${topology} is as it was before.\n`);
    return EXIT.restored;
  }
  if (journal.isConfirmed) {
    io.err(`Confirmed: ${topology} stays as it is.\n`);
    return EXIT.done;
  }
  io.err(`It could not be reverted: \`netplan-ovs rollback --name ${topology}\` says why.\n`);
  return EXIT.broken;
}

/** In ms: who reverts it may be at it. */
const LOCK_WAIT = 600_000;

async function keep(topology: string, settings: Settings): Promise<void> {
  const { withLock } = await import('../lock.js');
  const { confirmTrials } = await import('../trial.js');
  await withLock(settings, 'confirm', () => confirmTrials(settings, topology));
}

/** Undoes what nobody has confirmed and is due, seen under the lock. Returns the exit status; null when there was no such thing. */
export async function revertNow(
  topology: string,
  isDue: (journal: Journal) => boolean,
  { settings, options }: Invocation,
  io: Io,
): Promise<number | null> {
  const { carryOut } = await import('./carry-out.js');
  const { NOWHERE } = await import('../render/origin.js');
  const carried = await carryOut(
    'revert',
    async () => {
      const journal = await readJournal(settings.stateDir, topology);
      const isOver = journal === null || !isPending(journal) || !isDue(journal);
      return isOver ? null : { intent: journal.before, origin: NOWHERE, undoes: journal };
    },
    { arguments: [], settings, options: { ...options, yes: true } },
    io,
  );
  return carried?.exitCode ?? null;
}
