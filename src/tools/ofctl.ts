// ovs-ofctl: flows to add and to delete in, one process with one OpenFlow bundle a bridge out; and the questions for what is there.
import { dirname } from 'node:path';
import { groupBy } from '../collections.js';
import type { Command } from '../model.js';
import type { Settings } from '../settings.js';
import { flowParsed, type PlainFlow } from './flow-words.js';
import { INPUT, shellWord, type Call, type Failure, type Outcome, type Process, type Tool } from './tool.js';

type Where = Pick<Settings, 'ovsDb' | 'ovsRundir' | 'timeoutMs'>;

/**
 * Words of a command: `add` or `delete_strict`, the bridge, the flow. The flows of a bridge are changed in one bundle: a frame
 * meets all of the old ones or all of the new ones, and when one is refused all stay as they are.
 */
export const ofctl = (where: Where): Tool => ({
  name: 'ofctl',

  calls: (commands) =>
    [...groupBy(commands.keys(), (index) => commands[index]?.args[1] ?? '')].map(([bridge, indexes]) => ({
      process: {
        argv: [...program(where), 'bundle', socketOf(bridge, where), INPUT],
        netns: null,
        input: indexes.map((index) => `flow ${lineOf(commands[index])}\n`).join(''),
      },
      commands: indexes,
    })),

  failure: (call, outcome) =>
    outcome.exitCode === 0 ? null : (located(call, outcome) ?? unlocated(call, outcome)),

  shell(command) {
    const [verb, bridge = '', flow = ''] = command.args;
    const words = verb === 'add' ? ['add-flow'] : ['--strict', 'del-flows'];
    return ['ovs-ofctl', '-O', VERSIONS, ...words, bridge, flow].map(shellWord).join(' ');
  },
});

/** Which of them a bridge speaks is in its `protocols`; the last is the one that is used. */
const VERSIONS = 'OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14';
/** What the same actions look like differs between versions: all texts that are compared are of this one. */
const FLOW_VERSION = 'OpenFlow14';

const program = ({ timeoutMs }: Pick<Where, 'timeoutMs'>): string[] => [
  'ovs-ofctl',
  `--timeout=${String(Math.max(1, Math.floor(timeoutMs / 1000) - 5))}`,
  '-O',
  VERSIONS,
];

/** By its path, so that it is a bridge of the Open vSwitch that ovs-vsctl speaks to, whatever it is called. */
function socketOf(bridge: string, { ovsDb, ovsRundir }: Where): string {
  const beside = ovsDb?.startsWith('unix:') === true ? dirname(ovsDb.slice('unix:'.length)) : ovsRundir;
  return `unix:${beside}/${bridge}.mgmt`;
}

/** The second line of defence: a flow is one line, and `#` would end it. */
function lineOf(command: Command | undefined): string {
  const [verb = '', , flow = ''] = command?.args ?? [];
  if (/[#\n\r\0]/.test(flow)) throw new Error(`ovs-ofctl cannot take the flow ${JSON.stringify(flow)}`);
  return `${verb} ${flow}`;
}

/** Asks a bridge for all its flows, with numbers for ports. */
export const readFlows = (bridge: string, where: Where): Process => ({
  argv: [...program(where), '--no-stats', '--no-names', 'dump-flows', socketOf(bridge, where)],
  netns: null,
});

/** Asks what flows look like once a bridge has them; speaks to nobody. A flow that makes no sense ends it there. */
export const parseFlows = (flows: readonly string[]): Process => ({
  argv: ['ovs-ofctl', '-O', FLOW_VERSION, 'parse-flows', INPUT],
  netns: null,
  input: flows.map((flow) => `${flow}\n`).join(''),
});

/** What `parseFlows` printed; null when some flow was not taken as it is. */
export function flowsParsed({ exitCode, stdout, stderr }: Outcome): PlainFlow[] | null {
  if (exitCode !== 0 || stderr.includes(NORMALIZED)) return null;
  return stdout.split('\n').flatMap((line) => flowParsed(line) ?? []);
}

/** Why a flow, asked for by itself, was not taken. */
export function refusalIn(stderr: string): string {
  if (stderr.includes(NORMALIZED))
    return 'without the protocol that has it, a word of the match means nothing';
  return faultIn(stderr)?.message ?? stderr.trim();
}

/** ofputil_normalize_match() drops `nw_src` where nothing says that it is about IP: the flow would be for all packets. */
const NORMALIZED = 'normalization changed ofp_match';

/** `ovs-ofctl: FILE:LINE: what is wrong`. */
function faultIn(stderr: string): { readonly line: number; readonly message: string } | null {
  const [, line, message = ''] = /^ovs-ofctl: \S*?:(\d+): (.*)$/m.exec(stderr) ?? [];
  return line === undefined ? null : { line: Number(line), message };
}

function located({ commands }: Call, { stderr }: Outcome): Failure | null {
  const fault = faultIn(stderr);
  const command = commands[(fault?.line ?? 0) - 1];
  return fault === null || command === undefined ? null : { command, message: fault.message };
}

/** What a bridge refuses it prints with its own words before (`OFPT_ERROR (OF1.4) (xid=0x4): OFPBAC_BAD_OUT_PORT`). */
const unlocated = ({ commands }: Call, { stderr, exitCode }: Outcome): Failure => ({
  command: commands[0] ?? 0,
  message: stderr.trim().replace(/^ovs-ofctl: /, '') || `exit status ${String(exitCode)}`,
});
