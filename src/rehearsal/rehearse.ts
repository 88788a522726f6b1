// Topologies in, each on a throw-away host of its own, whether their whole life goes well out. Runs inside a sandbox.
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, type Invocation, type Io } from '../commands/command.js';
import { Refusal } from '../errors.js';
import { escaped } from '../render/diagnostics.js';
import { surroundingsText } from '../render/surroundings.js';
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
  try {
    await setScene(players, surroundings, invocation.settings.timeoutMs);
    io.out(
      surroundingsText(
        surroundings,
        scripts.map(({ file }) => file),
      ),
    );
    return await new Rehearsal(players, surroundings.beyond, invocation, io).run();
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
  readonly #invocation: Invocation;
  readonly #io: Io;

  constructor(players: readonly Player[], beyond: readonly string[], invocation: Invocation, io: Io) {
    this.#players = players;
    this.#beyond = beyond;
    this.#invocation = invocation;
    this.#io = io;
  }

  async run(): Promise<number> {
    const before = await Promise.all(this.#players.map((player) => this.#snapshot(player)));
    const applied = await this.#stage('apply', ['apply', '--yes', '--no-checks']);
    if (applied !== EXIT.done) return applied;
    const checked = await this.#checks();
    const second = await this.#stage('the second plan, which has to be empty', [
      'plan',
      '--detailed-exitcode',
    ]);
    const destroyed = await this.#stage('destroy', ['destroy', '--yes']);
    const restored = await this.#compare(before);
    return this.#verdict([checked, second === EXIT.pending ? EXIT.broken : second, destroyed, restored]);
  }

  async #checks(): Promise<number> {
    const services = await startServices(this.#players, this.#beyond);
    const checked = await this.#stage('checks', ['verify']);
    await Promise.all(services.map((service) => service.end()));
    return checked;
  }

  /** The commands are those that a user would type. The first exit status that is not 0 counts. */
  async #stage(title: string, [command = '', ...options]: readonly string[]): Promise<number> {
    const { color, settings } = this.#invocation;
    const colors = color === undefined ? [] : [color ? '--color' : '--no-color'];
    const words = [command, ...options, '--timeout', String(settings.timeoutMs / 1000), ...colors];
    const results: number[] = [];
    for (const { file, host, input } of this.#players) {
      this.#heading(title, file);
      results.push(await host.attach([process.execPath, process.argv[1] ?? '', ...words, '--', file], input));
    }
    return results.find((status) => status !== EXIT.done) ?? EXIT.done;
  }

  /** What the kernel does in the background (a deleted namespace's links go after it) gets its time. */
  async #compare(before: readonly (readonly string[])[]): Promise<number> {
    const end = performance.now() + BACKGROUND_MS;
    for (const [i, player] of this.#players.entries()) {
      this.#heading('the sandbox, which has to be as it was', player.file);
      const compare = async (): Promise<string[]> =>
        differences(before[i] ?? [], await this.#snapshot(player));
      let left = await compare();
      while (left.length > 0 && performance.now() < end) {
        await delay(100);
        left = await compare();
      }
      this.#io.out(
        left.length === 0 ? 'Nothing is different.\n' : left.map((line) => `  ${escaped(line)}\n`).join(''),
      );
      if (left.length > 0) return EXIT.broken;
    }
    return EXIT.done;
  }

  async #snapshot({ host }: Player): Promise<readonly string[]> {
    const { exitCode, stdout, stderr } = await host.ask(
      ['sh', '-c', SNAPSHOT_SCRIPT],
      this.#invocation.settings.timeoutMs,
    );
    if (exitCode !== 0) throw new Refusal(`the sandbox cannot be read: ${stderr}`);
    return snapshotOf(stdout);
  }

  #heading(title: string, file: string): void {
    const where = this.#players.length === 1 ? '' : ` · ${escaped(file)}`;
    this.#io.out(`\n${this.#io.paint.out.strong(`── ${title}${where} ──`)}\n\n`);
  }

  #verdict(results: readonly number[]): number {
    const status = results.find((result) => result !== EXIT.done) ?? EXIT.done;
    const { good, error } = this.#io.paint.out;
    const passed = 'applied, checked, nothing left to do, destroyed, and the sandbox is as it was.';
    this.#io.out(
      status === EXIT.done ? `\n${good('Rehearsed:')} ${passed}\n` : `\n${error('The rehearsal failed.')}\n`,
    );
    return status;
  }
}
