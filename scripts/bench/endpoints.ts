// Numbers of endpoints in, the times of making, looking at, changing and deleting them out: by netplan-ovs and by hand.
import { settingsFrom } from '../../src/settings.js';
import { readNamespace } from '../../src/tools/ip.js';
import { readDatabase } from '../../src/tools/ovs-database.js';
import { batchesOf, lineOf, plainBatches } from './batches.js';
import { clearAway, deleteStepwise, inTwoShells, makeStepwise } from './by-hand.js';
import { measurement, takeTurns, type Measurement, type Scale } from './measurement.js';
import { file, netplan, run, script, timed } from './processes.js';
import { endpointsOf, topologyOf, type Bridge } from './topology.js';

export function* endpoints({ sizes, quick }: Scale): Generator<Measurement> {
  for (const size of sizes) {
    for (const bridge of ['linux', 'ovs'] as const) yield* scene(size, bridge, roundsFor(size, quick));
  }
}

interface Rounds {
  /** Of what takes a minute and is the baseline of the large ratios. */
  readonly slow: number;
  readonly writing: number;
  readonly reading: number;
}

function roundsFor(size: number, quick: boolean): Rounds {
  if (quick) return { slow: 1, writing: 3, reading: 3 };
  return size < 1000 ? { slow: 3, writing: 5, reading: 7 } : { slow: 1, writing: 3, reading: 5 };
}

function* scene(size: number, bridge: Bridge, rounds: Rounds): Generator<Measurement> {
  const name = `${size} endpoints, ${bridge}`;
  const topology = file('endpoints.yaml', topologyOf(size, bridge));
  const seconds = (runs: Readonly<Record<string, readonly number[]>>): Measurement[] =>
    Object.entries(runs).map(([what, numbers]) => measurement(name, what, 's', numbers));

  const make = script('make', makeStepwise(size, bridge));
  const remove = script('delete', deleteStepwise(size, bridge));
  const stepwise = takeTurns(rounds.slow, {
    'one `ip` per step': () => timed(make),
    'deleting one by one': () => quietly(size, () => timed(remove)),
  });
  yield* seconds(stepwise);

  const clear = script('clear', clearAway(size, bridge));
  const plain = script('plain.sh', plainBatches(size, bridge));
  const batches = script('feed', batchesOf(topology));
  const apply = netplan('apply', '--yes', topology);
  const destroy = netplan('destroy', '--yes', topology);
  const destroying: number[] = [];
  const alike = (making: readonly string[]) => (): number => {
    const made = timed(making);
    destroying.push(quietly(size, () => timed(destroy)));
    return made;
  };
  const writing = takeTurns(rounds.writing, {
    'batches as written by hand': () => first(timed(plain), run(clear)),
    'the same batches by hand': alike(batches),
    apply: alike(apply),
  });
  yield* seconds({ ...writing, destroy: destroying });

  run(apply);
  quietly(size, () => 0);
  yield* seconds(looking(size, bridge, topology, rounds.reading));
  run(destroy);
}

/**
 * A thousand new ends on one bridge go on soliciting routers for 12 s (RFC 4861: three times, every 4 s), each heard by all:
 * that is over before the next thing is measured.
 */
function quietly<Result>(size: number, action: () => Result): Result {
  if (size >= 1000) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 13_000);
  return action();
}

/** What is measured, with something else done after it. */
const first = (measured: number, _after: unknown): number => measured;

function looking(
  size: number,
  bridge: Bridge,
  topology: string,
  rounds: number,
): Record<string, readonly number[]> {
  const more = file('more.yaml', topologyOf(size + 1, bridge));
  const read = script('read', inTwoShells(readingOf(size, bridge), '/run/bench/read'));
  return takeTurns(rounds, {
    'reading by hand': () => timed(read),
    'plan, nothing to change': () => timed(netplan('plan', topology)),
    'plan, one endpoint more': () => timed(netplan('plan', more)),
    'apply, one endpoint more': () => timed(netplan('apply', '--yes', more)),
    'apply, one endpoint less': () => timed(netplan('apply', '--yes', topology)),
  });
}

/** One `ip -batch` for each namespace: the fastest way found with Debian's tools. */
function readingOf(size: number, bridge: Bridge): string[] {
  const batch = file('read.batch', readNamespace(null).input ?? '');
  const inside = endpointsOf(size).map(({ namespace }) => `/run/netns/${namespace}`);
  return [
    ...(bridge === 'ovs' ? [lineOf(readDatabase(settings))] : []),
    ...[null, ...inside].map((netns) => lineOf(readNamespace(netns), batch)),
  ];
}

const settings = settingsFrom(process.env);
