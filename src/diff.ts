// Desired and live resources in, changes out: a set difference, after which replacements spread to all that depends on them.
import { compare } from './compare.js';
import { graphOf, type Graph } from './graph.js';
import { linkOfPlace, type Cost } from './kind.js';
import { kindOf } from './kinds/index.js';
import { ownersOf, type Owners } from './owners.js';
import type { Change, Desired, FieldChange, Interruption, Live } from './model.js';
import type { Lack } from './requirements/lack.js';

/**
 * Something that the plan cannot be made for: a name is taken by a foreign thing, an adopted thing is not there, a thing that
 * would go holds a foreign one, it cannot be on a link beside a foreign one, the host
 * lacks what a thing requires, a tool does not take what is said, or the namespace that it is to be in is not there.
 */
export interface Obstacle {
  readonly reason: 'taken' | 'missing' | 'occupied' | 'unsupported' | 'refused' | 'beside' | 'nowhere';
  readonly desired: Desired;
  /** The foreign resource in the way, and the topology that owns it, if any does. */
  readonly holder?: Live;
  /** Of what the resource provides, the name that is taken (of a veth pair, that of its other end); of what it needs, that which is missing. */
  readonly name?: string;
  readonly owner?: string | null;
  /** What the host lacks. */
  readonly lack?: Lack;
  /** Of what is refused: why; of what is nowhere: the file that would name its namespace. */
  readonly words?: string;
}

export interface Difference {
  readonly changes: readonly Change[];
  readonly obstacles: readonly Obstacle[];
}

/** What must change so that the live resources of `topology` become the desired ones. Foreign resources are left out of it. */
export function diff(desired: readonly Desired[], live: readonly Live[], topology: string): Difference {
  const wanted = graphOf(desired);
  const there = graphOf(live);
  const owners = ownersOf(live);
  const changes = new Map<string, Change>();
  const obstacles: Obstacle[] = [];

  for (const resource of live) {
    if (wanted.get(resource.id) === undefined && owners.of(resource) === topology) {
      changes.set(resource.id, change('remove', resource, null));
    }
  }
  for (const resource of desired) {
    const present = there.get(resource.id);
    const obstacle = obstacleTo(resource, present, there, owners, topology);
    if (obstacle !== null) obstacles.push(obstacle);
    else if (present === undefined) changes.set(resource.id, change('create', null, resource));
    else {
      const difference = alter(present, resource);
      if (difference !== null) changes.set(resource.id, difference);
    }
  }
  spread(changes, wanted, there);
  return { changes: [...changes.values()], obstacles: obstacles.filter(isFirst(obstacles)) };
}

/** What is but a part of a thing that is taken is taken for the same reason. */
function isFirst(obstacles: readonly Obstacle[]): (obstacle: Obstacle) => boolean {
  const taken = new Set(
    obstacles.flatMap(({ desired, owner }) => (owner == null ? [desired.id, ...desired.provides] : [])),
  );
  return ({ desired }) => desired.ownership !== 'part' || !desired.diesWith.some((name) => taken.has(name));
}

function obstacleTo(
  desired: Desired,
  present: Live | undefined,
  there: Graph<Live>,
  owners: Owners,
  topology: string,
): Obstacle | null {
  if (desired.ownership === 'adopted') {
    return present === undefined && kindOf(desired.kind).mustExist === true
      ? { reason: 'missing', desired }
      : null;
  }
  if (present !== undefined) {
    const owner = owners.of(present);
    if (owner === topology) return null;
    const serves = desired.ownership === 'part' && compare(present.fields, desired.fields).length === 0;
    return serves ? null : { reason: 'taken', desired, holder: present, owner };
  }
  if (desired.ownership === 'part') return null;
  for (const name of desired.provides) {
    const [holder] = there.resolve(name);
    if (holder === undefined) continue;
    const owner = owners.ofName(name);
    if (owner !== topology)
      return { reason: linkOfPlace(name) === null ? 'taken' : 'beside', desired, holder, name, owner };
  }
  return null;
}

function alter(before: Live, after: Desired): Change | null {
  if (before.kind !== after.kind) {
    return change(
      'replace',
      before,
      after,
      compare(before.fields, after.fields),
      'it becomes another kind of thing',
    );
  }
  const fields = compare(before.fields, after.fields);
  if (fields.length === 0) return null;
  const fixed = fields
    .filter(({ field }) => costOf(field, before, after) === 'replace')
    .map(({ field }) => field);
  if (fixed.length === 0) return change('update', before, after, fields);
  return change('replace', before, after, fields, `${fixed.join(', ')} cannot change in place`);
}

function change(
  action: Change['action'],
  before: Live | null,
  after: Desired | null,
  fields: readonly FieldChange[] = compare(before?.fields ?? {}, after?.fields ?? {}),
  reason = '',
): Change {
  const id = (after ?? before)?.id ?? '';
  return {
    action,
    id,
    before,
    after,
    fields,
    reason,
    interrupts: interruption(action, before, after, fields),
  };
}

function interruption(
  action: Change['action'],
  before: Live | null,
  after: Desired | null,
  fields: readonly FieldChange[],
): Interruption {
  if (action === 'create') return 'none';
  if (action !== 'update') return 'gap';
  const costs = fields.map(({ field }) => costOf(field, before, after));
  return costs.includes('reset') ? 'gap' : costs.includes('flap') ? 'flap' : 'none';
}

/** What it costs to change a field, or a part of it (`peer.name`), in place. */
function costOf(path: string, before: Live | null, after: Desired | null): Cost {
  if (before === null || after === null) return 'live';
  const kind = kindOf(after.kind);
  const field = /^[^.[]*/.exec(path)?.[0] ?? path;
  return kind.cost?.(field, before.fields, after.fields) ?? kind.fields[field]?.['x-change'] ?? 'live';
}

/** All that needs what is replaced, or dies with what goes or with a field that changes, is made again with it. */
function spread(changes: Map<string, Change>, wanted: Graph<Desired>, there: Graph<Live>): void {
  const queue = [...changes.values()].filter((change) => endedBy(change).length > 0);
  if (queue.length === 0) return;
  const dependents = dependentsOf(wanted, there);
  for (let cause = queue.pop(); cause !== undefined; cause = queue.pop()) {
    for (const name of endedBy(cause)) {
      for (const id of dependents.get(name) ?? []) {
        const isMadeAnew = cause.action === 'replace' && name === cause.id;
        const replaced = replacement(changes.get(id), wanted.get(id), there.get(id), cause, isMadeAnew);
        if (replaced === null) continue;
        changes.set(id, replaced);
        queue.push(replaced);
      }
    }
  }
}

/**
 * What a change ends, so that others die with it: the thing, or its fields that change (`ID#FIELD`, `NAME#FIELD`), and things
 * beside it that it unsettles.
 */
export function endedBy(change: Change): string[] {
  const { action, id, before, fields } = change;
  if (action === 'create') return unsettledBy(change);
  if (action !== 'update' || resets(change)) return [id, ...unsettledBy(change)];
  const names = [id, ...(before?.provides ?? [])];
  return fields.flatMap(({ field }) => names.map((name) => `${name}#${field}`));
}

/** The things beside it that lose what dies with them although they stay. */
export const unsettledBy = ({ before, after }: Change): string[] => [
  ...new Set(
    [before, after].flatMap((resource) =>
      resource === null ? [] : (kindOf(resource.kind).unsettles?.(resource) ?? []),
    ),
  ),
];

/** True when the change keeps the thing but loses all that dies with it (a link taken down loses its routes). */
const resets = ({ action, before, after, fields }: Change): boolean =>
  action === 'update' && fields.some(({ field }) => costOf(field, before, after) === 'reset');

/** For each id, or field of one: what needs it as it is wanted, and what dies with it as it is. */
function dependentsOf(wanted: Graph<Desired>, there: Graph<Live>): Map<string, Set<string>> {
  const dependents = new Map<string, Set<string>>();
  const add = (on: string, id: string): void => {
    const set = dependents.get(on);
    if (set === undefined) dependents.set(on, new Set([id]));
    else set.add(id);
  };
  for (const resource of wanted.values()) {
    for (const name of resource.needs) for (const { id } of wanted.resolve(name)) add(id, resource.id);
  }
  for (const resource of there.values()) {
    if (wanted.get(resource.id) === undefined) continue;
    for (const name of [...resource.diesWith, ...(resource.lostWith ?? [])]) {
      if (name.includes('#')) add(name, resource.id);
      else for (const { id } of there.resolve(name)) add(id, resource.id);
    }
  }
  return dependents;
}

/** What merely dies with something is made again only when that ends; what needs it also when it is made anew. */
function diesWith(live: Live, cause: Change): boolean {
  const ended = endedBy(cause);
  const holders = [...live.diesWith, ...(live.lostWith ?? [])];
  return holders.some((name) => ended.includes(name) || cause.before?.provides.includes(name));
}

function replacement(
  planned: Change | undefined,
  desired: Desired | undefined,
  live: Live | undefined,
  cause: Change,
  isMadeAnew: boolean,
): Change | null {
  if (desired === undefined || live === undefined || desired.ownership === 'adopted') return null;
  if (planned !== undefined && planned.action !== 'update') return null;
  if (!isMadeAnew && !diesWith(live, cause)) return null;
  return change('replace', live, desired, planned?.fields ?? [], `goes with ${cause.id}`);
}
