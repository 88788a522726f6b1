// Takes a command and returns the command line that runs it in a throw-away host: namespaces of its own, Open vSwitch of its own.

import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { HOST_SCRIPT, OVS_DIRECTORY } from './sandbox/host.js';
import { mayMakeNamespaces } from './sandbox/missing.js';
import { searchPath } from './tools/path.js';

export { sandboxMissing } from './sandbox/missing.js';

/** How the throw-away host is made. */
export interface SandboxOptions {
  /**
   * Its Open vSwitch. `netdev` (default): the userspace datapath alone, so every bridge needs
   * `datapath_type=netdev`; `system`: the kernel's datapath too; `none`: no Open vSwitch.
   * Where Open vSwitch is not installed the host comes up without.
   */
  readonly ovs?: 'netdev' | 'system' | 'none';
  /**
   * Directories below `/run` that the command must still reach in the new, empty `/run`. The working directory and
   * those of Node, of the program and of `PATH` are kept anyway.
   */
  readonly reachable?: readonly string[];
}

/** A command line, and the variables to add to the environment it gets. */
export interface SandboxCommand {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Describes `command` in a throw-away host: only `lo`, up; no named network namespace; an Open vSwitch with an empty
 * database. Standard streams and exit status are the command's own (128 + n when signal n ended it), but 125
 * when the host could not be made. When the command ends, or the thread that started it does, every
 * process, link and namespace of that host goes with it. To end it early send SIGKILL: unshare blocks SIGTERM
 * while it waits.
 */
export function sandboxCommand(command: readonly string[], options: SandboxOptions = {}): SandboxCommand {
  const kept = keptBelowRun(options.reachable ?? []);
  const userNamespace = mayMakeNamespaces() ? [] : ['--map-root-user'];
  return {
    argv: [
      // The kernel kills unshare when its parent ends, unshare's end kills process 1 inside, and that ends all the rest.
      ...(['setpriv', '--pdeathsig', 'KILL', '--'] as const),
      ...['unshare', ...userNamespace, '--net', '--mount', '--pid', '--fork', '--kill-child', '--'],
      ...['sh', '-c', HOST_SCRIPT, 'sandbox', options.ovs ?? 'netdev'],
      ...[String(kept.length), ...kept, ...command],
    ],
    env: {
      NETPLAN_OVS_SANDBOX: '1',
      NETPLAN_OVS_DATAPATH: options.ovs === 'system' ? 'system' : 'netdev',
      PATH: searchPath().join(':'),
      OVS_RUNDIR: OVS_DIRECTORY,
      OVS_DBDIR: OVS_DIRECTORY,
      OVS_LOGDIR: OVS_DIRECTORY,
      OVS_SYSCONFDIR: OVS_DIRECTORY,
    },
  };
}

/** The directories below `/run`, relative to it, without which neither Node nor the command would be found. */
function keptBelowRun(reachable: readonly string[]): string[] {
  const program = process.argv[1] === undefined ? [] : [dirname(process.argv[1])];
  const wanted = [process.cwd(), dirname(process.execPath), ...program, ...searchPath(), ...reachable].filter(
    existsSync,
  );
  const paths = wanted.flatMap((path) => [path, realpathSync(path)]);
  const belowRun = paths.flatMap((path) => /^(?:\/var)?\/run\/+(.+)$/.exec(path)?.[1] ?? []);
  return [...new Set(belowRun)].filter((path) => !OWN_STATE.includes(path.split('/')[0] ?? ''));
}

/** What a throw-away host must never see of the real one: that is what it is for. */
const OWN_STATE = ['netns', 'netplan-ovs', 'openvswitch'];
