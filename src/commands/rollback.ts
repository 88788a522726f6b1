// This host in, the host as it was before the last apply or destroy out.
import { NOWHERE } from '../render/origin.js';
import type { Task } from './carry-out.js';
import { EXIT, FORMAT, WAIT, YES, type Subcommand } from './command.js';

export const rollback: Subcommand = {
  name: 'rollback',
  summary: 'put back what was there before the last apply or destroy',
  description:
    'Makes again what the last apply or destroy of a topology removed, removes what it made, and puts back what it changed; also where that run was killed on the way. Asks first on a terminal. What has come since, by others, stays.',
  arguments: [],
  options: [
    {
      name: '--name',
      value: 'NAME',
      description: 'the topology whose last run is undone; default: that of the latest run',
    },
    YES,
    { name: '--no-rollback', description: 'leave what was done where a command fails' },
    WAIT,
    FORMAT,
  ],
  examples: [
    { line: 'netplan-ovs rollback', shows: 'what is undone, a question, and then it is' },
    { line: 'netplan-ovs rollback --name lab --yes', shows: 'that of one topology, without the question' },
  ],

  async run(invocation, io) {
    const { carryOut } = await import('./carry-out.js');
    const { name } = invocation.options;
    const prepare = (): Promise<Task> => taskOf(invocation.settings.stateDir, name);
    const carried = await carryOut('rollback', prepare, invocation, io);
    if (carried === null) return EXIT.refused;
    const { exitCode, surveyed, applied } = carried;
    if (invocation.options['format'] === 'json') {
      const { outcomeJson } = await import('../render/outcome.js');
      io.out(outcomeJson(surveyed, applied, null, NOWHERE));
    }
    return exitCode;
  },
};

async function taskOf(stateDir: string, name: unknown): Promise<Task> {
  const { journals, readJournal } = await import('../journal.js');
  const { Refusal } = await import('../errors.js');
  const journal =
    typeof name === 'string' ? await readJournal(stateDir, name) : (await journals(stateDir))[0];
  if (journal == null) {
    const whose = typeof name === 'string' ? ` of ${name}` : '';
    throw new Refusal(`there is no apply or destroy${whose} to undo`, {
      hint: 'the last one was undone already, or the host was started anew since',
    });
  }
  return { intent: journal.before, origin: NOWHERE, undoes: journal };
}
