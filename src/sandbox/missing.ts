// What a throw-away host needs of this machine: reads the machine, returns what is missing, each with its cure.

import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathTo } from '../tools/path.js';

/** Problems that keep this machine from making a throw-away host; with `ovs`, also those of Open vSwitch in it. */
export function sandboxMissing(needs: { readonly ovs?: boolean } = {}): string[] {
  return [
    ...toolProblems(needs.ovs === true ? [...TOOLS, ...OVS_TOOLS] : TOOLS),
    ...(mayMakeNamespaces() ? [] : userNamespaceProblems()),
    ...(needs.ovs === true ? tunProblems() : []),
  ];
}

/** Whether the caller may make network and mount namespaces without a user namespace of its own. */
export function mayMakeNamespaces(): boolean {
  const effective = /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const needed = CAP_SYS_ADMIN | CAP_NET_ADMIN;
  return (BigInt(`0x${effective}`) & needed) === needed;
}

const CAP_NET_ADMIN = 1n << 12n;
const CAP_SYS_ADMIN = 1n << 21n;

/** A tool and the Debian package that holds it. */
const TOOLS: readonly (readonly [string, string])[] = [
  ['setpriv', 'util-linux'],
  ['unshare', 'util-linux'],
  ['mount', 'mount'],
  ['ip', 'iproute2'],
];
const OVS_TOOLS: typeof TOOLS = [
  ['ovs-vswitchd', 'openvswitch-switch'],
  ['ovsdb-server', 'openvswitch-switch'],
  ['ovs-vsctl', 'openvswitch-common'],
];

function toolProblems(tools: typeof TOOLS): string[] {
  return tools
    .filter(([tool]) => pathTo(tool) === null)
    .map(([tool, debianPackage]) => `${tool} is not installed (Debian package ${debianPackage})`);
}

/** Debian's own switch, Ubuntu's restriction (a user namespace without capabilities) and the kernel's count. */
const USER_NAMESPACE_SYSCTLS = [
  { name: 'kernel.unprivileged_userns_clone', refuses: 0, cure: 'set it to 1' },
  { name: 'kernel.apparmor_restrict_unprivileged_userns', refuses: 1, cure: 'set it to 0' },
  { name: 'user.max_user_namespaces', refuses: 0, cure: 'raise it' },
];

function userNamespaceProblems(): string[] {
  if (sysctl('user.max_user_namespaces') === undefined)
    return ['the kernel has no user namespaces: run as root'];
  return USER_NAMESPACE_SYSCTLS.filter(({ name, refuses }) => sysctl(name) === refuses).map(
    ({ name, refuses, cure }) =>
      `an ordinary user may make no namespaces here (${name} is ${String(refuses)}): ${cure}, or run as root`,
  );
}

function sysctl(name: string): number | undefined {
  try {
    return Number(readFileSync(join('/proc/sys', ...name.split('.')), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The userspace datapath gives every bridge a tap device (ovs: lib/netdev-linux.c), so a bridge cannot live without /dev/net/tun. */
function tunProblems(): string[] {
  try {
    closeSync(openSync('/dev/net/tun', 'r+'));
    return [];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    return [
      `OVS bridges need /dev/net/tun, which cannot be opened (${code}): ${TUN_CURES[code] ?? 'run as root'}`,
    ];
  }
}

const TUN_CURES: Readonly<Record<string, string>> = {
  ENOENT: 'load the kernel module tun',
  ENODEV: 'load the kernel module tun',
  EACCES: 'set its mode to 0666, or run as root',
};
