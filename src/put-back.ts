// What was there before in, a survey of as much of it as can be had now out: what can no longer be does not keep the rest from being put back.
import type { Obstacle } from './diff.js';
import { graphOf } from './graph.js';
import { deviceNamed, netnsOf } from './kind.js';
import type { Settings } from './settings.js';
import { survey, type Intent, type Known, type Survey } from './survey.js';

/**
 * As `survey`, but of an intent without what cannot be now, which `missed` names, and without all that needs it. Where
 * something that has to go holds a foreign thing, nothing is left out: what would have to stay could be in the way of the rest.
 * Throws a ToolError when the host cannot be read.
 */
export async function surveyBack(intent: Intent, settings: Settings, known: Known = {}): Promise<Survey> {
  let surveyed = await survey(intent, settings, known);
  const missed: Obstacle[] = [];
  // Each time round less is wanted.
  for (;;) {
    const obstacles = [...surveyed.obstacles, ...gone(surveyed)];
    if (obstacles.length === 0) return missed.length === 0 ? surveyed : { ...surveyed, missed };
    const narrowed = without(surveyed, obstacles);
    const isStuck = narrowed.desired.length === surveyed.intent.desired.length;
    if (isStuck || obstacles.some(({ reason }) => reason === 'occupied'))
      return { ...surveyed, obstacles: [...missed, ...obstacles] };
    missed.push(...obstacles);
    surveyed = await survey(narrowed, settings);
  }
}

/** Devices that something is to be set on, and that are neither there nor made: NICs that have gone. */
function gone({ intent: { desired }, plan, live, host }: Survey): Obstacle[] {
  const [wanted, there] = [graphOf(desired), graphOf(live)];
  const isLacking = (name: string): boolean =>
    wanted.resolve(name).length === 0 && there.resolve(name).length === 0;
  const lacking = new Map<string, Obstacle>();
  for (const { after } of plan.changes) {
    // Of a namespace that is still to be made, nothing is missing: its `lo` comes with it.
    if (after === null || host.bodies.get(after.body)?.exists !== true) continue;
    for (const name of after.needs)
      if (deviceNamed(name) !== null && !lacking.has(name) && isLacking(name))
        lacking.set(name, { reason: 'missing', desired: after, name });
  }
  return [...lacking.values()];
}

/** The intent without what cannot be, and without all that would have to be made upon it: what is as it was stays wanted. */
function without({ intent, plan }: Survey, obstacles: readonly Obstacle[]): Intent {
  const wanted = graphOf(intent.desired);
  const changing = new Set(plan.changes.map(({ id }) => id));
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
    for (const { id, body, needs, diesWith } of intent.desired)
      if (changing.has(id) && [netnsOf(body), ...needs, ...diesWith].some(isDropped)) dropped.add(id);
  }
  return { ...intent, desired: intent.desired.filter(({ id }) => !dropped.has(id)) };
}
