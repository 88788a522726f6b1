// A topology in, a host without it out: what it owns is removed, what it changed in adopted things is put back.
import type { Intent } from '../survey.js';
import { NOWHERE, type Origin } from '../render/origin.js';
import {
  EXIT,
  FILE,
  FORMAT,
  INSECURE_FILE,
  ownersFor,
  WAIT,
  YES,
  type Invocation,
  type Io,
  type Subcommand,
} from './command.js';
import { ALLOW_DISRUPTION, MAX_DISRUPTION } from './guarded.js';

export const destroy: Subcommand = {
  name: 'destroy',
  summary: 'remove what a topology owns, put back what it changed',
  description:
    'Removes everything that the topology owns on this host, by the marks that the things themselves bear, and puts back what it changed in things that exist without it. Asks first on a terminal.',
  arguments: [{ ...FILE, optional: true }],
  options: [
    { name: '--name', value: 'NAME', description: 'the topology’s name, in place of a file' },
    YES,
    { name: '--no-rollback', description: 'leave what was done where a command fails' },
    ALLOW_DISRUPTION,
    MAX_DISRUPTION,
    INSECURE_FILE,
    WAIT,
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
    const { carryOut } = await import('./carry-out.js');
    const [file] = invocation.arguments;
    const { name } = invocation.options;
    if ((file === undefined) === (typeof name !== 'string')) {
      const { Refusal } = await import('../errors.js');
      throw new Refusal('destroy takes either a file or --name', {
        hint: '`netplan-ovs show` lists the topologies of this host',
      });
    }
    const target =
      typeof name === 'string' ? () => named(name, invocation) : () => readFrom(file ?? '', invocation, io);
    const what = `destroy ${file ?? String(name)}`;
    const carried = await carryOut(what, target, invocation, io);
    if (carried === null) return EXIT.refused;
    const { exitCode, surveyed, applied } = carried;
    if (invocation.options['format'] === 'json') {
      const { outcomeJson } = await import('../render/outcome.js');
      io.out(outcomeJson(surveyed, applied, null, NOWHERE));
    }
    return exitCode;
  },
};

interface Target {
  readonly intent: Intent;
  readonly origin: Origin;
}

async function named(topology: string, { settings }: Invocation): Promise<Target> {
  const { HOST } = await import('../model.js');
  const { readRecord } = await import('../record.js');
  const { protect = [] } = (await readRecord(settings.stateDir, topology)) ?? {};
  return {
    intent: { topology, bodies: [{ name: HOST, netns: null }], desired: [], protect },
    origin: NOWHERE,
  };
}

/** What the file wants of the host does not matter any more, nor whether the links that it seeks are still there. */
async function readFrom(file: string, invocation: Invocation, io: Io): Promise<Target | null> {
  const { readTopology } = await import('./open.js');
  const { bodyOf } = await import('../intent.js');
  const read = readTopology(file, io, ownersFor(invocation));
  if (read === null) return null;
  const { name: topology, bodies, protect } = read.topology;
  return { intent: { topology, bodies: bodies.map(bodyOf), desired: [], protect }, origin: NOWHERE };
}
