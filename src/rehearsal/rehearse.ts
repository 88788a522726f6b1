// Topologies in, each on a throw-away host of its own, whether their whole life goes well out. Runs inside a sandbox.
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, type Invocation, type Io } from '../commands/command.js';
import { Refusal } from '../errors.js';
import { People, Program, type Audience, type Stage } from './audience.js';
import { RehearsalHost } from './host.js';
import { setScene, type Player } from './scene.js';
import { startServices } from './services.js';
import { differences, snapshotOf, SNAPSHOT_SCRIPT } from './snapshot.js';
import { surroundingsOf } from './stand-ins.js';

/** A topology before it has its host. */
export type Script = Omit<Player, 'host'>;

/** Applies, checks, plans again, destroys and compares, each stage on all hosts. Resolves to the exit status. */
export async function rehearse(scripts: readonly Script[], invocation: Invocation, io: Io): Promise<number> {
  const surroundings = surroundingsOf(scripts.map(({ topology }) => topology));
  const players = await Promise.all(scripts.map((script) => withHost(script, invocation)));
  const files = scripts.map(({ file }) => file);
  const isProgram = invocation.options['format'] === 'json';
  const audience = isProgram ? new Program(io) : new People(files, invocation, io);
  try {
    await setScene(players, surroundings, invocation.settings.timeoutMs);
    audience.begin(surroundings);
    const { timeoutMs } = invocation.settings;
    return await new Rehearsal(players, surroundings.beyond, timeoutMs, audience).run();
  } finally {
    await Promise.all(players.map(({ host }) => host.end()));
  }
}

async function withHost(script: Script, { settings }: Invocation): Promise<Player> {
  const ovs = needsOvs(script) ? settings.ovsDatapath : 'none';
  const reachable = [dirname(resolve(script.file))];
  return { ...script, host: await RehearsalHost.start({ ovs, reachable }) };
}

/** Whether a topology has an Open vSwitch bridge. */
export const needsOvs = ({ topology: { bodies, names } }: Script): boolean =>
  bodies.some(({ name }) => names.links(name).some(({ bridge }) => bridge === 'ovs'));

/** How long the kernel may take to clear up after what has been deleted, in ms. */
const BACKGROUND_MS = 5000;

class Rehearsal {
  readonly #players: readonly Player[];
  readonly #beyond: readonly string[];
  readonly #timeoutMs: number;
  readonly #audience: Audience;

  constructor(players: readonly Player[], beyond: readonly string[], timeoutMs: number, audience: Audience) {
    this.#players = players;
    this.#beyond = beyond;
    this.#timeoutMs = timeoutMs;
    this.#audience = audience;
  }

  async run(): Promise<number> {
    const before = await Promise.all(this.#players.map((player) => this.#snapshot(player)));
    const applied = await this.#stage('apply', ['apply', '--yes', '--no-checks']);
    const results = applied === EXIT.done ? await this.#afterApply(before) : [applied];
    const status = results.find((result) => result !== EXIT.done) ?? EXIT.done;
    this.#audience.end(status);
    return status;
  }

  async #afterApply(before: readonly (readonly string[])[]): Promise<readonly number[]> {
    const services = await startServices(this.#players, this.#beyond);
    const checked = await this.#stage('checks', ['verify']);
    await Promise.all(services.map((service) => service.end()));
    const second = await this.#stage('secondPlan', ['plan', '--detailed-exitcode']);
    const destroyed = await this.#stage('destroy', ['destroy', '--yes']);
    const restored = await this.#compare(before);
    return [checked, second === EXIT.pending ? EXIT.broken : second, destroyed, restored];
  }

  /** The first exit status that is not 0 counts. */
  async #stage(stage: Stage, command: readonly string[]): Promise<number> {
    const words = [...command, '--timeout', String(this.#timeoutMs / 1000)];
    const results: number[] = [];
    for (const player of this.#players) results.push(await this.#audience.watch(stage, player, words));
    return results.find((status) => status !== EXIT.done) ?? EXIT.done;
  }

  /** What the kernel does in the background (a deleted namespace's links go after it) gets its time. */
  async #compare(before: readonly (readonly string[])[]): Promise<number> {
    const end = performance.now() + BACKGROUND_MS;
    const remains: string[] = [];
    for (const [i, player] of this.#players.entries()) {
      const compare = async (): Promise<string[]> =>
        differences(before[i] ?? [], await this.#snapshot(player));
      let left = await compare();
      while (left.length > 0 && performance.now() < end) {
        await delay(100);
        left = await compare();
      }
      this.#audience.compared(player, left);
      remains.push(...left);
    }
    return remains.length > 0 ? EXIT.broken : EXIT.done;
  }

  async #snapshot({ host }: Player): Promise<readonly string[]> {
    const { exitCode, stdout, stderr } = await host.ask(['sh', '-c', SNAPSHOT_SCRIPT], this.#timeoutMs);
    if (exitCode !== 0) throw new Refusal(`the sandbox cannot be read: ${stderr}`);
    return snapshotOf(stdout);
  }
}
