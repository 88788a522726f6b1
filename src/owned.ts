// The host in, what netplan-ovs owns on it out, by topology. Needs no topology file: the marks are in the things themselves.
import { kinds } from './kinds/index.js';
import { HOST, type Fields, type HostRecord, type Live } from './model.js';
import { observe } from './observe.js';
import { ownersOf } from './owners.js';
import { madeIn, readRecord, recall, recordedTopologies } from './record.js';
import type { Settings } from './settings.js';
import type { HostState } from './state.js';

export interface Owned {
  readonly topology: string;
  /** Made by it, or part of what it made. */
  readonly resources: readonly Live[];
  /** Set by it in things that belong to others, with the values to be put back. */
  readonly adopted: readonly { readonly id: string; readonly before: Fields }[];
}

/** All topologies of which something is on this host, by name. Throws a ToolError when the host cannot be read. */
export async function owned(settings: Settings): Promise<Owned[]> {
  const names = await recordedTopologies(settings.stateDir);
  const records = await Promise.all(names.map((name) => readRecord(settings.stateDir, name)));
  const known = records.filter((record) => record !== null);
  const host = await observe(
    {
      topology: '',
      bodies: [{ name: HOST, netns: null }, ...known.flatMap(({ bodies }) => bodies)],
      // What is here is told also where Open vSwitch does not answer.
      reads: known.flatMap(({ reads }) => reads).filter(({ tool }) => tool !== 'ovs'),
      wanted: new Set(),
      everywhere: (body) => kinds.flatMap((kind) => kind.traces?.(body) ?? []),
    },
    settings,
  );
  const topologies = new Set([...names, ...marked(host)]);
  return [...topologies].sort().map((topology) =>
    ownedBy(
      { ...host, topology, others: new Set(known.filter((r) => r.topology !== topology).flatMap(madeIn)) },
      known.find((r) => r.topology === topology),
    ),
  );
}

const liveOf = (host: HostState): Live[] => kinds.flatMap((kind) => kind.live(host));

/** The names that stand in marks. */
const marked = (host: HostState): string[] =>
  liveOf(host).flatMap(({ owner }) => (owner == null || owner === '' ? [] : [owner]));

function ownedBy(host: HostState, record: HostRecord | undefined): Owned {
  const { topology } = host;
  const { live } = recall(record ?? null, [], liveOf(host), topology);
  const owners = ownersOf(live);
  const adopted = Object.entries(record?.before ?? {}).flatMap(([id, { fields }]) =>
    fields === null ? [] : [{ id, before: fields }],
  );
  return { topology, resources: live.filter((resource) => owners.of(resource) === topology), adopted };
}
