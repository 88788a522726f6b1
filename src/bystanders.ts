// Planned changes in, things of others that would be lost by them out (a route over a link that is taken down), and what becomes of each.
import { groupBy } from './collections.js';
import { diff, endedBy, type Difference } from './diff.js';
import { graphOf, type Graph } from './graph.js';
import { kindOf } from './kinds/index.js';
import type { Change, Desired, HostRecord, Live, Resource } from './model.js';
import { ownersOf, type Owners } from './owners.js';

/** Something of others that is lost when `cause` is done. */
export interface Bystander {
  readonly thing: Live;
  /** Id of the change. */
  readonly cause: string;
  /**
   * `kept`: it is made again at once. `later`: it can be made again as soon as what it was on can bear it (the link is up again, or out of the VRF).
   * `gone`: what it needs goes for good, or its own words cannot be said again.
   */
  readonly fate: 'kept' | 'later' | 'gone';
}

/** All that bears somebody else's mark, or none, dies with what changes, and does not come again by itself. */
function bystandersOf(
  changes: readonly Change[],
  desired: readonly Desired[],
  live: readonly Live[],
  topology: string,
): Bystander[] {
  const there = graphOf(live);
  const owners = ownersOf(live);
  const wanted = graphOf(desired);
  const causes = new Map(changes.flatMap((change) => endedBy(change).map((name) => [name, change.id])));
  if (causes.size === 0) return [];
  const causeOf = (name: string): string | undefined =>
    causes.get(name) ?? there.resolve(name).flatMap(({ id }) => causes.get(id) ?? [])[0];
  const causeOfAll = (names: readonly string[]): string | undefined => {
    const found = names.map(causeOf);
    return found.includes(undefined) ? undefined : found[0];
  };
  const future = futureOf(wanted, there, owners, topology);
  return live.flatMap((thing): Bystander[] => {
    if (thing.again === undefined || wanted.get(thing.id) !== undefined || owners.of(thing) === topology)
      return [];
    const { diesWith, lostWith = [], again } = thing;
    // Of what it may be lost with, one of a sort that stays keeps it: a link's other addresses, the links of its other next hops.
    const sorts = groupBy(lostWith, (name) => there.resolve(name)[0]?.kind);
    const cause = [...diesWith.map(causeOf), ...[...sorts.values()].map(causeOfAll)].find(
      (found) => found !== undefined,
    );
    if (cause === undefined) return [];
    const isGone = again === null || thing.needs.some((name) => future(name) === undefined);
    return [{ thing, cause, fate: isGone ? 'gone' : canBe(thing, future) ? 'kept' : 'later' }];
  });
}

/** What an id or a name will mean when all is as it is wanted: ours that nobody wants is gone then. */
type Future = (name: string) => Resource | undefined;

function futureOf(wanted: Graph<Desired>, there: Graph<Live>, owners: Owners, topology: string): Future {
  return (name) => {
    const [desired] = wanted.resolve(name);
    const found = there.resolve(name).find((each) => each.id === desired?.id || owners.of(each) !== topology);
    // Of an adopted thing the file says some fields alone.
    return desired === undefined ? found : { ...desired, fields: { ...found?.fields, ...desired.fields } };
  };
}

/** True where all that a thing needs will be there, and able to bear it. */
const canBe = (thing: Resource, future: Future): boolean =>
  thing.needs.every((name) => {
    const holder = future(name);
    return holder !== undefined && kindOf(holder.kind).isIdle?.(holder) !== true;
  }) && kindOf(thing.kind).fits?.(thing, (id) => future(id)?.fields) !== false;

/** Without what is known of it because it is there. */
const bare = ({ owner: _, given: __, lostWith: ___, ...resource }: Live): Resource => resource;

/** They are to be there when all is done, as they are. */
const asWanted = (thing: Live): Desired => ({ ...bare(thing), ownership: 'part', at: null });

/** The things of others that a change loses, and that can be made again. */
export const remade = (bystanders: readonly Bystander[]): Desired[] =>
  bystanders.flatMap(({ thing }) => (thing.again == null ? [] : [asWanted(thing)]));

/**
 * As `diff`, but others' things that go with what changes are wanted, too, where they can be there after it; and those that were
 * `lost` earlier, where they can be there again.
 */
export function diffAmid(
  wanted: readonly Desired[],
  live: readonly Live[],
  lost: readonly Resource[],
  topology: string,
): Difference & { readonly desired: readonly Desired[]; readonly bystanders: readonly Bystander[] } {
  const there = graphOf(live);
  const isMissing = ({ id }: Resource): boolean => there.get(id) === undefined;
  const missing = lost.filter(isMissing).map(asWanted);
  // A route may need an address that is lost, too.
  const future = futureOf(graphOf(extended(wanted, missing)), there, ownersOf(live), topology);
  // What others have made again themselves, perhaps otherwise, is as they want it.
  const settled = wanted.some(isAgain) ? wanted.filter((each) => !isAgain(each) || isMissing(each)) : wanted;
  const first = extended(
    settled,
    missing.filter((thing) => canBe(thing, future)),
  );
  const alone = diff(first, live, topology);
  const bystanders = bystandersOf(alone.changes, first, live, topology);
  const desired = extended(first, remade(bystanders.filter(({ fate }) => fate === 'kept')));
  return { ...(desired === first ? alone : diff(desired, live, topology)), desired, bystanders };
}

const isAgain = ({ again }: Resource): boolean => again != null;

/** The same list where there is nothing to add: what is known of it holds. */
const extended = <Item>(items: readonly Item[], more: readonly Item[]): readonly Item[] =>
  more.length === 0 ? items : [...items, ...more];

/** What is to be remembered of things that are lost until what they were on is as it was, while a plan is carried out and after it. */
export function stillLost(
  record: HostRecord | null,
  bystanders: readonly Bystander[],
  desired: readonly Desired[],
  live: readonly Live[],
): Record<'during' | 'after', Pick<HostRecord, 'lost'>> {
  const [wanted, there] = [graphOf(desired), graphOf(live)];
  const later = bystanders.filter(({ fate }) => fate === 'later').map(({ thing }) => bare(thing));
  const missing = (record?.lost ?? []).filter(({ id }) => there.get(id) === undefined);
  return {
    during: lostIn([...missing, ...later]),
    after: lostIn([...missing.filter(({ id }) => wanted.get(id) === undefined), ...later]),
  };
}

const lostIn = (lost: readonly Resource[]): Pick<HostRecord, 'lost'> => (lost.length === 0 ? {} : { lost });

/** The same changes, with words on what others lose by them. */
export function toldOfBystanders(
  changes: readonly Change[],
  bystanders: readonly Bystander[],
): readonly Change[] {
  if (bystanders.length === 0) return changes;
  const kept = new Set(bystanders.flatMap(({ thing, fate }) => (fate === 'kept' ? [thing.id] : [])));
  const losses = groupBy(
    bystanders.filter(({ fate }) => fate !== 'kept'),
    ({ cause }) => cause,
  );
  return changes.map((change) => {
    const words = [
      ...(change.reason === '' ? [] : [change.reason]),
      ...(kept.has(change.id) ? [KEPT] : []),
      ...lossText(losses.get(change.id) ?? [], 'later'),
      ...lossText(losses.get(change.id) ?? [], 'gone'),
    ];
    return words.length === 0 ? change : { ...change, reason: words.join(', ') };
  });
}

const KEPT = 'not ours: made again as it was';

/** How many are named; of a router's routes there may be thousands. */
const MOST = 8;

/** `ends of others until this is undone: route main/10.9.0.0/16, address eth0/fd00::1`. */
function lossText(losses: readonly Bystander[], fate: Bystander['fate']): string[] {
  const names = losses.flatMap(({ thing: { id }, fate: its }) => (its === fate ? [nameIn(id)] : []));
  if (names.length === 0) return [];
  const others = names.length > MOST ? [`${names.length - MOST} more`] : [];
  const until = fate === 'later' ? ' until this is undone' : '';
  return [`ends of others${until}: ${[...names.slice(0, MOST), ...others].join(', ')}`];
}

const nameIn = (id: string): string => {
  const [, noun = '', ...name] = id.split('/');
  return `${noun} ${name.join('/')}`;
};
