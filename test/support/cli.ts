// The program on a throw-away host as a user runs it: words in, exit status and output out; topologies as texts.
import type { ExecutionContext } from 'ava';
import { once } from 'node:events';
import path from 'node:path';
import { FALLBACK_DEVICES } from '../../src/kinds/fallback-devices.js';
import type { Outcome, RunOptions } from './process.js';
import { openSandbox, projectRoot, type Sandbox, type SandboxWishes } from './sandbox.js';

export const program = path.join(projectRoot, 'dist/start.cjs');

export class Cli {
  readonly t: ExecutionContext;
  readonly box: Sandbox;
  readonly program = program;

  private constructor(t: ExecutionContext, box: Sandbox) {
    this.t = t;
    this.box = box;
  }

  /** On a host of its own, which ends with the test. */
  static async open(t: ExecutionContext, wishes: SandboxWishes = { ovs: false }): Promise<Cli> {
    const box = await openSandbox(wishes);
    t.teardown(() => box.close());
    return new Cli(t, box);
  }

  async write(file: string, text: string): Promise<void> {
    await this.box.run(['tee', file], { input: text });
  }

  /** Names of the host's links, but for those that the kernel makes as soon as another test's modules are loaded. */
  async links(): Promise<string[]> {
    const links = (await this.box.ip('link')) as { ifname: string }[];
    return links.map(({ ifname }) => ifname).filter((name) => !FALLBACK_DEVICES.has(name));
  }

  /** Runs the program in `/run`; fails the test unless it ends with `status`. */
  async exits(status: number, words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const command = [process.execPath, program, ...words];
    const outcome = await this.box.run(command, { cwd: '/run', allowFailure: true, ...options });
    this.t.is(outcome.exitCode, status, `${words.join(' ')}\n${outcome.stdout}${outcome.stderr}`);
    return outcome;
  }

  /**
   * The same on a terminal of its own, where each of `typed` is typed as soon as something is asked; everything that is shown
   * there, without what moves the cursor.
   */
  async onTerminal(status: number, words: readonly string[], ...typed: string[]): Promise<string> {
    const line = [process.execPath, program, ...words].map((word) => `'${word}'`).join(' ');
    const environment = ['TERM=xterm', 'SHELL=/bin/sh', 'NO_COLOR=1'];
    const child = this.box.start([
      'env',
      '--chdir=/run',
      ...environment,
      'script',
      '-qec',
      line,
      '/dev/null',
    ]);
    let shown = '';
    let asked = 0;
    child.stdout!.on('data', (data: Buffer) => {
      shown += data.toString();
      for (; asked < shown.split('[y/N]').length - 1; asked += 1) child.stdin!.write(typed[asked] ?? '');
    });
    const [exitCode] = (await once(child, 'close')) as [number | null];
    this.t.is(exitCode, status, shown);
    // eslint-disable-next-line no-control-regex -- what moves the cursor begins with an escape character
    return shown.replace(/\r|\x1b\[[\d;]*[A-Za-z]/g, '');
  }

  /**
   * Puts a program before `ip` that does as `ip` does, but runs `script` before each call that writes. In the script
   * `$calls` is the number of such calls until now. Returns the environment in which it is found.
   */
  async withIp(script: string): Promise<NodeJS.ProcessEnv> {
    const ip = (await this.box.sh('command -v ip')).trim();
    const directory = (await this.box.sh('mktemp -d /run/before-ip.XXXXXX')).trim();
    await this.write(
      `${directory}/ip`,
      `#!/bin/sh
case " $* " in
*" -j "* | *" -json "*) ;;
*" -batch "*)
  echo >>${directory}/calls
  calls=$(wc -l <${directory}/calls)
  ${script}
  ;;
esac
exec ${ip} "$@"
`,
    );
    await this.box.sh(`chmod +x ${directory}/ip`);
    const where = (await this.box.sh('echo "$PATH"')).trim();
    return { PATH: `${directory}:${where}` };
  }
}
