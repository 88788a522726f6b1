// A survey in, the host changed as it says: executed, observed again, and on failure put back from what is there to what was.
import { execute, type StepFailure } from './execute.js';
import type { Change, Desired, HostRecord, Plan } from './model.js';
import { removeRecord, writeRecord } from './record.js';
import type { Settings } from './settings.js';
import { survey, type Intent, type Survey } from './survey.js';

export interface Applied {
  /** `restored`: it failed, and the host is as it was; `broken`: it failed, and `left` is not as it was. */
  readonly status: 'done' | 'restored' | 'broken';
  /** The command that failed; null when all succeeded, and the second look found something left or could not be taken. */
  readonly failure: StepFailure | null;
  /** What kept us from looking again or from undoing: a command that failed, a tool that did not answer. */
  readonly trouble: StepFailure | Error | null;
  /** What is not as it should be: after `done` nothing, otherwise the changes that would still be needed. */
  readonly left: readonly Change[];
}

/** Carries a survey's plan out and proves by a second survey that nothing is left to do. Once it has written, it does not throw. */
export async function apply(
  surveyed: Survey,
  settings: Settings,
  onProgress?: (done: number, total: number) => void,
): Promise<Applied> {
  await writeRecord(settings.stateDir, surveyed.during);
  const { failure, trouble, left } = await attempt(surveyed.plan, surveyed.intent, settings, onProgress);
  if (failure === null && trouble === null && left.length === 0) {
    await keep(surveyed.intent.desired.length === 0 ? null : surveyed.after, surveyed, settings);
    return { status: 'done', failure, trouble, left };
  }
  return restore(surveyed, { failure, trouble, left }, settings);
}

type Attempt = Omit<Applied, 'status'>;

/** Executes a plan and looks at what is left to do of its intent. */
async function attempt(
  plan: Plan,
  intent: Intent,
  settings: Settings,
  onProgress?: (done: number, total: number) => void,
): Promise<Attempt> {
  try {
    const failure = await execute(plan, settings, onProgress);
    const left = failure === null ? (await survey(intent, settings)).plan.changes : [];
    return { failure, trouble: null, left };
  } catch (error) {
    return { failure: null, trouble: error as Error, left: [] };
  }
}

/** Rollback is a plan from what is there now to what was there before. */
async function restore(
  surveyed: Survey,
  { failure, trouble, left }: Attempt,
  settings: Settings,
): Promise<Applied> {
  const before = intentBefore(surveyed);
  try {
    const back = await attempt((await survey(before, settings)).plan, before, settings);
    const missing = back.failure === null ? back.left : (await survey(before, settings)).plan.changes;
    if (back.failure !== null || back.trouble !== null || missing.length > 0)
      return { status: 'broken', failure, trouble: back.failure ?? back.trouble ?? trouble, left: missing };
    await keep(surveyed.record, surveyed, settings);
    return { status: 'restored', failure, trouble, left };
  } catch (error) {
    return { status: 'broken', failure, trouble: error as Error, left: [] };
  }
}

const keep = (record: HostRecord | null, { intent }: Survey, { stateDir }: Settings): Promise<void> =>
  record === null ? removeRecord(stateDir, intent.topology) : writeRecord(stateDir, record);

/** What the host was like: all that was ours, and what was set in adopted things. */
function intentBefore({ intent, plan, live, record, ownerOf }: Survey): Intent {
  const { topology } = intent;
  const desired = live.flatMap((found): Desired[] => {
    const { owner, ...resource } = found;
    const remembered = record?.before[found.id]?.fields;
    if (remembered != null) {
      const fields = Object.fromEntries(
        Object.keys(remembered).map((field) => [field, found.fields[field] ?? null]),
      );
      return [{ ...resource, fields, ownership: 'adopted', at: null }];
    }
    if (ownerOf(found) !== topology) return [];
    return [{ ...resource, ownership: owner === undefined ? 'part' : 'owned', at: null }];
  });
  // Also namespaces that the intent does not speak of any more: what was in them goes nowhere else.
  const named = new Set([...intent.bodies.map(({ name }) => name), ...desired.map(({ body }) => body)]);
  return { topology, bodies: plan.bodies.filter(({ name }) => named.has(name)), desired };
}
