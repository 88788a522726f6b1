// What is asked for in, the state of the host out: a handful of reading processes, all at once. The only stage that looks at the host.
import { existsSync } from 'node:fs';
import { Refusal, ToolError } from './errors.js';
import { HOST, type Body, type Read } from './model.js';
import type { Glance } from './glance.js';
import { flowTables } from './observe-flows.js';
import { bodiesToRead, type Candidate } from './namespaces.js';
import { absentOf } from './requirements/programs.js';
import type { Settings } from './settings.js';
import type { BodyState, HostState, OvsState } from './state.js';
import { parseFdb, parseVlans, readFdb, readVlans } from './tools/bridge.js';
import { parseNamespace, parseRules, readNamespace, readRules } from './tools/ip.js';
import { parseRuleset, readRuleset } from './tools/nft.js';
import { readDatabase, readOvs } from './tools/ovs-database.js';
import { INTERRUPTED, MOST_TRIES, readAll } from './tools/reading.js';
import { run } from './tools/run.js';
import { parseSysctls, readSysctls } from './tools/sysctl.js';
import type { Outcome, Process } from './tools/tool.js';

export interface Request {
  readonly topology: string;
  /** Bodies of the topology; every other named namespace is read too, for what is ours in it. */
  readonly bodies: readonly Body[];
  readonly reads: readonly Read[];
  /** Those of them that the topology's record asks. */
  readonly recorded?: readonly Read[];
  /** Tools without which what is wanted cannot be made: where one is not there, that is said later, of what needs it. */
  readonly wanted: ReadonlySet<Read['tool']>;
  /** Asked besides in a body, where it answers: for a host on which no record says where things of ours are. */
  readonly everywhere: (body: string) => readonly Read[];
  /** Bodies, by name, that are not read again: what was seen of them still holds. */
  readonly seen?: HostState['bodies'];
  /** A look at namespaces that has begun. */
  readonly glance?: Glance;
}

/** Reads the host. Throws a ToolError when a tool is missing, hangs or prints what it should not. */
export async function observe(asked: Request, settings: Settings): Promise<HostState> {
  const absent = new Set([...asked.wanted].filter((tool) => absentOf(tool, settings) !== null));
  const request = { ...asked, reads: asked.reads.filter(({ tool }) => !absent.has(tool)) };
  const bodies = bodiesToRead(request.bodies);
  const seen = ({ name, netns }: Body): BodyState | undefined => {
    const before = request.seen?.get(name);
    return before?.body.netns === netns ? before : undefined;
  };
  const unseen = bodies.filter(({ body }) => seen(body) === undefined);
  const questions = unseen.flatMap((candidate) => questionsOf(candidate, request));
  const [outcomes, { ovs, flows }] = await Promise.all([
    answersTo(questions, request, settings),
    switchOf(request, settings),
  ]);
  const states = new Map(bodies.map(({ body }) => [body.name, seen(body) ?? unread(body)]));
  for (const [i, question] of questions.entries()) {
    const { body } = question;
    const [state, answer] = [states.get(body), answerOf(question, outcomes[i])];
    if (state !== undefined && answer !== null) states.set(body, { ...state, ...answer });
  }
  return { topology: request.topology, bodies: states, ovs, flows };
}

/** Asks what nobody has asked yet. */
async function answersTo(
  questions: readonly Question[],
  { glance }: Request,
  settings: Settings,
): Promise<(Outcome | undefined)[]> {
  const places = questions.map(({ identity }) => glance?.places.get(identity ?? ''));
  const open = questions.filter((_, i) => places[i] === undefined);
  const processes = open.map(({ process }) => process);
  const [fresh, glanced] = await Promise.all([readAll(processes, settings), glance?.outcomes ?? []]);
  let next = 0;
  return places.map((place) => (place === undefined ? fresh[next++] : glanced[place]));
}

interface Question {
  readonly body: string;
  /** Of the namespace, where this is all that is always asked of it. */
  readonly identity?: string | null;
  readonly process: Process;
  readonly parse: (stdout: string) => Partial<BodyState>;
  /** A failure means that there is nothing: a namespace that has just gone, a tool that is not installed. */
  readonly optional: boolean;
  /** True of a namespace of the topology: that it may not be looked into does not mean that it is not there. */
  readonly isWanted?: boolean;
}

function questionsOf({ body, identity }: Candidate, request: Request): Question[] {
  const everywhere = identity !== null ? request.everywhere(body.name) : [];
  const reads = [...request.reads.filter((read) => read.body === body.name), ...everywhere];
  const paths = reads.filter(({ tool }) => tool === 'sysctl').map(({ what }) => what);
  const isAsked = (tool: Read['tool'], what?: string): boolean =>
    reads.some((read) => read.tool === tool && (what === undefined || read.what === what));
  const ask = (asked: boolean, process: Process, parse: Question['parse'], optional = false): Question[] =>
    asked
      ? [
          {
            body: body.name,
            process: optional ? { ...process, mayBeMissing: true } : process,
            parse,
            optional,
          },
        ]
      : [];
  const isNeeded = (tool: Read['tool']): boolean =>
    request.reads.some((read) => read.body === body.name && read.tool === tool);
  const sysctls = (process: Process): Question[] =>
    ask(isAsked('sysctl'), process, (stdout) => ({ sysctls: parseSysctls(stdout) }));
  // What a namespace that is still to be made will have: the same as any fresh one.
  if (identity === null)
    return sysctls({
      ...readSysctls(paths, null),
      argv: ['unshare', '--net', ...readSysctls(paths, null).argv],
    });
  return [
    {
      body: body.name,
      identity,
      process: readNamespace(body.netns),
      parse: (stdout) => ({ exists: true, ...parseNamespace(stdout) }),
      optional: body.name !== HOST,
      isWanted: request.bodies.some(({ name }) => name === body.name),
    },
    ...ask(isAsked('bridge', 'vlan'), readVlans(body.netns), (stdout) => ({ vlans: parseVlans(stdout) })),
    ...ask(isAsked('bridge', 'fdb'), readFdb(body.netns), (stdout) => ({ fdb: parseFdb(stdout) })),
    ...ask(isAsked('nft'), readRuleset(body.netns), (out) => ({ nft: parseRuleset(out) }), !isNeeded('nft')),
    ...ask(isAsked('ip'), readRules(body.netns), (out) => ({ rules: parseRules(out) }), !isNeeded('ip')),
    ...sysctls(readSysctls(paths, body.netns)),
  ];
}

function answerOf(
  { process, parse, optional, isWanted }: Question,
  outcome: Outcome | undefined,
): Partial<BodyState> | null {
  if (outcome === undefined) return null;
  if (outcome.exitCode !== 0) {
    const isForbidden = isWanted === true && FORBIDDEN.test(outcome.stderr);
    if (optional && !isForbidden && !isUnexpected(process, outcome)) return null;
    throw new ToolError(`exit status ${String(outcome.exitCode)}`, process, outcome.stderr);
  }
  if (outcome.stderr.includes(INTERRUPTED))
    throw new ToolError(`was interrupted ${String(MOST_TRIES)} times`, process, outcome.stderr);
  return parsed(process, outcome, parse);
}

/** What nsenter says of a namespace that is there, and that one may not enter. */
const FORBIDDEN = /^nsenter: .*: (Operation not permitted|Permission denied)$/m;

/** That a namespace is not there any more, or that a file is none, is what nsenter says; all else is no answer at all. */
const isUnexpected = ({ argv, netns }: Process, { stderr }: Outcome): boolean =>
  argv[0] === 'ip' && netns !== null && !/^nsenter: (cannot (open|enter)|reassociate)/m.test(stderr);

function parsed<Answer>(process: Process, outcome: Outcome, parse: (stdout: string) => Answer): Answer {
  try {
    return parse(outcome.stdout);
  } catch (error) {
    throw new ToolError(`printed what cannot be read (${(error as Error).message})`, process, outcome.stderr);
  }
}

/** What ports are called is in the rows, so that flows are read after these. */
async function switchOf(
  request: Request,
  settings: Settings,
): Promise<Required<Pick<HostState, 'ovs' | 'flows'>>> {
  const ovs = await ovsOf(request, settings);
  const reads = [...request.reads, ...request.everywhere(HOST)];
  return {
    ovs,
    flows: ovs === null ? new Map() : await flowTables(reads, request.recorded ?? [], ovs, settings),
  };
}

/** Open vSwitch is always looked at where it answers; where it does not, only who needs it has to stop. */
async function ovsOf({ reads }: Request, settings: Settings): Promise<OvsState | null> {
  const isNeeded = reads.some(({ tool }) => tool === 'ovs');
  if (settings.ovsDb === null && !existsSync(`${settings.ovsRundir}/db.sock`)) {
    if (!isNeeded) return null;
    throw new Refusal(`Open vSwitch is not there: no ${settings.ovsRundir}/db.sock`, {
      hint: 'install and start it (Debian: openvswitch-switch), or say where it is with OVS_RUNDIR or --ovs-db',
    });
  }
  const process = readDatabase(settings);
  try {
    const outcome = await run(process, settings);
    if (outcome.exitCode === 0) return parsed(process, outcome, readOvs);
    throw new ToolError(`exit status ${String(outcome.exitCode)}`, process, outcome.stderr);
  } catch (error) {
    if (error instanceof ToolError && !isNeeded) return null;
    throw error;
  }
}

/** A namespace as `readNamespace` showed it; null when that cannot be read. */
export function bodyShown(body: Body, { stdout, stderr }: Outcome): BodyState | null {
  if (stderr.includes(INTERRUPTED)) return null;
  try {
    return { ...unread(body), exists: true, ...parseNamespace(stdout) };
  } catch {
    return null;
  }
}

/** A body of which nothing is known yet. */
export const unread = (body: Body): BodyState => ({
  body,
  exists: false,
  links: [],
  routes: [],
  neighbours: [],
  proxies: [],
  vlans: [],
  fdb: [],
  sysctls: {},
  nft: [],
});
