// A survey in, the host changed as it says: executed, observed again, and on failure put back from what is there to what was.
import { execute, type StepFailure } from './execute.js';
import type { Change, Desired, HostRecord } from './model.js';
import { removeRecord, writeRecord } from './record.js';
import type { Settings } from './settings.js';
import { survey, type Intent, type Survey } from './survey.js';

export interface Applied {
  /** `restored`: it failed, and the host is as it was; `broken`: it failed, and `left` is not as it was. */
  readonly status: 'done' | 'restored' | 'broken';
  readonly failure: StepFailure | null;
  /** What is not as it should be: after `done` nothing, otherwise the changes that would still be needed. */
  readonly left: readonly Change[];
}

/** Carries a survey's plan out and proves by a second survey that nothing is left to do. */
export async function apply(
  surveyed: Survey,
  settings: Settings,
  onProgress?: (done: number, total: number) => void,
): Promise<Applied> {
  await writeRecord(settings.stateDir, surveyed.during);
  const failure = await execute(surveyed.plan, settings, onProgress);
  const left = failure === null ? await leftOf(surveyed.intent, settings) : [];
  if (failure === null && left.length === 0) {
    await keep(surveyed.intent.desired.length === 0 ? null : surveyed.after, surveyed, settings);
    return { status: 'done', failure, left };
  }
  return restore(surveyed, failure, left, settings);
}

async function leftOf(intent: Intent, settings: Settings): Promise<readonly Change[]> {
  return (await survey(intent, settings)).plan.changes;
}

/** Rollback is a plan from what is there now to what was there before. */
async function restore(
  surveyed: Survey,
  failure: StepFailure | null,
  unproven: readonly Change[],
  settings: Settings,
): Promise<Applied> {
  const before = intentBefore(surveyed);
  const back = await survey(before, settings);
  const failedAgain = await execute(back.plan, settings);
  const left = await leftOf(before, settings);
  if (failedAgain !== null || left.length > 0)
    return { status: 'broken', failure: failure ?? failedAgain, left };
  await keep(surveyed.record, surveyed, settings);
  return { status: 'restored', failure, left: unproven };
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
