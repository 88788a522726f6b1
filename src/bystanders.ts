// Planned changes in, the same with words on what others lose by them out: what they have on a link that is taken down, or goes.
import { groupBy } from './collections.js';
import { endedBy } from './diff.js';
import { graphOf } from './graph.js';
import { kindOf } from './kinds/index.js';
import type { Change, Desired, Live } from './model.js';
import { ownersOf } from './owners.js';

/** Something of others that is lost when `cause` is done. */
interface Bystander {
  readonly thing: Live;
  /** Id of the change. */
  readonly cause: string;
}

/** The same changes, with words on what others lose by them; nothing brings that back. */
export function toldOfBystanders(
  changes: readonly Change[],
  desired: readonly Desired[],
  live: readonly Live[],
  topology: string,
): readonly Change[] {
  const bystanders = bystandersOf(changes, desired, live, topology);
  if (bystanders.length === 0) return changes;
  const losses = groupBy(bystanders, ({ cause }) => cause);
  return changes.map((change) => {
    const lost = losses.get(change.id);
    if (lost === undefined) return change;
    return { ...change, reason: [change.reason, lossText(lost)].filter(Boolean).join(', ') };
  });
}

function bystandersOf(
  changes: readonly Change[],
  desired: readonly Desired[],
  live: readonly Live[],
  topology: string,
): Bystander[] {
  const there = graphOf(live);
  const owners = ownersOf(live);
  const wanted = graphOf(desired);
  const causes = new Map(
    changes
      .filter((change) => !isIdleBefore(change))
      .flatMap((change) => endedBy(change).map((name) => [name, change.id])),
  );
  if (causes.size === 0) return [];
  const causeOf = (name: string): string | undefined =>
    causes.get(name) ?? there.resolve(name).flatMap(({ id }) => causes.get(id) ?? [])[0];
  const causeOfAll = (names: readonly string[]): string | undefined => {
    const found = names.map(causeOf);
    return found.includes(undefined) ? undefined : found[0];
  };
  return live.flatMap((thing): Bystander[] => {
    if (thing.isMade !== true || wanted.get(thing.id) !== undefined || owners.of(thing) === topology)
      return [];
    const { diesWith, lostWith = [] } = thing;
    // Of what it may be lost with, one of a sort that stays keeps it: a link's other addresses, the links of its other next hops.
    const sorts = groupBy(lostWith, (name) => there.resolve(name)[0]?.kind);
    const cause = [...diesWith.map(causeOf), ...[...sorts.values()].map(causeOfAll)].find(
      (found) => found !== undefined,
    );
    return cause === undefined ? [] : [{ thing, cause }];
  });
}

/** What bears nothing has nothing to lose: a link that was down, and comes up. */
const isIdleBefore = ({ action, before }: Change): boolean =>
  action === 'update' && before !== null && kindOf(before.kind).isIdle?.(before) === true;

/** How many are named; of a router's routes there may be thousands. */
const MOST = 8;

/** `ends of others: route main/10.9.0.0/16, address eth0/fd00::1`. */
function lossText(lost: readonly Bystander[]): string {
  const names = lost.map(({ thing: { id } }) => nameIn(id));
  const others = names.length > MOST ? [`${names.length - MOST} more`] : [];
  return `ends of others: ${[...names.slice(0, MOST), ...others].join(', ')}`;
}

const nameIn = (id: string): string => {
  const [, noun = '', ...name] = id.split('/');
  return `${noun} ${name.join('/')}`;
};
