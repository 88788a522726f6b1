// A record and the bodies of an intent in, the record out with each namespace called what the intent calls it, and no other by that name.
import { basename } from 'node:path';
import { netnsFile, type Before, type Body, type HostRecord, type Resource } from './model.js';
import { nameBeside } from './namespaces.js';

/**
 * A body may have become another namespace (`from`): what was remembered of the one before stays with that, under another
 * name, so that it is found there and put back.
 */
export function calledAsIn(bodies: readonly Body[], record: HostRecord | null): HostRecord | null {
  if (record === null) return null;
  const names = newNames(bodies, record);
  if (names.size === 0) return record;
  const nameOf = (name: string): string => names.get(name) ?? name;
  const idOf = (id: string): string => id.replace(/^[^/]*/, nameOf);
  const before = Object.entries(record.before).map(([id, { fields, resource }]): [string, Before] => [
    idOf(id),
    { fields, resource: withIds(resource, nameOf, idOf) },
  ]);
  return {
    ...record,
    before: Object.fromEntries(before),
    reads: record.reads.map((read) => ({ ...read, body: nameOf(read.body) })),
    bodies: record.bodies.map(({ name, netns }) => ({ name: nameOf(name), netns })),
  };
}

const withIds = (
  resource: Resource,
  nameOf: (name: string) => string,
  idOf: (id: string) => string,
): Resource => ({
  ...resource,
  id: idOf(resource.id),
  body: nameOf(resource.body),
  needs: resource.needs.map(idOf),
  diesWith: resource.diesWith.map(idOf),
  provides: resource.provides.map(idOf),
});

/** The bodies of a record that have to be called otherwise. */
function newNames(bodies: readonly Body[], record: HostRecord): ReadonlyMap<string, string> {
  const wanted = new Map(bodies.map(({ name, netns }) => [name, netns]));
  const found = new Map(record.bodies.map(({ name, netns }) => [name, netns]));
  const remembered = [...record.reads, ...Object.values(record.before).map(({ resource }) => resource)];
  const names = new Set([...found.keys(), ...remembered.map(({ body }) => body)]);
  return new Map(
    [...names].flatMap((name): [string, string][] => {
      const netns = found.get(name) ?? netnsFile(name);
      if (wanted.get(name) === netns || wanted.get(name) === null) return [];
      const now = bodies.find((body) => body.netns === netns)?.name;
      if (now === undefined && !wanted.has(name)) return [];
      return [[name, now ?? freeName(name, netns, wanted)]];
    }),
  );
}

/** As other named namespaces are called; those without a name by what they were. */
function freeName(name: string, netns: string, taken: ReadonlyMap<string, unknown>): string {
  const own = basename(netns);
  return netns === netnsFile(own) ? nameBeside(own, taken) : `old:${name}`;
}
