// A plan's changes in, what they require of the host out. Pure.
import { graphOf, type Graph } from '../graph.js';
import type { Around, Requirement } from '../kind.js';
import { kindOf } from '../kinds/index.js';
import type { Change, Desired, Resource } from '../model.js';
import type { Intent } from '../survey.js';

/** Something that is to be made or changed, and one thing that it requires. */
export interface Demand {
  readonly desired: Desired;
  readonly requirement: Requirement;
}

/**
 * What of the file is to be made, with all that it requires; what is to be changed, with what it did not require before. What
 * a record wants back was there already.
 */
export function demandsIn(
  changes: readonly Change[],
  { desired }: Intent,
  ovsDatapath: Around['ovsDatapath'],
): Demand[] {
  let graph: Graph<Desired> | undefined;
  const around: Around = {
    ovsDatapath,
    fieldsOf: (id) => (graph ??= graphOf(desired)).get(id)?.fields,
  };
  return changes.flatMap(({ before, after }) => {
    if (after === null || after.at === null) return [];
    const met = new Set(before?.kind === after.kind ? requirementsOf(before, around).map(keyOf) : []);
    return requirementsOf(after, around)
      .filter((requirement) => !met.has(keyOf(requirement)))
      .map((requirement) => ({ desired: after, requirement }));
  });
}

/** The same for equal requirements, whichever word asks for them. */
export const keyOf = ({ at: _, ...what }: Requirement): string => JSON.stringify(what);

/** What has to be read to be seen can only be made with the same tool. */
function requirementsOf(resource: Resource, around: Around): readonly Requirement[] {
  const { requires, reads } = kindOf(resource.kind);
  const tools = reads?.(resource).map(({ tool }): Requirement => ({ tool })) ?? [];
  return [...tools, ...(requires?.(resource, around) ?? [])];
}
