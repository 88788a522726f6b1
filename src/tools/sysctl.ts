// Kernel settings without sysctl(8): commands in, one shell a namespace with a constant script out; paths in, their values out.
import { HOST, type Command } from '../model.js';
import { INPUT, shellWord, type Process, type Tool } from './tool.js';

/** Words of a command: a path below /proc/sys, and the value to write. */
export const sysctl: Tool = {
  name: 'sysctl',

  calls(commands, netns) {
    const input = commands.map((command) => `${settingOf(command).join('\n')}\n`).join('');
    const process = { argv: ['sh', '-c', WRITE, 'sysctl', INPUT], netns, input };
    return [{ process, commands: commands.map((_, index) => index) }];
  },

  failure({ commands }, { exitCode, stdout, stderr }) {
    if (exitCode === 0) return null;
    const command = commands[Number(stdout.trim()) - 1] ?? commands[0] ?? 0;
    const words = stderr.trim().replace(/^tee: /, '');
    return { command, message: words === '' ? `exit status ${exitCode}` : words };
  },

  shell(command) {
    const [path, value] = settingOf(command);
    const inNamespace = command.body === HOST ? [] : ['ip', 'netns', 'exec', shellWord(command.body)];
    const tee = [...inNamespace, 'tee', shellWord(`/proc/sys/${path}`)].join(' ');
    return `printf '%s\\n' ${shellWord(value)} | ${tee} >/dev/null`;
  },
};

/** A path that is ours to read and write: below `net`, of which every network namespace has its own (sysctl_net.c). */
export const isSysctlPath = (path: string): boolean => /^net(\/(?!\.\.?(\/|$))[^/\s:\0]+)+$/.test(path);

/** White space folded: the kernel prints tabs between numbers and takes any. */
export const folded = (value: string): string => value.trim().split(/\s+/).join(' ');

/** Reads the values of paths; for each that is there and readable a line `PATH:VALUE`, for the others nothing. */
export const readSysctls = (paths: readonly string[], netns: string | null): Process => ({
  argv: ['sh', '-c', READ, 'sysctl', INPUT],
  netns,
  input: paths.filter(isSysctlPath).join('\0'),
});

/** Path below /proc/sys → value. A path has no `:`, because no device's name has one (dev_valid_name). */
export function parseSysctls(stdout: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const line of stdout.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const path = line.slice(0, colon);
    values[path] = folded(`${values[path] ?? ''} ${line.slice(colon + 1)}`);
  }
  return values;
}

/*
 * Both scripts are one line, are the same for everyone, and get what they work on from a file. Entering the network
 * namespace is enough: /proc/sys/net shows that of the process that looks (net_ctl_root), whatever mount it looks through.
 */

/**
 * A line with the path, a line with the value, and so on; ends at the first that fails, with its number on standard
 * output. The shell's own words for a refused value say only "I/O error", so tee tries again and says why.
 */
const WRITE = [
  'n=0;',
  'while IFS= read -r path && IFS= read -r value; do n=$((n + 1));',
  '{ printf "%s\\n" "$value" >"/proc/sys/$path"; } 2>/dev/null ||',
  'printf "%s\\n" "$value" | tee "/proc/sys/$path" >/dev/null || { echo "$n"; exit 1; };',
  'done <"$1"',
].join(' ');

/** Not with the shell's `read`: dash reads byte by byte, and a sysctl is at its end after the first. */
const READ = 'cd /proc/sys && { xargs -0 -r grep -Hs "" <"$1"; exit 0; }';

/** The second line of defence: neither can break a line, or lead elsewhere. */
function settingOf({ args: [path = '', value = ''] }: Command): [path: string, value: string] {
  if (!isSysctlPath(path) || /[\n\0]/.test(value)) {
    throw new Error(`not a network setting: ${JSON.stringify([path, value])}`);
  }
  return [path, value];
}
