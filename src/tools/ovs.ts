// ovs-vsctl: all commands of a batch in one transaction; what a failed one printed in, the command to blame out.
import type { Command } from '../model.js';
import type { Settings } from '../settings.js';
import { vsctl } from './ovs-database.js';
import { shellWord, type Call, type Failure, type Outcome, type Tool } from './tool.js';

type Where = Pick<Settings, 'ovsDb' | 'timeoutMs'>;

/** ovs-vsctl for the Open vSwitch of a run. A command's arguments may be several of its commands, with `--` between them. */
export const ovsVsctl = (where: Where): Tool => ({
  name: 'ovs',
  calls: (commands) => transactions(commands).map((indexes) => callOf(indexes, commands, where)),
  failure,
  shell: ({ args }) => ['ovs-vsctl', ...database(where), ...args.map(shellWord)].join(' '),
});

const database = ({ ovsDb }: Where): string[] => (ovsDb === null ? [] : [`--db=${shellWord(ovsDb)}`]);

/**
 * An empty command is allowed, so `-- --` shows where a command of ours ends. The option `--timeout` begins to count when
 * ovs-vsctl does; ovs-vswitchd may need 12 s to close 1,000 ports.
 */
function callOf(indexes: readonly number[], commands: readonly Command[], where: Where): Call {
  const words = indexes.flatMap((index) => ['--', '--', ...(commands[index]?.args ?? [])]);
  return {
    process: { argv: [...vsctl(where.ovsDb, where.timeoutMs), ...words], netns: null },
    commands: indexes,
  };
}

/**
 * ovs-vsctl reads its commands from its arguments alone, and the kernel takes 2 MiB of them where the stack may grow to 8
 * (execve(2)); each also costs a pointer there. Half of that is about 4,000 ports.
 */
const MOST_BYTES = 1 << 20;

/**
 * The commands by transaction, as few as possible. ovs-vswitchd acts on what differs between two transactions: of a port
 * that goes and comes back in one of them it keeps the device, be it another one by now, or a deleted one. A tunnel that
 * goes still has its packets in the same transaction (tnl_port_add, EEXIST), so that one with another name comes later.
 */
function transactions(commands: readonly Command[]): number[][] {
  const all: number[][] = [];
  let bytes = 0;
  let touched = new Set<string>();
  let removes = false;
  for (const [index, { args }] of commands.entries()) {
    const things = thingsOf(args);
    const size = args.reduce((sum, word) => sum + Buffer.byteLength(word) + 9, 24);
    const open = all.at(-1);
    const isLate = things.some((thing) => touched.has(thing)) || (removes && isTunnel(args));
    if (open === undefined || bytes + size > MOST_BYTES || isLate) {
      all.push([index]);
      [bytes, touched, removes] = [size, new Set(things), false];
    } else {
      open.push(index);
      bytes += size;
      for (const thing of things) touched.add(thing);
    }
    removes ||= args.includes('del-port') || args.includes('del-br');
  }
  return all;
}

const isTunnel = (args: readonly string[]): boolean =>
  args.some((word) => word.startsWith('options:remote_ip='));

/** What a command makes, removes or sets, so that nothing is done to it twice in a transaction: names, and columns of records. */
function thingsOf(args: readonly string[]): string[] {
  return partsOf(args).flatMap(([verb = '', first = '', second = '', ...rest]) => {
    // Of a port that goes, ovs-vsctl no longer says that it has let go of its QoS; then that could not be destroyed.
    if (verb === 'add-port' || verb === 'clear') return [second];
    if (verb === 'add-bond') return [second, ...rest.filter((word) => !word.includes('='))];
    if (verb === 'add-br' || verb === 'del-br' || verb === 'del-port') return [first];
    return verb === 'set' ? rest.map((word) => `${first} ${second} ${columnOf(word)}`) : [];
  });
}

/** ovs-vsctl's commands of one of ours, without the options before them. */
function partsOf(args: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const word of args) {
    if (word === '--') parts.push([]);
    else if (parts.at(-1)?.length !== 0 || !word.startsWith('-')) parts.at(-1)?.push(word);
  }
  return parts;
}

const columnOf = (assignment: string): string => /^[^=]*/.exec(assignment)?.[0] ?? '';

/**
 * Up to 3.1 ovs-vsctl exits with 0 although ovs-vswitchd could not make a port, later versions with 65; the transaction is
 * committed in both. It also is when ovs-vswitchd did not answer in time. After any other failure nothing is done.
 */
function failure(call: Call, { exitCode, stderr }: Outcome): Failure | null {
  if (stderr.includes('Alarm clock')) return { command: call.commands[0] ?? 0, message: LATE };
  if (exitCode === 0 && !stderr.includes('Error detected while setting up')) return null;
  const message = messageOf(stderr);
  return { command: call.commands[mostMentioned(call.process.argv, message)] ?? 0, message };
}

const LATE = 'ovs-vswitchd did not act in time on what the database already holds: is it running?';

/** Without where the logs are, and without the program's name before each line. */
const messageOf = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => !line.includes('The default log directory is'))
    .map((line) => line.replace(/^ovs-vsctl: /, '').replace(/\s+See ovs-vswitchd log for details\.$/, ''))
    .join('\n')
    .trim();

/** The message names things, not commands: the command that speaks most of what its first line names is the one. */
function mostMentioned(argv: readonly string[], message: string): number {
  const [line = ''] = message.split('\n');
  const scores = commandsIn(argv).map((args) =>
    [...new Set(args)]
      .filter((word) => !GENERIC.has(word) && mentions(line, word))
      .reduce((sum, word) => sum + word.length, 0),
  );
  return Math.max(0, scores.indexOf(Math.max(...scores)));
}

/** Words of ovs-vsctl's own that its messages also use. */
const GENERIC = new Set(['--', 'set', 'get', 'add', 'remove', 'Bridge', 'Port', 'Interface', 'ports']);

function commandsIn(argv: readonly string[]): string[][] {
  const commands: string[][] = [];
  for (const [i, word] of argv.entries()) {
    if (word === '--' && argv[i + 1] === '--') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands;
}

/** True when the word stands in the text by itself, not as a part of a longer name. */
function mentions(text: string, word: string): boolean {
  const inside = /[A-Za-z0-9_.-]/;
  for (let at = text.indexOf(word); word !== '' && at >= 0; at = text.indexOf(word, at + 1)) {
    const [before = '', after] = [text[at - 1], text.slice(at + word.length, at + word.length + 1)];
    if (!inside.test(before) && !inside.test(after.replace('.', ''))) return true;
  }
  return false;
}
