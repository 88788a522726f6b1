// A topology in, a host without it out: what it owns is removed, what it changed in adopted things is put back.
import type { Intent } from '../survey.js';
import { NOWHERE, type Origin } from '../render/origin.js';
import { EXIT, FILE, FORMAT, YES, type Invocation, type Io, type Subcommand } from './command.js';

export const destroy: Subcommand = {
  name: 'destroy',
  summary: 'remove what a topology owns, put back what it changed',
  description:
    'Removes everything that the topology owns on this host, by the marks that the things themselves bear, and puts back what it changed in things that exist without it. Asks first on a terminal.',
  arguments: [{ ...FILE, optional: true }],
  options: [
    { name: '--name', value: 'NAME', description: 'the topology’s name, in place of a file' },
    YES,
    FORMAT,
  ],
  examples: [
    { line: 'netplan-ovs destroy topology.yaml', shows: 'what the file made goes' },
    {
      line: 'netplan-ovs destroy --name lab --yes',
      shows: 'the same without the file, and without a question',
    },
  ],

  async run(invocation, io) {
    const [target, { carryOut }] = [await targetOf(invocation, io), await import('./carry-out.js')];
    if (target === null) return EXIT.refused;
    const { intent, origin } = target;
    const { exitCode, surveyed, applied } = await carryOut(
      { what: `destroy ${intent.topology}`, intent, origin },
      invocation,
      io,
    );
    if (invocation.options['format'] === 'json') {
      const { outcomeJson } = await import('../render/outcome.js');
      io.out(outcomeJson(surveyed, applied, null, origin));
    }
    return exitCode;
  },
};

async function targetOf(
  { arguments: [file], options }: Invocation,
  io: Io,
): Promise<{ intent: Intent; origin: Origin } | null> {
  const { Refusal } = await import('../errors.js');
  const { name } = options;
  if ((file === undefined) === (typeof name !== 'string')) {
    throw new Refusal('destroy takes either a file or --name', {
      hint: '`netplan-ovs show` lists the topologies of this host',
    });
  }
  if (typeof name === 'string') {
    const { HOST } = await import('../model.js');
    return {
      intent: { topology: name, bodies: [{ name: HOST, netns: null }], desired: [] },
      origin: NOWHERE,
    };
  }
  // What the file wants of the host does not matter any more, nor whether the links that it seeks are still there.
  const { readTopology } = await import('./open.js');
  const { bodyOf } = await import('../intent.js');
  const read = readTopology(file ?? '', io);
  if (read === null) return null;
  const { name: topology, bodies } = read.topology;
  return { intent: { topology, bodies: bodies.map(bodyOf), desired: [] }, origin: NOWHERE };
}
