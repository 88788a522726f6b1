// What is asked for in, the state of the host out: a handful of reading processes, all at once. The only stage that looks at the host.
import { access, readdir } from 'node:fs/promises';
import { ToolError } from './errors.js';
import { HOST, type Body, type Read } from './model.js';
import type { Settings } from './settings.js';
import type { BodyState, HostState, OvsState } from './state.js';
import { parseVlans, readVlans } from './tools/bridge.js';
import { parseNamespace, readNamespace } from './tools/ip.js';
import { parseRuleset, readRuleset } from './tools/nft.js';
import { readDatabase, readOvs } from './tools/ovs-database.js';
import { runAll } from './tools/run.js';
import { parseSysctls, readSysctls } from './tools/sysctl.js';
import type { Outcome, Process } from './tools/tool.js';

/** Named namespaces, as `ip netns` keeps them. */
export const NETNS_DIR = '/run/netns';

export interface Request {
  readonly topology: string;
  /** Bodies of the topology; every other named namespace is read too, for what is ours in it. */
  readonly bodies: readonly Body[];
  readonly reads: readonly Read[];
  /** Asked in every body besides; for a host on which no record says where things of ours are. */
  readonly everywhere: (body: string) => readonly Read[];
}

/** Reads the host. Throws a ToolError when a tool is missing, hangs or prints what it should not. */
export async function observe(request: Request, settings: Settings): Promise<HostState> {
  const bodies = await bodiesToRead(request.bodies);
  const questions = bodies.flatMap((candidate) => questionsOf(candidate, request));
  const ovsAnswers = settings.ovsDb !== null || (await exists(`${settings.ovsRundir}/db.sock`));
  const processes = [
    ...questions.map(({ process }) => process),
    ...(ovsAnswers ? [readDatabase(settings)] : []),
  ];
  const outcomes = await runAll(processes, settings);
  const parts = new Map<string, Partial<BodyState>>();
  for (const [i, { body, process, parse, optional }] of questions.entries()) {
    const answer = answerOf(process, outcomes[i], parse, optional);
    if (answer !== null) parts.set(body, { ...parts.get(body), ...answer });
  }
  return {
    topology: request.topology,
    bodies: new Map(bodies.map(({ body }) => [body.name, { ...nothing(body), ...parts.get(body.name) }])),
    ovs: ovsAnswers ? databaseOf(processes.at(-1), outcomes.at(-1)) : null,
  };
}

interface Candidate {
  readonly body: Body;
  readonly exists: boolean;
}

/** The topology's bodies and all other named namespaces, each namespace file once. */
async function bodiesToRead(bodies: readonly Body[]): Promise<Candidate[]> {
  const named = await namesIn(NETNS_DIR);
  const known = new Set(bodies.map(({ netns }) => netns));
  const taken = new Set(bodies.map(({ name }) => name));
  const others = named
    .map((name) => ({ name: taken.has(name) ? `netns:${name}` : name, netns: `${NETNS_DIR}/${name}` }))
    .filter(({ netns }) => !known.has(netns));
  const wanted = await Promise.all(
    bodies.map(async (body) => ({ body, exists: body.netns === null || (await exists(body.netns)) })),
  );
  return [...wanted, ...others.map((body) => ({ body, exists: true }))];
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch {
    return [];
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

interface Question {
  readonly body: string;
  readonly process: Process;
  readonly parse: (stdout: string) => Partial<BodyState>;
  /** A failure means that there is nothing: a namespace that has just gone, a tool that is not installed. */
  readonly optional: boolean;
}

function questionsOf({ body, exists: there }: Candidate, request: Request): Question[] {
  const everywhere = there ? request.everywhere(body.name) : [];
  const reads = [...request.reads.filter((read) => read.body === body.name), ...everywhere];
  const paths = reads.filter(({ tool }) => tool === 'sysctl').map(({ what }) => what);
  const ask = (
    tool: Read['tool'],
    process: Process,
    parse: Question['parse'],
    optional = false,
  ): Question[] =>
    reads.some((read) => read.tool === tool) ? [{ body: body.name, process, parse, optional }] : [];
  const sysctls = (process: Process): Question[] =>
    ask('sysctl', process, (stdout) => ({ sysctls: parseSysctls(stdout) }));
  // What a namespace that is still to be made will have: the same as any fresh one.
  if (!there)
    return sysctls({
      ...readSysctls(paths, null),
      argv: ['unshare', '--net', ...readSysctls(paths, null).argv],
    });
  return [
    {
      body: body.name,
      process: readNamespace(body.netns),
      parse: (stdout) => ({ exists: true, ...parseNamespace(stdout) }),
      optional: body.name !== HOST,
    },
    ...ask('bridge', readVlans(body.netns), (stdout) => ({ vlans: parseVlans(stdout) })),
    ...ask(
      'nft',
      readRuleset(body.netns),
      (stdout) => ({ nft: parseRuleset(stdout) }),
      everywhere.length > 0,
    ),
    ...sysctls(readSysctls(paths, body.netns)),
  ];
}

function answerOf(
  process: Process,
  outcome: Outcome | undefined,
  parse: Question['parse'],
  optional: boolean,
): Partial<BodyState> | null {
  if (outcome === undefined) return null;
  if (outcome.exitCode !== 0) {
    if (optional) return null;
    throw new ToolError(`exit status ${String(outcome.exitCode)}`, process, outcome.stderr);
  }
  return parsed(process, outcome, parse);
}

function parsed<Answer>(process: Process, outcome: Outcome, parse: (stdout: string) => Answer): Answer {
  try {
    return parse(outcome.stdout);
  } catch (error) {
    throw new ToolError(`printed what cannot be read (${(error as Error).message})`, process, outcome.stderr);
  }
}

function databaseOf(process: Process | undefined, outcome: Outcome | undefined): OvsState | null {
  if (process === undefined || outcome === undefined) return null;
  if (outcome.exitCode === 0) return parsed(process, outcome, readOvs);
  throw new ToolError(`exit status ${String(outcome.exitCode)}`, process, outcome.stderr);
}

const nothing = (body: Body): BodyState => ({
  body,
  exists: false,
  links: [],
  routes: [],
  neighbours: [],
  vlans: [],
  sysctls: {},
  nft: [],
});
