// What was there before in, a survey of as much of it as can be had now out: what stands in the way of a part does not keep the rest from being put back.
import { intentBefore } from './before.js';
import type { Obstacle } from './diff.js';
import { graphOf } from './graph.js';
import { deviceNamed, netnsOf } from './kind.js';
import type { Desired } from './model.js';
import type { Settings } from './settings.js';
import { survey, type Intent, type Known, type Survey } from './survey.js';

/**
 * As `survey`, but of an intent that is narrowed until nothing stands in its way; `missed` says what did. What is left out
 * stays as it is now. Throws a ToolError when the host cannot be read.
 */
export async function surveyBack(intent: Intent, settings: Settings, known: Known = {}): Promise<Survey> {
  let surveyed = await survey(intent, settings, known);
  const missed: Obstacle[] = [];
  for (;;) {
    const obstacles = [...surveyed.obstacles, ...gone(surveyed)];
    if (obstacles.length === 0) break;
    const narrowed = without(surveyed, obstacles);
    if (narrowed === null) return surveyed;
    missed.push(...obstacles);
    surveyed = await survey(narrowed, settings);
  }
  return missed.length === 0 ? surveyed : { ...surveyed, missed };
}

/** Devices that something is to be set on, and that are neither there nor made: NICs that have gone. */
function gone({ intent: { desired }, live }: Survey): Obstacle[] {
  const [wanted, there] = [graphOf(desired), graphOf(live)];
  const isLacking = (name: string): boolean =>
    wanted.resolve(name).length === 0 && there.resolve(name).length === 0;
  const lacking = new Map<string, Obstacle>();
  for (const resource of desired) {
    for (const name of resource.needs) {
      if (deviceNamed(name) === null || lacking.has(name) || !isLacking(name)) continue;
      lacking.set(name, { reason: 'missing', desired: resource, name });
    }
  }
  return [...lacking.values()];
}

/** The intent without what cannot be and all that needs it, of which what is there stays; null where that is the same intent. */
function without(surveyed: Survey, obstacles: readonly Obstacle[]): Intent | null {
  const { intent } = surveyed;
  const dropped = droppedOf(intent, obstacles);
  const kept = intent.desired.filter(({ id }) => !dropped.has(id));
  const desired = [...kept, ...stayingWith(dropped, intentBefore(surveyed).desired, kept)];
  return isSame(desired, intent.desired) ? null : { ...intent, desired };
}

/** Ids of what cannot be, and of all that needs it. */
function droppedOf({ desired }: Intent, obstacles: readonly Obstacle[]): ReadonlySet<string> {
  const wanted = graphOf(desired);
  const dropped = new Set(obstacles.map((obstacle) => obstacle.desired.id));
  const absent = new Set(
    obstacles.map(({ reason, desired: { body }, name = '' }) =>
      reason === 'nowhere' ? netnsOf(body) : reason === 'missing' ? name : '',
    ),
  );
  const isDropped = (name: string): boolean =>
    absent.has(name) || wanted.resolve(name).some(({ id }) => dropped.has(id));
  for (let size = -1; size < dropped.size;) {
    size = dropped.size;
    for (const { id, body, needs, diesWith } of desired)
      if ([netnsOf(body), ...needs, ...diesWith].some(isDropped)) dropped.add(id);
  }
  return dropped;
}

/** Of what is there: the dropped, what that needs, and what would go with nothing else. */
function stayingWith(
  dropped: ReadonlySet<string>,
  present: readonly Desired[],
  kept: readonly Desired[],
): readonly Desired[] {
  const [there, wanted] = [graphOf(present), graphOf(kept)];
  const staying = new Set<Desired>();
  const stay = (found: Desired): void => {
    if (staying.has(found) || wanted.get(found.id) !== undefined) return;
    staying.add(found);
    for (const name of found.needs) there.resolve(name).forEach(stay);
  };
  present.filter(({ id }) => dropped.has(id)).forEach(stay);
  for (let size = -1; size < staying.size;) {
    size = staying.size;
    for (const found of present) {
      const holders = found.diesWith.flatMap((name) => there.resolve(name));
      if (holders.length > 0 && holders.every((holder) => staying.has(holder))) stay(found);
    }
  }
  return [...staying];
}

const isSame = (some: readonly Desired[], others: readonly Desired[]): boolean =>
  JSON.stringify(some) === JSON.stringify(others);
