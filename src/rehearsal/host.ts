// A throw-away host for one topology: started, entered by commands, ended.
import { sandboxCommand, type SandboxCommand, type SandboxOptions } from '../sandbox.js';
import { keepRunning, run, runAttached, type Kept } from '../tools/run.js';
import { INPUT, type Outcome } from '../tools/tool.js';

export class RehearsalHost {
  readonly #kept: Kept;
  readonly #env: SandboxCommand['env'];

  private constructor(kept: Kept, env: SandboxCommand['env']) {
    this.#kept = kept;
    this.#env = env;
  }

  /** Starts a host with nothing but `lo` and, unless told otherwise, an empty Open vSwitch. It ends with this process at the latest. */
  static async start(options: SandboxOptions): Promise<RehearsalHost> {
    const { argv, env } = sandboxCommand(['sh', '-c', 'echo ready; exec cat'], options);
    return new RehearsalHost(await keepRunning(argv, env), env);
  }

  /** A file of it, seen from outside: that of its network namespace, or any other by its path. */
  fileOf(path: string | null): string {
    return `/proc/${this.#kept.pid}/${path === null ? 'ns/net' : `root${path}`}`;
  }

  /** Runs a command in it on our own output; resolves to its exit status. */
  attach(command: readonly string[], input = ''): Promise<number> {
    return runAttached(this.#enter(command), this.#env, input);
  }

  /** Runs a command in it, on an input; resolves to what it printed. */
  async ask(command: readonly string[], timeoutMs: number, input = ''): Promise<Outcome> {
    const entered = ['env', ...this.#variables(), ...this.#enter(command)];
    const argv = ['sh', '-c', 'input=$1; shift; exec "$@" <"$input"', 'sh', INPUT, ...entered];
    return run({ argv, netns: null, input }, { timeoutMs });
  }

  /** Starts a command in it that goes on, and waits until it is ready. */
  keep(command: readonly string[]): Promise<Kept> {
    return keepRunning(this.#enter(command), this.#env);
  }

  end(): Promise<void> {
    return this.#kept.end();
  }

  #variables(): string[] {
    return Object.entries(this.#env).map(([name, value]) => `${name}=${value}`);
  }

  /**
   * The process is unshare, which made the process namespace for its children and is not in it. Entering a mount namespace
   * leads to its root, and nsenter's own --wd would open a directory of the mounts outside.
   */
  #enter(command: readonly string[]): string[] {
    const namespaces = `/proc/${this.#kept.pid}/ns`;
    const entries = [
      `--net=${namespaces}/net`,
      `--mount=${namespaces}/mnt`,
      `--pid=${namespaces}/pid_for_children`,
    ];
    return ['nsenter', ...entries, '--', 'env', `--chdir=${process.cwd()}`, ...command];
  }
}
