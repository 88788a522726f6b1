// Killed at any instant: the next run puts all right, and nothing of anybody else's is touched.
import type { ExecutionContext } from 'ava';
import { Cli } from '../support/cli.js';
import { first, isChosenByOvs, NIC, second } from '../support/change.js';
import { liveTest } from '../support/live-test.js';
import { Session, type Document } from '../support/session.js';
import { changesSince, snapshot } from '../support/snapshot.js';

/** How many runs are killed; more of them find more: `KILLS=3000 SEED=7`. An emulated processor takes long for each. */
const kills = Number(process.env['KILLS'] ?? (process.env['LAB_GUEST'] === '1' ? 16 : 300));
/** One and the same, so that no change is blamed for what it did not do; `SEED=$RANDOM` looks further. */
const seed = Number(process.env['SEED'] ?? 4);

/** Hosts side by side. */
const HOSTS = 4;

const FILES: Readonly<Record<string, Document>> = { 'first.yaml': first, 'second.yaml': second };

for (let host = 0; host < HOSTS; host += 1) {
  const runs = Math.ceil(kills / HOSTS);
  liveTest(
    `after a kill at any instant the next run puts all right (${runs} kills, seed ${seed + host})`,
    { needs: ['veth', 'bridge', 'vxlan', 'nat', 'ovs', 'ifb'], timeout: 120 },
    (t) => killed(t, runs, chances(seed + host)),
  );
}

async function killed(t: ExecutionContext, runs: number, chance: () => number): Promise<void> {
  const cli = await Cli.open(t, {});
  await cli.box.sh(NIC);
  for (const [file, topology] of Object.entries(FILES))
    await cli.write(`/run/${file}`, JSON.stringify(topology));
  const session = new Session(cli.box);
  const among = <Item>(items: readonly Item[]): Item => items[Math.floor(chance() * items.length)] as Item;
  const bare = await snapshot(cli.box);
  let longest = 1;
  let hit = 0;
  for (let i = 0; i < runs; i += 1) {
    const words = among([
      ['apply', 'first.yaml'],
      ['apply', 'second.yaml'],
      ['destroy', '--name', 'lab'],
    ]);
    // Most of the time is its start, in which nothing can go wrong.
    const delay = longest * (0.1 + 0.9 * chance());
    const { isKilled, seconds } = await killAfter(cli, delay, words);
    if (isKilled) hit += 1;
    else longest = Math.max(seconds, longest * 0.9);
    const topology = among(Object.values(FILES));
    if (i % 3 === 1) await rollsBack(session, t);
    await session.apply(topology);
    t.deepEqual(await session.plan(topology), [], `after kill ${i}, ${delay} s into ${words.join(' ')}`);
    if (i % 5 === 4) {
      await session.destroy('lab');
      t.deepEqual(await changesSince(bare, cli.box, {}, isChosenByOvs), [], `destroyed after kill ${i}`);
    }
  }
  await session.destroy('lab');
  t.deepEqual(await changesSince(bare, cli.box, {}, isChosenByOvs), []);
  t.log(`${hit} of ${runs} were killed before their end`);
  t.true(hit > runs / 4);
}

/** Also where there is nothing to undo. */
async function rollsBack(session: Session, t: ExecutionContext): Promise<void> {
  const { exitCode, stderr, stdout } = await session.run({
    command: 'rollback',
    argument: '',
    options: { format: 'text' },
  });
  t.true(exitCode === 0 || stderr.includes('there is no apply or destroy'), stderr + stdout);
}

/** Starts the program and kills it after some seconds; whether it was still there, and how long it took where it was not. */
async function killAfter(cli: Cli, delay: number, words: readonly string[]) {
  const script = `
    began=$(date +%s%N)
    "$@" >/dev/null 2>&1 & run=$!
    (sleep "$DELAY"; kill -9 $run) >/dev/null 2>&1 & killer=$!
    status=0; wait $run || status=$?
    kill $killer 2>/dev/null || :
    echo $status $(($(date +%s%N) - began))`;
  const program = [process.execPath, cli.program, ...words, '--wait', '60s', '--allow-disruption'];
  const outcome = await cli.box.run(['sh', '-c', script, 'sh', ...program], {
    cwd: '/run',
    env: { DELAY: delay.toFixed(3) },
  });
  const [status = 0, nanoseconds = 0] = outcome.stdout.trim().split(' ').map(Number);
  return { isKilled: status === 128 + 9, seconds: nanoseconds / 1e9 };
}

/** Numbers from 0 to 1 that are the same each time (a linear congruential generator, as Numerical Recipes has it). */
function chances(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
