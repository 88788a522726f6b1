// The record of a topology under /run/netplan-ovs: what adopted things were like before us, and where else to look for ours.
import { readdir, readFile, rm } from 'node:fs/promises';
import { compare } from './compare.js';
import { Refusal } from './errors.js';
import { graphOf } from './graph.js';
import { kindOf } from './kinds/index.js';
import type { Before, Change, Desired, Fields, HostRecord, Live, Read } from './model.js';
import { ownersOf } from './owners.js';
import { ensureStateDir, isDenied, replaceFile, stateFile } from './state-dir.js';

/** The record of a topology; null when there is none (a first run, or after a reboot), or for whoever may not read it: see `isReadable`. */
export async function readRecord(stateDir: string, topology: string): Promise<HostRecord | null> {
  const file = fileOf(stateDir, topology);
  try {
    const record = JSON.parse(await readFile(file, 'utf8')) as Partial<HostRecord> | null;
    if (record?.version === 1) return record as HostRecord;
  } catch (error) {
    if (isMissing(error) || isDenied(error)) return null;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new Refusal(`${file} was not written by this version of netplan-ovs`, {
    hint: 'it has the values to put back into what others own; without it, what bears a mark is found all the same: move it away',
  });
}

/** Replaced in one rename, so that a reader never sees half of it. */
export async function writeRecord(stateDir: string, record: HostRecord): Promise<void> {
  await ensureStateDir(stateDir);
  await replaceFile(fileOf(stateDir, record.topology), `${JSON.stringify(record, null, 1)}\n`);
}

/** For a topology of which nothing is left. */
export const removeRecord = (stateDir: string, topology: string): Promise<void> =>
  rm(fileOf(stateDir, topology), { force: true });

/** The topologies that have a record. */
export async function recordedTopologies(stateDir: string): Promise<string[]> {
  try {
    const names = await readdir(stateDir);
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  } catch (error) {
    if (isMissing(error) || isDenied(error)) return [];
    throw error;
  }
}

/** What the records of all other topologies claim, by id: for marks that two topologies may share. */
export async function madeByOthers(stateDir: string, topology: string): Promise<ReadonlySet<string>> {
  const names = (await recordedTopologies(stateDir)).filter((name) => name !== topology);
  const records = await Promise.all(names.map((name) => readRecord(stateDir, name)));
  return new Set(records.flatMap((record) => madeIn(record)));
}

/** What was not there before a topology made it. */
export const madeIn = (record: HostRecord | null): string[] =>
  Object.entries(record?.before ?? {}).flatMap(([id, { fields }]) => (fields === null ? [id] : []));

const fileOf = (stateDir: string, topology: string): string => stateFile(stateDir, topology, '.json');

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/**
 * What the record adds to the two sides: values to put back are desired, and what was not there before us is ours. A side to
 * which it adds nothing comes back as the same list.
 */
export function recall(
  record: HostRecord | null,
  desired: readonly Desired[],
  live: readonly Live[],
  topology: string,
): { desired: readonly Desired[]; live: readonly Live[] } {
  const before = new Map(Object.entries(record?.before ?? {}));
  if (before.size === 0) return { desired, live };
  const wanted = graphOf(desired);
  const there = graphOf(live);
  const owners = ownersOf(live);
  const goes = (name: string): boolean =>
    wanted.resolve(name).length === 0 &&
    there.resolve(name).some((holder) => {
      const was = before.get(holder.id);
      return was === undefined ? owners.of(holder) === topology : was.fields === null;
    });
  const restored = [...before].flatMap(([id, { fields, resource }]): Desired[] =>
    // A setting of a namespace or of a device that goes has nowhere to go back to.
    fields === null ||
    wanted.get(id) !== undefined ||
    there.get(id) === undefined ||
    resource.diesWith.some(goes)
      ? []
      : [{ ...resource, fields, ownership: 'adopted', at: null }],
  );
  const kept = changed(desired, (resource) => withDropped(resource, before.get(resource.id)));
  return {
    desired: restored.length === 0 ? kept : [...kept, ...restored],
    live: changed(live, (found) =>
      found.owner !== topology && isMadeByUs(found, before.get(found.id))
        ? { ...found, owner: topology }
        : found,
    ),
  };
}

/** The items as `change` gives them back; the same list when it gives all of them back as they are. */
function changed<Item>(items: readonly Item[], change: (item: Item) => Item): readonly Item[] {
  const after = items.map(change);
  return after.every((item, i) => item === items[i]) ? items : after;
}

/** There was none before us; what bears somebody else's mark must also be the same as ours (there are routes side by side). */
const isMadeByUs = (found: Live, before: Before | undefined): boolean =>
  before?.fields === null &&
  (found.owner !== null || compare(found.fields, before.resource.fields).length === 0);

/** A field of an adopted thing that the file no longer names goes back to what it was. */
const withDropped = (resource: Desired, before: Before | undefined): Desired =>
  before?.fields == null || resource.ownership !== 'adopted'
    ? resource
    : { ...resource, fields: { ...before.fields, ...resource.fields } };

/** What to remember while a plan is carried out: all that is remembered already, and what it is about to change. */
export function remember(
  record: HostRecord | null,
  changes: readonly Change[],
  isOurs: (desired: Desired) => boolean,
  initial: (desired: Desired) => Fields | null | undefined,
): Record<string, Before> {
  const before: Record<string, Before> = { ...record?.before };
  for (const { action, after, before: live, fields } of changes) {
    if (after === null || action === 'remove') continue;
    // What comes back is remembered already; but for its mark, it may have to go again.
    if (after.at === null && kindOf(after.kind).markedLater !== true) continue;
    const isValue = after.ownership === 'adopted' || kindOf(after.kind).initial !== undefined;
    if (!isValue && isOurs(after) && kindOf(after.kind).markedLater !== true) continue;
    const { ownership: _, at: __, ...resource } = after;
    const known = before[after.id]?.fields;
    if (isValue) {
      const changed = fields.map(({ field }) => /^[^.[]*/.exec(field)?.[0] ?? field);
      const now =
        live === null
          ? (initial(after) ?? {})
          : Object.fromEntries(changed.map((name) => [name, live.fields[name] ?? null]));
      before[after.id] = { fields: { ...now, ...known }, resource };
    } else if (live === null && known === undefined) before[after.id] = { fields: null, resource };
  }
  return before;
}

/** What to remember once all is as the file says: values of things that it no longer names have been put back. */
export function forget(
  before: Readonly<Record<string, Before>>,
  desired: readonly Desired[],
): Record<string, Before> {
  const wanted = graphOf(desired);
  const kept: Record<string, Before> = {};
  for (const [id, was] of Object.entries(before)) {
    const resource = wanted.get(id);
    if (resource === undefined) continue;
    if (was.fields === null) {
      if (kindOf(was.resource.kind).markedLater !== true) kept[id] = was;
    } else {
      const fields = Object.fromEntries(
        Object.entries(was.fields).filter(([field]) => field in resource.fields),
      );
      if (Object.keys(fields).length > 0) kept[id] = { ...was, fields };
    }
  }
  return kept;
}

/** The questions that the kinds of some resources need asked, each once. */
export function readsOf(resources: readonly Desired[]): Read[] {
  const reads = new Map<string, Read>();
  for (const resource of resources) {
    for (const read of kindOf(resource.kind).reads?.(resource) ?? [])
      reads.set(`${read.tool} ${read.body} ${read.what}`, read);
  }
  return [...reads.values()];
}
