// A trial in; the host as it was before it out, unless somebody confirms it in time. Started by `apply --confirm` alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { isPending, journalReader, monotonicMs, note, type Journal } from '../journal.js';
import { REVERT } from '../trial.js';
import { EXIT, type Invocation, type Io, type Subcommand } from './command.js';

export const revert: Subcommand = {
  name: REVERT,
  hidden: true,
  summary: 'wait until a change is confirmed, or revert it',
  description: 'Started by `apply --confirm`.',
  arguments: [],
  options: [
    { name: '--name', value: 'NAME', description: 'the topology' },
    { name: '--token', value: 'TOKEN', description: 'which of its trials' },
  ],
  examples: [],

  async run(invocation, io) {
    process.on('SIGHUP', () => undefined);
    const { stateDir } = invocation.settings;
    const topology = String(invocation.options['name']);
    const { token } = invocation.options;
    const began = monotonicMs();
    const isOurs = (journal: Journal): boolean => journal.trial?.token === token;
    const leftOf = (journal: Journal): number => endOf(journal, began) - monotonicMs();
    const read = journalReader(stateDir, topology);
    for (let failures = 0; failures < TRIES;) {
      const journal = await read();
      if (journal === null || !isOurs(journal) || !isPending(journal)) return EXIT.done;
      if (journal.watcher === 0) note(stateDir, topology, { watcher: process.pid });
      const left = leftOf(journal);
      if (left > 0) {
        await sleep(Math.min(left, PAUSE));
        continue;
      }
      const isReverted = await reverts(topology, (due) => isOurs(due) && leftOf(due) <= 0, invocation, io);
      if (isReverted) continue;
      failures += 1;
      await sleep(AFTER_FAILURE);
    }
    return EXIT.broken;
  },
};

/** Of a run that was killed, or that hangs, the time counts from its beginning. */
const endOf = ({ deadline, trial }: Journal, began: number): number =>
  deadline ?? began + (trial?.withinMs ?? 0);

/** What is not due any more under the lock is looked at again. False when it did not succeed. */
async function reverts(
  topology: string,
  isDue: (journal: Journal) => boolean,
  invocation: Invocation,
  io: Io,
): Promise<boolean> {
  const { revertNow } = await import('./decided.js');
  const { errorText } = await import('../render/error.js');
  const settings = { ...invocation.settings, lockWaitMs: LOCK_WAIT };
  try {
    const status = await revertNow(topology, isDue, { ...invocation, settings }, { ...io, ask: null });
    return status === null || status === EXIT.done;
  } catch (error) {
    io.err(errorText(error));
    return false;
  }
}

/** In ms. */
const PAUSE = 200;
const AFTER_FAILURE = 1000;
const LOCK_WAIT = 3_600_000;

/** What cannot be reverted now, perhaps can in a moment. */
const TRIES = 30;
