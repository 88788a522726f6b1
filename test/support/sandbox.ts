// Throw-away hosts for live tests: nothing in, a running host out, into which commands are sent one by one.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { sandboxCommand } from '../../src/sandbox.js';
import { mayMakeNamespaces } from '../../src/sandbox/missing.js';
import { ovsdbRows, type OvsdbTable } from './ovsdb.js';
import { run, type Outcome, type RunOptions } from './process.js';

/** The root of the project, seen from `build/test/support`. */
export const projectRoot = path.resolve(import.meta.dirname, '../../..');

/** A network namespace of a throw-away host, in which commands run. */
export class Host {
  /** A process in the network, mount and user namespace of the host (but outside its process namespace). */
  readonly pid: number;
  readonly #env: NodeJS.ProcessEnv;
  readonly #netns: string;

  constructor(pid: number, env: NodeJS.ProcessEnv, netns = `/proc/${pid}/ns/net`) {
    this.pid = pid;
    this.#env = env;
    this.#netns = netns;
  }

  /** Runs a command; rejects when it fails, unless `allowFailure`. Its directory is `/` unless `cwd` says so. */
  async run(argv: readonly string[], { cwd, env, ...options }: RunOptions = {}): Promise<Outcome> {
    return run(this.#enter(argv, cwd), { ...options, env: { ...this.#env, ...env } });
  }

  /** Starts a command that goes on (a server, a capture); it ends with the host, or by `kill` of its group. */
  start(argv: readonly string[]): ChildProcess {
    const [program, ...words] = this.#enter(argv);
    return spawn(program, words, { stdio: 'pipe', detached: true, env: { ...process.env, ...this.#env } });
  }

  /** Runs a shell script that stops at its first failure; returns what it printed. */
  async sh(script: string, options: RunOptions = {}): Promise<string> {
    return (await this.run(['sh', '-e', '-c', script], options)).stdout;
  }

  /** `ip -j -d …`, parsed; an empty list where ip prints nothing. */
  async ip(...words: string[]) {
    const { stdout } = await this.run(['ip', '-j', '-d', ...words]);
    return JSON.parse(stdout.trim() || '[]');
  }

  /** `nft -j …`: the objects of its answer, without the version. */
  async nft(...words: string[]) {
    const { stdout } = await this.run(['nft', '-j', ...words]);
    const { nftables } = JSON.parse(stdout.trim() || '{"nftables":[]}');
    return nftables.filter((object: object) => !('metainfo' in object));
  }

  /** `ovs-vsctl …`: the rows of the table it prints, or else the text. Rejects when a port could not be made, too. */
  async ovs(...words: string[]) {
    const argv = ['ovs-vsctl', '--timeout=50', '--format=json', ...words];
    const { stdout, stderr } = await this.run(argv);
    // Older versions (3.1 is one) report that on standard error alone, with exit status 0.
    if (stderr.includes('Error detected')) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return stdout.startsWith('{"') ? ovsdbRows(JSON.parse(stdout) as OvsdbTable) : stdout.trim();
  }

  /** The built command line program, in the project's directory. */
  async netplan(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const program = path.join(projectRoot, 'dist/start.cjs');
    return this.run([process.execPath, program, ...words], { cwd: projectRoot, ...options });
  }

  /** A named network namespace of this host. */
  netns(name: string): Host {
    return new Host(this.pid, this.#env, `/proc/${this.pid}/root/run/netns/${name}`);
  }

  #enter(argv: readonly string[], cwd?: string): [string, ...string[]] {
    const namespaces = `/proc/${this.pid}/ns`;
    // The holder is unshare, which made the process namespace for its children and is not in it.
    const entries = [
      `--mount=${namespaces}/mnt`,
      `--pid=${namespaces}/pid_for_children`,
      `--net=${this.#netns}`,
    ];
    // nsenter leaves its command in the root directory; its own --wd would open the directory in the mounts outside.
    const directory = cwd === undefined ? [] : ['env', `--chdir=${cwd}`];
    return ['nsenter', ...userEntry(this.pid), ...entries, '--', ...directory, ...argv];
  }
}

/** A running throw-away host. `close` it in `t.teardown`; if that is forgotten it ends with the thread of the test file. */
export class Sandbox extends Host {
  readonly #keeper: ChildProcess;

  constructor(keeper: ChildProcess, env: NodeJS.ProcessEnv) {
    super(keeper.pid!, env);
    this.#keeper = keeper;
  }

  /** Ends the host; resolves when none of its processes is left. */
  async close(): Promise<void> {
    if (this.#keeper.exitCode !== null || this.#keeper.signalCode !== null) return;
    const end = once(this.#keeper, 'exit');
    // The last process ends with its input, process 1 with it, and the kernel lets that wait for all the others.
    this.#keeper.stdin!.end();
    await end;
  }
}

export interface SandboxWishes {
  /** Start an Open vSwitch (default true). */
  readonly ovs?: boolean;
  /** Which datapaths it may use: the userspace one alone (`netdev`, default) or the kernel's too. */
  readonly datapath?: 'netdev' | 'system';
  /** A host that this one is to be connected with (its user namespace holds this one's). */
  readonly beside?: Sandbox;
}

/** Starts a throw-away host. */
export async function openSandbox(wishes: SandboxWishes = {}): Promise<Sandbox> {
  const ovs = wishes.ovs === false ? 'none' : (wishes.datapath ?? 'netdev');
  const { argv, env } = sandboxCommand(['sh', '-c', 'echo ready; exec cat'], { ovs });
  const beside = wishes.beside === undefined ? [] : ['nsenter', ...userEntry(wishes.beside.pid), '--'];
  const [program = '', ...words] = [...beside, ...argv];
  const keeper = spawn(program, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [answer] = await Promise.race([once(keeper.stdout, 'data'), once(keeper, 'exit')]);
  if (!String(answer).startsWith('ready'))
    throw new Error(`no throw-away host: exit status ${String(answer)}`);
  return new Sandbox(keeper, env);
}

/** Lays a cable (a veth pair, both ends up) from `nameA` on `a` to `nameB` on `b`, which was opened beside `a`. */
export async function connect(a: Sandbox, b: Sandbox, nameA: string, nameB: string): Promise<void> {
  const cable = ['ip', 'link', 'add', nameA, 'type', 'veth', 'peer', 'name', nameB, 'netns', String(b.pid)];
  // Not in the process namespace of `a`, in which `b` has no number.
  await run(['nsenter', ...userEntry(a.pid), `--net=/proc/${a.pid}/ns/net`, '--', ...cable]);
  await Promise.all([a.run(['ip', 'link', 'set', nameA, 'up']), b.run(['ip', 'link', 'set', nameB, 'up'])]);
}

/** A host made by an ordinary user has a user namespace, in which that user is root. */
function userEntry(pid: number): string[] {
  if (mayMakeNamespaces()) return [];
  return [`--user=/proc/${pid}/ns/user`, '--preserve-credentials'];
}
