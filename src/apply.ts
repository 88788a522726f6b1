// A survey in, the host changed as it says: executed, observed again, and on failure put back from what is there to what was.
import { intentBefore } from './before.js';
import { merged } from './collections.js';
import { equal } from './compare.js';
import type { Obstacle } from './diff.js';
import { execute, type Executed, type StepFailure } from './execute.js';
import {
  beginJournal,
  isPending,
  keepJournal,
  monotonicMs,
  note,
  readJournal,
  removeJournal,
  type Journal,
  type Trial,
} from './journal.js';
import type { Change, HostRecord, Json } from './model.js';
import { bodyShown } from './observe.js';
import { surveyBack } from './put-back.js';
import { removeRecord, writeRecord } from './record.js';
import { thisRun } from './run-id.js';
import type { Settings } from './settings.js';
import type { BodyState } from './state.js';
import { remaining, survey, type Intent, type Survey } from './survey.js';
import { untouched } from './touched.js';

export interface Applied {
  /** `restored`: it failed, and the host is as it was; `broken`: it failed, and `left` is not as it was. */
  readonly status: 'done' | 'restored' | 'broken';
  /** The command that failed. */
  readonly failure: StepFailure | null;
  /** What was not as it should be although all commands had succeeded. */
  readonly unproven: readonly Change[];
  /** What has come in the way of it since: nothing can be proven around it. */
  readonly obstacles: readonly Obstacle[];
  /** What stands in the way of putting back the rest of what was there. */
  readonly missed: readonly Obstacle[];
  /** What kept us from looking again or from undoing: a command that failed, a tool that did not answer. */
  readonly trouble: StepFailure | Error | null;
  /** True where all was as it should be, and was refused nevertheless: see `judge`. */
  readonly isRefused: boolean;
  /** What it would take for a broken host to be as it was, as far as it could be read. */
  readonly left: readonly Change[];
}

export interface Order {
  /** What was asked for, in the words of the command line: `apply lab.yaml`. */
  readonly what: string;
  /** Told before commands begin how many are done, and in the end. */
  readonly onProgress?: (done: number, total: number) => void;
  /** False: what a run that fails has done stays. */
  readonly rollsBack?: boolean;
  /** Says of a host that is as it should be whether it may stay so: the checks. */
  readonly judge?: () => Promise<boolean>;
  /** The run that this one undoes: what is wanted is what was there before that. */
  readonly undoes?: Journal;
  /** A change that is reverted unless somebody confirms it; `arm` starts who does that, or throws. */
  readonly trial?: Trial & { arm(): Promise<void> };
}

/**
 * Carries a survey's plan out and proves by a second survey that nothing is left to do. The journal says beforehand what was
 * there. Once it has written to the host, it does not throw.
 */
export async function apply(surveyed: Survey, settings: Settings, order: Order): Promise<Applied> {
  const { stateDir } = settings;
  const { topology } = surveyed.intent;
  const past = await begin(surveyed, settings, order);
  await writeRecord(stateDir, remembering(surveyed, order.undoes));
  const attempted = await attempt(surveyed, settings, (done, total) => {
    if (done < total) note(stateDir, topology, { done });
    order.onProgress?.(done, total);
  });
  const judged = await judge(attempted, order);
  const isKept = isProven(judged) && (!judged.isRefused || order.rollsBack === false);
  if (!isKept) return restore(surveyed, judged, past, settings, order);
  const { missed = [] } = surveyed;
  const broken = { status: 'broken', ...judged, missed } as const;
  try {
    if (missed.length > 0) return { ...broken, left: await undonePartly(order.undoes, settings) };
    await settle(surveyed, settings, order);
  } catch (error) {
    return { ...broken, trouble: error as Error, left: [] };
  }
  return { status: 'done', ...judged, missed, left: [] };
}

/** What is undone comes back with what was remembered of it, also where not all of it can come back. */
function remembering({ during }: Survey, undoes: Journal | undefined): HostRecord {
  const past = undoes?.record ?? null;
  if (past === null) return during;
  return {
    ...during,
    before: { ...during.before, ...past.before },
    reads: merged(during.reads, past.reads),
    bodies: merged(during.bodies, past.bodies),
  };
}

/** What the host then lacks. The run that was undone may be undone again: nothing waits, and nothing is reverted any more. */
async function undonePartly(undoes: Journal | undefined, settings: Settings): Promise<readonly Change[]> {
  if (undoes === undefined) return [];
  await keepJournal(settings.stateDir, { ...undoes, isComplete: true, trial: null });
  return leftOf(undoes.before, settings);
}

/** What the host lacks of an intent. */
const leftOf = async (intent: Intent, settings: Settings): Promise<readonly Change[]> =>
  (await survey(intent, settings)).plan.changes;

async function judge(attempted: Attempt, order: Order): Promise<Judged> {
  if (!isProven(attempted) || order.judge === undefined) return { ...attempted, isRefused: false };
  try {
    return { ...attempted, isRefused: !(await order.judge()) };
  } catch (error) {
    return { ...attempted, isRefused: false, trouble: error as Error };
  }
}

/**
 * Once all is as it should be: remembers what has to be put back some day, and no more. Also where nothing had to be done. What
 * a killed run had begun is then complete.
 */
export async function settle(
  surveyed: Survey,
  settings: Settings,
  { undoes, trial }: Pick<Order, 'undoes' | 'trial'> = {},
): Promise<void> {
  const { intent, after, record } = surveyed;
  const { stateDir } = settings;
  if (undoes !== undefined) {
    await keep(undoes.record, surveyed, settings);
    return removeJournal(stateDir, intent.topology);
  }
  const wanted = intent.desired.length === 0 ? null : after;
  if (!equal(wanted as Json, record as Json)) await keep(wanted, surveyed, settings);
  const journal = await readJournal(stateDir, intent.topology);
  if (journal?.isComplete !== false) return;
  const deadline = trial === undefined ? null : monotonicMs() + trial.withinMs;
  note(stateDir, intent.topology, { isComplete: true, deadline });
}

/** What a run that fails goes back to, and the journal that is there then. */
interface Past {
  /** Null: what was there was but a part of what another run had begun, and nothing to go back to. */
  readonly before: Intent | null;
  readonly record: HostRecord | null;
  readonly journal: Journal | null;
}

/**
 * Says in the journal what is about to be done. Where a run was killed before, what was there before *that* one is what can be
 * gone back to: nobody wanted what it left.
 */
async function begin(
  surveyed: Survey,
  { stateDir }: Settings,
  { what, undoes, trial }: Order,
): Promise<Past> {
  const { topology } = surveyed.intent;
  const earlier = await readJournal(stateDir, topology);
  const unfinished = earlier?.isComplete === false ? earlier : null;
  const { before, record } = undoes ??
    unfinished ?? { before: intentBefore(surveyed), record: surveyed.record };
  await beginJournal(stateDir, {
    version: 1,
    topology,
    what,
    ...thisRun(),
    since: new Date().toISOString(),
    commands: surveyed.plan.waves.flat().reduce((sum, batch) => sum + batch.commands.length, 0),
    before,
    record,
    // Who reverts it does so until nothing is left of it, whatever becomes of the first attempt.
    trial: trial === undefined ? pendingIn(undoes) : { token: trial.token, withinMs: trial.withinMs },
  });
  try {
    await trial?.arm();
  } catch (error) {
    await putBack(earlier, topology, stateDir);
    throw error;
  }
  if (undoes === undefined) return { before, record, journal: unfinished === null ? earlier : null };
  if (!undoes.isComplete) return { before: null, record, journal: undoes };
  return { before: intentBefore(surveyed), record: surveyed.record, journal: undoes };
}

const pendingIn = (journal: Journal | undefined): Trial | null =>
  journal !== undefined && isPending(journal) ? journal.trial : null;

type Judged = Omit<Applied, 'status' | 'left' | 'missed'>;

type Attempt = Omit<Judged, 'isRefused'>;

const isProven = ({ failure, unproven, obstacles, trouble }: Attempt): boolean =>
  failure === null && trouble === null && obstacles.length === 0 && unproven.length === 0;

/** Executes a plan and looks, wherever it may have changed something, at what is left to do of its intent. */
async function attempt(
  surveyed: Survey,
  settings: Settings,
  onProgress?: (done: number, total: number) => void,
): Promise<Attempt> {
  const { plan, intent, host } = surveyed;
  try {
    const { failure, shown } = await execute(plan, settings, onProgress);
    if (failure !== null) return { ...NOTHING, failure };
    const settled = untouched(plan, host);
    const seen = new Map([...settled, ...shownSince(surveyed, shown)]);
    const { changes, obstacles } = await remaining(intent, settings, { seen, settled });
    return { ...NOTHING, unproven: changes, obstacles };
  } catch (error) {
    return { ...NOTHING, trouble: error as Error };
  }
}

const NOTHING: Attempt = { failure: null, unproven: [], obstacles: [], trouble: null };

/** The bodies that the plan left as they were then shown; not those of which more is asked than that. */
function shownSince({ plan, during }: Survey, shown: Executed['shown']): [string, BodyState][] {
  const asked = new Set(during.reads.map(({ body }) => body));
  return plan.bodies.flatMap((body): [string, BodyState][] => {
    const outcome = asked.has(body.name) ? undefined : shown.get(body.name);
    const state = outcome && bodyShown(body, outcome);
    return state == null ? [] : [[body.name, state]];
  });
}

/** Rollback is a plan from what is there now to what was there before, or to as much of it as can be had. */
async function restore(
  surveyed: Survey,
  failed: Judged,
  { before, record, journal }: Past,
  settings: Settings,
  { rollsBack = true }: Order,
): Promise<Applied> {
  const broken = (
    trouble: Applied['trouble'],
    left: readonly Change[],
    missed: readonly Obstacle[] = [],
  ): Applied => ({ status: 'broken', ...failed, missed, trouble: trouble ?? failed.trouble, left });
  try {
    if (before === null) return broken(null, await leftOf(surveyed.intent, settings));
    if (!rollsBack) return broken(null, await leftOf(before, settings));
    const goal = await surveyBack(before, settings);
    if (goal.obstacles.length > 0) return broken(null, goal.plan.changes, goal.obstacles);
    const back = await attempt(goal, settings);
    const missed = [...(goal.missed ?? []), ...back.obstacles];
    if (back.trouble !== null) return broken(back.trouble, back.unproven, missed);
    if (!isProven(back) || missed.length > 0)
      return broken(back.failure, await leftOf(before, settings), missed);
    await keep(record, surveyed, settings);
    await putBack(journal, surveyed.intent.topology, settings.stateDir);
    return { status: 'restored', ...failed, missed, left: [] };
  } catch (error) {
    return broken(error as Error, []);
  }
}

const putBack = (journal: Journal | null, topology: string, stateDir: string): Promise<void> =>
  journal === null ? removeJournal(stateDir, topology) : keepJournal(stateDir, journal);

const keep = (record: HostRecord | null, { intent }: Survey, { stateDir }: Settings): Promise<void> =>
  record === null ? removeRecord(stateDir, intent.topology) : writeRecord(stateDir, record);
