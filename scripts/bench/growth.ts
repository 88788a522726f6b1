// Nothing in; the time and memory of our own work on many resources out: what is read of the host was recorded and is multiplied.
import path from 'node:path';
import { readNamespace } from '../../src/tools/ip.js';
import { lineOf } from './batches.js';
import { measurement, type Measurement, type Scale } from './measurement.js';
import type { Recorded, Situation, Spent } from './own-work.js';
import { file, netplan, run, script } from './processes.js';
import { RESOURCES_EACH, topologyOf } from './topology.js';

const worker = path.resolve(import.meta.dirname, 'own-work.js');

export function* growth({ quick }: Scale): Generator<Measurement> {
  const resources = quick ? 12_500 : 50_000;
  const rounds = quick ? 2 : 3;
  const scene = `${resources} resources`;
  const recorded = record();
  const spent = (situation: Situation, share = 1): Spent[] => {
    const count = Math.round((resources * share) / RESOURCES_EACH);
    const topology = file(`growth-${count}.yaml`, topologyOf(count, 'linux'));
    return Array.from({ length: rounds }, () => ownWork(topology, situation, count, recorded));
  };
  const unchanged = spent('nothing to change');
  const fromNothing = spent('from nothing');
  const quarter = spent('from nothing', 1 / 4);
  const seconds = (all: readonly Spent[], factor = 1): number[] => all.map((one) => one.seconds * factor);
  yield measurement(scene, 'own work, nothing to change', 's', seconds(unchanged));
  yield measurement(scene, 'own work, from nothing', 's', seconds(fromNothing));
  yield measurement(scene, 'four times that for a quarter', 's', seconds(quarter, 4));
  const memory = [...unchanged, ...fromNothing].map(({ megabytes }) => megabytes);
  yield measurement(scene, 'peak memory', 'MB', [Math.max(...memory)]);
}

const ownWork = (topology: string, situation: Situation, count: number, recorded: string): Spent =>
  JSON.parse(run([process.execPath, worker, topology, situation, String(count), recorded])) as Spent;

function record(): string {
  const topology = file('one.yaml', topologyOf(1, 'linux'));
  const { argv, input = '' } = readNamespace(null);
  const read = (netns: string | null): string =>
    run(script('record', lineOf({ argv, netns }, file('batch', input))));
  const empty = read(null);
  run(netplan('apply', '--yes', topology));
  const recorded: Recorded = { empty, host: read(null), namespace: read('/run/netns/ns1') };
  run(netplan('destroy', '--yes', topology));
  return file('recorded.json', JSON.stringify(recorded));
}
