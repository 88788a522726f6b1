// A throw-away host with the program in it: topologies in, what must be true of each asserted.
import type { ExecutionContext } from 'ava';
import type { Outcome } from './process.js';
import { openSandbox, type Sandbox, type SandboxWishes } from './sandbox.js';
import { changeLine, Session, type Document } from './session.js';
import { changesSince, snapshot } from './snapshot.js';

/** Name of every topology on a stage, unless it says another one. */
export const TOPOLOGY = 'edge';

export interface Stage {
  readonly host: Sandbox;
  readonly session: Session;
  /** `apply`, whatever comes of it. */
  apply(topology: Document): Promise<Outcome>;
  /** Applied, the host is as the topology says: the next plan is empty. */
  settles(topology: Document): Promise<void>;
  /** Before the first write the program gives up with status 1 and these words; the host is as it was. */
  refuses(topology: Document, words: RegExp): Promise<void>;
  /** What the next plan would do, a line for each change. */
  plans(topology: Document): Promise<string[]>;
  /** Applied and destroyed; what happens between is up to `between`. Nothing is left, and nothing lacks. */
  lives(topology: Document, between?: () => Promise<void>): Promise<void>;
  destroys(): Promise<void>;
}

/** Opens a host, without Open vSwitch unless it is wished for, in which a script of shell has been run. */
export async function stage(
  t: ExecutionContext,
  script = '',
  wishes: SandboxWishes = { ovs: false },
): Promise<Stage> {
  const host = await openSandbox(wishes);
  t.teardown(() => host.close());
  if (script !== '') await host.sh(script);
  const session = new Session(host);
  const whole = (topology: Document): Document => ({ version: 1, name: TOPOLOGY, ...topology });

  const apply = (topology: Document): Promise<Outcome> =>
    session.run({
      command: 'apply',
      argument: '/run/topology.yaml',
      text: JSON.stringify(whole(topology), null, 1),
      options: { format: 'text', 'no-checks': true },
    });
  const plans = async (topology: Document): Promise<string[]> =>
    (await session.plan(whole(topology))).map(changeLine);
  const settles = async (topology: Document): Promise<void> => {
    const { exitCode, stderr, stdout } = await apply(topology);
    t.is(exitCode, 0, stderr + stdout);
    t.deepEqual(await plans(topology), []);
  };
  const destroys = (): Promise<void> => session.destroy(TOPOLOGY);
  return {
    host,
    session,
    apply,
    plans,
    settles,
    destroys,
    async refuses(topology, words) {
      const before = await snapshot(host);
      const { exitCode, stderr, stdout } = await apply(topology);
      t.is(exitCode, 1, stderr + stdout);
      t.regex(stderr, words);
      t.deepEqual(await changesSince(before, host), []);
    },
    async lives(topology, between = () => Promise.resolve()) {
      const before = await snapshot(host);
      await settles(topology);
      await between();
      await destroys();
      t.deepEqual(await changesSince(before, host), []);
    },
  };
}

/** A NIC `up0` that is somebody else's, up, and a cable to `far`, its other end. */
export const NIC = 'ip link add up0 type veth peer name far; ip link set up0 up; ip link set far up';
