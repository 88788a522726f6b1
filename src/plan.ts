// Changes in, a complete plan out: each change's commands as steps, ordered by what needs what, in as few batches as possible.
import { graphOf, type Graph } from './graph.js';
import { endedBy, unsettledBy } from './diff.js';
import { deleteByGroup } from './group-delete.js';
import type { Site } from './kind.js';
import { kindOf } from './kinds/index.js';
import type { Body, Change, Desired, Live, Plan, Resource, Step } from './model.js';
import { schedule, type Edge } from './schedule.js';
import type { HostState } from './state.js';

/** What a plan is made of; `desired` and `live` are all resources, not only those that change. */
export interface Situation {
  readonly topology: string;
  readonly bodies: readonly Body[];
  readonly desired: readonly Desired[];
  readonly live: readonly Live[];
  readonly changes: readonly Change[];
  readonly host: HostState;
  readonly site: Site;
}

/** Executing a plan looks at nothing but the plan. Its changes stand in the order in which they are done. */
export function plan(situation: Situation): Plan {
  const { changes, topology, bodies, host } = situation;
  const wanted = graphOf(situation.desired);
  const there = graphOf(situation.live);
  const { steps, edges, wishes } = stepsOf(changes, wanted, there, situation.site);
  const waves = schedule(steps, edges, wishes).map((wave) =>
    wave.map((batch) => deleteByGroup(batch, steps, changes, host)),
  );
  const order = new Map<string, number>();
  for (const step of waves.flat().flatMap((batch) => batch.steps)) {
    const id = steps[step]?.id ?? '';
    if (!order.has(id)) order.set(id, order.size);
  }
  const rank = (change: Change): number => order.get(change.id) ?? -1;
  return { topology, bodies, changes: [...changes].sort((a, b) => rank(a) - rank(b)), steps, waves };
}

function stepsOf(
  changes: readonly Change[],
  wanted: Graph<Desired>,
  there: Graph<Live>,
  site: Site,
): { steps: Step[]; edges: Edge[]; wishes: Edge[] } {
  const steps: Step[] = [];
  const removing = new Map<string, number>();
  const making = new Map<string, number>();
  for (const { id, action, before } of changes) {
    if (action !== 'remove' && action !== 'replace') continue;
    removing.set(id, steps.length);
    const commands = before === null ? [] : kindOf(before.kind).remove(before, site);
    steps.push({ id, phase: 'remove', commands });
  }
  const enders = endersOf(changes);
  for (const change of changes) {
    if (change.after === null) continue;
    making.set(change.id, steps.length);
    steps.push({ id: change.id, phase: 'make', commands: commandsOf(change, change.after, site) });
  }
  const edges: Edge[] = [];
  const wishes: Edge[] = [];
  const link = (from: number | undefined, to: number | undefined, list = edges): void => {
    if (from !== undefined && to !== undefined && from !== to) list.push([from, to]);
  };
  const coming = firstComing(changes);
  for (const { id, action, before, after } of changes) {
    const [remove, make] = [removing.get(id), making.get(id)];
    // What ends as its holder changes is made again after that; what goes for good goes before.
    const around = (causes: readonly string[]): void => {
      for (const cause of causes) {
        if (action === 'remove') link(remove, removing.get(cause) ?? making.get(cause));
        else link(making.get(cause) ?? removing.get(cause), make);
      }
    };
    const goesByItself = (): void => {
      if (remove !== undefined) steps[remove] = { id, phase: 'remove', commands: [] };
    };
    link(remove, make);
    const next = action === 'remove' ? coming.get(servedBy(before) ?? '') : undefined;
    if (next !== undefined && !areInTheWay(before, next)) link(making.get(next.id), remove, wishes);
    // What goes goes before what it needed goes, or changes.
    for (const need of idsOf(before?.needs, there)) link(remove, removing.get(need) ?? making.get(need));
    for (const need of idsOf(after?.needs, wanted)) link(making.get(need), make);
    for (const other of after?.after ?? []) link(making.get(other), make, wishes);
    for (const name of after === null ? NONE : [id, ...after.provides]) {
      for (const holder of there.resolve(name)) {
        link(removing.get(holder.id), make);
        // What gives a name up as it changes had better do so first.
        if (isGivenUp(name, wanted.get(holder.id))) link(making.get(holder.id), make, wishes);
      }
    }
    for (const holder of idsOf(before?.lostWith, there)) {
      const causes = enders.get(holder) ?? NONE;
      around(causes);
      if (!removing.has(holder) && causes.length === 0) continue;
      link(removing.get(holder), make);
      if (action !== 'remove') goesByItself();
      // What needs this goes before it in any case.
      else if (!needs(holder, id, there)) link(remove, removing.get(holder));
    }
    for (const name of before?.diesWith ?? []) {
      const [thing = '', field] = name.split('#');
      for (const holder of idsOf([thing], there)) {
        link(removing.get(holder), make);
        const causes = enders.get(field === undefined ? holder : name) ?? NONE;
        around(causes);
        if (removing.has(holder) && field === undefined) goesByItself();
        else if (action === 'replace' && causes.length > 0) goesByItself();
      }
    }
    if (before === null) for (const name of after?.diesWith ?? []) around(enders.get(name) ?? NONE);
  }
  return { steps, edges, wishes };
}

/** Of each thing, or field of one, that stays: the changes with which what dies with it ends nevertheless. */
function endersOf(changes: readonly Change[]): ReadonlyMap<string, readonly string[]> {
  const enders = new Map<string, string[]>();
  for (const change of changes) {
    const ended = change.action === 'update' ? endedBy(change) : unsettledBy(change);
    for (const name of ended) enders.set(name, [...(enders.get(name) ?? []), change.id]);
  }
  return enders;
}

/** By what they serve: of things that come, the first. */
function firstComing(changes: readonly Change[]): ReadonlyMap<string, Desired> {
  const first = new Map<string, Desired>();
  for (const { action, after } of changes) {
    const served = action === 'create' ? servedBy(after) : undefined;
    if (after !== null && served !== undefined && !first.has(served)) first.set(served, after);
  }
  return first;
}

/** True where one has what the other needs for itself. */
const areInTheWay = (one: Resource | null, other: Resource): boolean =>
  one?.provides.some((name) => other.provides.includes(name)) === true;

const servedBy = (resource: Resource | null): string | undefined =>
  resource === null ? undefined : kindOf(resource.kind).serves?.(resource);

const isGivenUp = (name: string, holder: Desired | undefined): boolean =>
  holder !== undefined && holder.id !== name && !holder.provides.includes(name);

const needs = (id: string, other: string, graph: Graph<Resource>): boolean =>
  graph.get(id)?.needs.includes(other) === true;

function commandsOf(change: Change, after: Desired, site: Site): Step['commands'] {
  const kind = kindOf(after.kind);
  if (change.action !== 'update' || change.before === null) return kind.make(after, site);
  const fields = new Set(change.fields.map(({ field }) => /^[^.[]*/.exec(field)?.[0] ?? field));
  return kind.change(change.before, after, [...fields], site);
}

/** In loops, not mapped: it is asked a dozen times of each change. */
function idsOf(names: readonly string[] | undefined, graph: Graph<Resource>): readonly string[] {
  if (names === undefined || names.length === 0) return NONE;
  const ids: string[] = [];
  for (const name of names) for (const { id } of graph.resolve(name)) ids.push(id);
  return ids;
}

const NONE: readonly string[] = [];
