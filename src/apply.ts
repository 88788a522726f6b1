// A survey in, the host changed as it says: executed, observed again, and on failure put back from what is there to what was.
import { equal } from './compare.js';
import type { Obstacle } from './diff.js';
import { Refusal } from './errors.js';
import { execute, type Executed, type StepFailure } from './execute.js';
import type { Change, Desired, HostRecord, Json } from './model.js';
import { bodyShown } from './observe.js';
import { removeRecord, writeRecord } from './record.js';
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
  /** What kept us from looking again or from undoing: a command that failed, a tool that did not answer. */
  readonly trouble: StepFailure | Error | null;
  /** What it would take for a broken host to be as it was, as far as it could be read. */
  readonly left: readonly Change[];
}

/** Carries a survey's plan out and proves by a second survey that nothing is left to do. Once it has written, it does not throw. */
export async function apply(
  surveyed: Survey,
  settings: Settings,
  onProgress?: (done: number, total: number) => void,
): Promise<Applied> {
  await writeRecord(settings.stateDir, surveyed.during);
  const attempted = await attempt(surveyed, settings, onProgress);
  if (!isProven(attempted)) return restore(surveyed, attempted, settings);
  try {
    await settle(surveyed, settings);
  } catch (error) {
    return { status: 'broken', ...attempted, trouble: error as Error, left: [] };
  }
  return { status: 'done', ...attempted, left: [] };
}

/** Once all is as it should be: remembers what has to be put back some day, and no more. Also where nothing had to be done. */
export async function settle(surveyed: Survey, settings: Settings): Promise<void> {
  const { intent, after, record } = surveyed;
  const wanted = intent.desired.length === 0 ? null : after;
  if (!equal(wanted as Json, record as Json)) await keep(wanted, surveyed, settings);
}

type Attempt = Omit<Applied, 'status' | 'left'>;

const isProven = ({ failure, unproven, trouble }: Attempt): boolean =>
  failure === null && trouble === null && unproven.length === 0;

/** Executes a plan and looks, wherever it may have changed something, at what is left to do of its intent. */
async function attempt(
  surveyed: Survey,
  settings: Settings,
  onProgress?: (done: number, total: number) => void,
): Promise<Attempt> {
  const { plan, intent, host } = surveyed;
  try {
    const { failure, shown } = await execute(plan, settings, onProgress);
    if (failure !== null) return { failure, unproven: [], trouble: null };
    const settled = untouched(plan, host);
    const seen = new Map([...settled, ...shownSince(surveyed, shown)]);
    const { changes, obstacles } = await remaining(intent, settings, { seen, settled });
    return { failure, unproven: changes, trouble: inTheWay(obstacles) };
  } catch (error) {
    return { failure: null, unproven: [], trouble: error as Error };
  }
}

/** The bodies that the plan left as they were then shown; not those of which more is asked than that. */
function shownSince({ plan, during }: Survey, shown: Executed['shown']): [string, BodyState][] {
  const asked = new Set(during.reads.map(({ body }) => body));
  return plan.bodies.flatMap((body): [string, BodyState][] => {
    const outcome = asked.has(body.name) ? undefined : shown.get(body.name);
    const state = outcome && bodyShown(body, outcome);
    return state == null ? [] : [[body.name, state]];
  });
}

/** What has come in the way since: nothing can be proven, or undone, around it. */
function inTheWay(obstacles: readonly Obstacle[]): Error | null {
  if (obstacles.length === 0) return null;
  const things = obstacles.map(({ desired, holder }) =>
    holder === undefined ? `${desired.id} is not there` : `${holder.id} is in the way of ${desired.id}`,
  );
  return new Refusal(things.join('\n'));
}

/** Rollback is a plan from what is there now to what was there before. */
async function restore(surveyed: Survey, attempted: Attempt, settings: Settings): Promise<Applied> {
  const before = intentBefore(surveyed);
  try {
    const back = await attempt(await survey(before, settings), settings);
    if (isProven(back)) {
      await keep(surveyed.record, surveyed, settings);
      return { status: 'restored', ...attempted, left: [] };
    }
    const left = back.failure === null ? back.unproven : (await survey(before, settings)).plan.changes;
    return {
      status: 'broken',
      ...attempted,
      trouble: back.failure ?? back.trouble ?? attempted.trouble,
      left,
    };
  } catch (error) {
    return { status: 'broken', ...attempted, trouble: error as Error, left: [] };
  }
}

const keep = (record: HostRecord | null, { intent }: Survey, { stateDir }: Settings): Promise<void> =>
  record === null ? removeRecord(stateDir, intent.topology) : writeRecord(stateDir, record);

/** What the host was like: all that was ours, and what was set in adopted things. */
function intentBefore({ intent, plan, live, record, ownerOf }: Survey): Intent {
  const { topology } = intent;
  const desired = live.flatMap((found): Desired[] => {
    const { owner, given = [], lostWith: _, ...resource } = found;
    const remembered = record?.before[found.id]?.fields;
    if (remembered != null) {
      const fields = Object.fromEntries(
        Object.keys(remembered).map((field) => [field, found.fields[field] ?? null]),
      );
      return [{ ...resource, fields, ownership: 'adopted', at: null }];
    }
    if (ownerOf(found) !== topology) return [];
    const fields = Object.fromEntries(
      Object.entries(found.fields).filter(([field]) => !given.includes(field)),
    );
    // What bears no mark of its own, but was remembered, is a part of somebody else's thing.
    const isPart = owner === undefined || record?.before[found.id] !== undefined;
    return [{ ...resource, fields, ownership: isPart ? 'part' : 'owned', at: null }];
  });
  // Also namespaces that the intent does not speak of any more: what was in them goes nowhere else.
  const named = new Set([...intent.bodies.map(({ name }) => name), ...desired.map(({ body }) => body)]);
  return { topology, bodies: plan.bodies.filter(({ name }) => named.has(name)), desired };
}
