// This host in; what `apply --confirm` has changed there stays.
import { EXIT, WAIT, type Subcommand } from './command.js';

export const confirm: Subcommand = {
  name: 'confirm',
  summary: 'keep what `apply --confirm` has changed',
  description:
    'Calls off the revert that `apply --confirm` has armed. Exits with 1 when nothing waits to be confirmed (any more).',
  arguments: [],
  options: [
    { name: '--name', value: 'NAME', description: 'this topology alone; default: all that wait' },
    WAIT,
  ],
  examples: [
    {
      line: 'netplan-ovs confirm',
      shows: 'best from a new session, which proves that the host can be reached',
    },
  ],

  async run({ options: { name }, settings }, io) {
    const { withLock } = await import('../lock.js');
    const { confirmTrials } = await import('../trial.js');
    const { Refusal } = await import('../errors.js');
    const topologies = await withLock(settings, 'confirm', () =>
      confirmTrials(settings, typeof name === 'string' ? name : null),
    );
    if (topologies.length === 0) {
      throw new Refusal('nothing waits to be confirmed', {
        hint: 'it was confirmed or reverted already, or its apply has failed',
      });
    }
    for (const topology of topologies) io.out(`Confirmed: ${topology} stays as it is.\n`);
    return EXIT.done;
  },
};
