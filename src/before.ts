// A survey in, what the host was like out, as an intent: what it takes to undo whatever is done now.
import type { Desired } from './model.js';
import type { Intent, Survey } from './survey.js';

/** All that was ours, and what was set in adopted things. */
export function intentBefore({ intent, plan, live, record, ownerOf }: Survey): Intent {
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
