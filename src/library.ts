// The program's verbs for other programs: a topology in, what became of it out. Nothing is printed, and nobody is asked.
import { apply as carryOut, settle, type Applied } from './apply.js';
import { bind } from './bind.js';
import { runChecks, type CheckResult } from './check.js';
import type { Obstacle } from './diff.js';
import { Refusal } from './errors.js';
import { bodyOf, intentOf } from './intent.js';
import type { Topology } from './load/topology.js';
import { withLock } from './lock.js';
import { HOST, type Plan } from './model.js';
import { owned, type Owned } from './owned.js';
import { settingsFrom, type Settings } from './settings.js';
import { survey, type Intent, type Survey } from './survey.js';
import { requireDecided } from './trial.js';

/** Where the host is looked for, in place of what the environment says. */
export type Options = Partial<Settings>;

/** What the host lacks. */
export interface Planned {
  /** Its `changes` stand in the order in which they are done; none: nothing to do. */
  readonly plan: Plan;
  /** Why the plan cannot be carried out: names that others hold, things to adopt that are not there. Then it has no steps. */
  readonly obstacles: readonly Obstacle[];
}

/** What became of an `apply` or a `destroy`. */
export interface Outcome extends Planned {
  /** Null: nothing was done, as there was nothing to do, or obstacles were in the way. */
  readonly applied: Applied | null;
}

/**
 * Compares the host with a topology. Changes nothing; needs root where the topology has namespaces. Throws a `ToolError`
 * when the host cannot be read, and a `Refusal` when a link that the topology seeks (`match`) is not there.
 */
export async function plan(topology: Topology, options: Options = {}): Promise<Planned> {
  const settings = settingsOf(options);
  return plannedOf(await survey(await intentFor(topology, settings), settings));
}

/**
 * Makes the host as the topology says, and proves it by a second look. When a command fails, what was done is undone:
 * see `Applied`. Runs no checks: see `verify`. Throws a `Refusal` when another run holds the lock.
 */
export async function apply(topology: Topology, options: Options = {}): Promise<Outcome> {
  const settings = settingsOf(options);
  return carriedOut(`apply ${topology.file}`, await intentFor(topology, settings), settings);
}

/** Removes what a topology owns, and puts back what it changed in things of others. A name will do; the file is not needed. */
export function destroy(topology: Topology | string, options: Options = {}): Promise<Outcome> {
  const name = typeof topology === 'string' ? topology : topology.name;
  const bodies = typeof topology === 'string' ? [{ name: HOST, netns: null }] : topology.bodies.map(bodyOf);
  return carriedOut(`destroy ${name}`, { topology: name, bodies, desired: [] }, settingsOf(options));
}

/** Runs the checks of a topology that has been applied. The results are in the order of the file. */
export function verify(topology: Topology, options: Options = {}): Promise<readonly CheckResult[]> {
  const files = new Map(topology.bodies.map((body) => [body.name, bodyOf(body).netns]));
  const { timeoutMs } = settingsOf(options);
  return runChecks(topology.checks, { netns: (body) => files.get(body) ?? null, timeoutMs });
}

/** What topologies own on this host, by the marks in the things themselves. */
export const show = (options: Options = {}): Promise<readonly Owned[]> => owned(settingsOf(options));

const settingsOf = (options: Options): Settings => settingsFrom(process.env, options);

async function intentFor(topology: Topology, settings: Settings): Promise<Intent> {
  const bound = await bind(topology, settings);
  const [problem] = bound.diagnostics;
  if (problem === undefined) return intentOf(bound.topology);
  throw new Refusal(problem.message, problem.hint === undefined ? {} : { hint: problem.hint });
}

function carriedOut(what: string, intent: Intent, settings: Settings): Promise<Outcome> {
  return withLock(settings, what, async () => {
    await requireDecided(intent.topology, settings);
    const surveyed = await survey(intent, settings, { mayTry: true });
    const planned = plannedOf(surveyed);
    if (planned.obstacles.length > 0) return { ...planned, applied: null };
    if (planned.plan.changes.length > 0)
      return { ...planned, applied: await carryOut(surveyed, settings, { what }) };
    await settle(surveyed, settings);
    return { ...planned, applied: null };
  });
}

const plannedOf = ({ plan: planned, obstacles }: Survey): Planned => ({ plan: planned, obstacles });
