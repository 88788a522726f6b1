// What is wanted in, what the host lacks of it out: reads, recalls, diffs and plans. Nothing is written.
import { createHash } from 'node:crypto';
import { toldOfBystanders } from './bystanders.js';
import { merged } from './collections.js';
import { diff, type Difference, type Obstacle } from './diff.js';
import { kept, occupied, toldOfForeign } from './foreign.js';
import type { Glance } from './glance.js';
import { graphOf } from './graph.js';
import { deviceOf, netnsOf, type Site } from './kind.js';
import { kindOf, kinds } from './kinds/index.js';
import {
  HOST,
  netnsFile,
  type Body,
  type Desired,
  type Fields,
  type HostRecord,
  type Live,
  type Plan,
  type Read,
  type Resource,
} from './model.js';
import { calledAsIn } from './moved.js';
import { observe } from './observe.js';
import { ownersOf } from './owners.js';
import { plan } from './plan.js';
import { forget, madeByOthers, readRecord, readsOf, recall, remember } from './record.js';
import { unmet } from './requirements/index.js';
import type { Settings } from './settings.js';
import type { HostState } from './state.js';
import { reachesBeyond } from './touched.js';

/** What a topology wants of the host. To want nothing of a topology is to have all of it removed. */
export interface Intent {
  readonly topology: string;
  /** The host and the topology's namespaces. */
  readonly bodies: readonly Body[];
  readonly desired: readonly Desired[];
  /** What is to be true once that is so: see `checkKey`. */
  readonly checks?: readonly string[];
  /** Addresses that no change may cut off. */
  readonly protect?: readonly string[];
}

export interface Survey {
  readonly intent: Intent;
  readonly plan: Plan;
  /** Why the plan cannot be carried out; empty: nothing is in the way. */
  readonly obstacles: readonly Obstacle[];
  /** What of the intent that was asked for is left out, because it cannot be now (see `put-back.ts`). */
  readonly missed?: readonly Obstacle[];
  /** What is to be remembered while the plan is carried out, and after it. */
  readonly during: HostRecord;
  readonly after: HostRecord;
  /** The record and the live resources before the plan. */
  readonly record: HostRecord | null;
  readonly host: HostState;
  readonly live: readonly Live[];
  /** Whose a live resource is. */
  readonly ownerOf: (resource: Live) => string | null;
  /** Changes whenever something that the plan was computed from changes. Computed when it is asked for. */
  readonly fingerprint: string;
}

/** What is known of the host before a survey, or is about to be. */
export interface Known {
  /** Bodies that need not be read. */
  readonly seen?: HostState['bodies'];
  /** A look at namespaces that has begun. */
  readonly glance?: Glance;
  /** True where it may be tried out whether the kernel has a part of which nothing else tells (see `requirements/`). */
  readonly mayTry?: boolean;
}

/** Compares the host with an intent. Throws a ToolError when the host cannot be read. */
export async function survey(intent: Intent, settings: Settings, known: Known = {}): Promise<Survey> {
  const { record, host } = await look(intent, settings, known);
  const surveyed = assess(intent, record, host, settings);
  const lacking = await unmet(surveyed, settings, known.mayTry === true);
  if (lacking.length === 0) return surveyed;
  const { plan: planned, obstacles } = surveyed;
  return {
    ...surveyed,
    plan: { ...planned, steps: [], waves: [] },
    obstacles: [...obstacles, ...lacking],
  };
}

/**
 * What a host still lacks of an intent after a plan was carried out. Bodies that are `seen` are not read again, and in those
 * of them that are `settled` nothing is compared again either: they lacked nothing, and nothing was done there.
 */
export async function remaining(
  intent: Intent,
  settings: Settings,
  { seen, settled }: Readonly<Record<'seen' | 'settled', HostState['bodies']>>,
): Promise<Difference> {
  const { record, host } = await look(intent, settings, { seen });
  return contrast(intent, record, host, (resource) => reachesBeyond(settled, resource));
}

async function look(intent: Intent, settings: Settings, known: Known) {
  const record = calledAsIn(intent.bodies, await readRecord(settings.stateDir, intent.topology));
  const others = await madeByOthers(settings.stateDir, intent.topology);
  const host = { ...(await observe({ ...requestOf(intent, record), ...known }, settings)), others };
  return { record, host };
}

/** What a host that was read lacks of an intent. Pure. */
export function assess(
  intent: Intent,
  record: HostRecord | null,
  host: HostState,
  settings: Settings,
): Survey {
  const { topology } = intent;
  const { desired, live, changes, obstacles } = contrast(intent, record, host);
  const owners = ownersOf(live);
  const bodies = [...host.bodies.values()].map(({ body }) => body);
  const site = siteOf(topology, bodies, [desired, live], settings);
  const planned =
    obstacles.length > 0
      ? { topology, bodies, changes, steps: [], waves: [] }
      : plan({ topology, bodies, desired, live, changes, host, site });
  const before = remember(record, changes, ownedIn(desired), initialIn(host));
  const reads = readsOf(intent.desired);
  const looked = { version: 1, topology, bodies: foundOf(intent, record) } as const;
  return {
    intent,
    plan: planned,
    obstacles,
    record,
    host,
    live,
    ownerOf: (resource) => owners.of(resource),
    during: { ...looked, ...saidIn(record), before, reads: merged(reads, record?.reads ?? []) },
    after: {
      ...looked,
      ...saidIn(intent),
      bodies: foundOf(intent, null),
      before: forget(before, intent.desired),
      reads,
    },
    get fingerprint() {
      return fingerprintOf(desired, live, (resource) => owners.of(resource) === topology, record);
    },
  };
}

/** What a file says beside its resources. */
const saidIn = (
  from: Pick<HostRecord, 'checks' | 'protect'> | null,
): Pick<HostRecord, 'checks' | 'protect'> => ({
  ...(from?.checks?.length ? { checks: from.checks } : {}),
  ...(from?.protect?.length ? { protect: from.protect } : {}),
});

interface Contrast extends Difference {
  readonly desired: readonly Desired[];
  readonly live: readonly Live[];
}

/** The two sides, and how they differ; of all resources, or of those in question. */
function contrast(
  intent: Intent,
  record: HostRecord | null,
  host: HostState,
  inQuestion?: (resource: Resource) => boolean,
): Contrast {
  const { topology } = intent;
  const among = <Item extends Resource>(items: readonly Item[]): readonly Item[] =>
    inQuestion === undefined ? items : items.filter(inQuestion);
  const found = among(kinds.flatMap((kind) => kind.live(host)));
  const { desired: wanted, live } = recall(record, among(intent.desired), found, topology);
  const owners = ownersOf(live);
  const staying = kept(live, wanted, owners, topology);
  const desired = staying.length === 0 ? wanted : [...wanted, ...staying];
  const difference = diff(desired, live, topology);
  const there = graphOf(live);
  const told = toldOfForeign(difference.changes, live, there, owners, topology);
  const changes = toldOfBystanders(told, desired, live, topology);
  const lost = nowhere(intent, host);
  const others = [...difference.obstacles, ...occupied(changes, host, there), ...refused(desired, host)];
  const isElsewhere = (obstacle: Obstacle): boolean =>
    !lost.some(({ desired: { body } }) => body === obstacle.desired.body);
  const obstacles = [...lost, ...others.filter(isElsewhere)];
  return { desired, live, changes, obstacles };
}

const refused = (desired: readonly Desired[], host: HostState): Obstacle[] =>
  desired.flatMap((resource): Obstacle[] => {
    const words = kindOf(resource.kind).refusal?.(resource, host) ?? null;
    return words === null ? [] : [{ reason: 'refused', desired: resource, words }];
  });

function requestOf({ topology, bodies, desired }: Intent, record: HostRecord | null) {
  const known = new Set(bodies.map(({ name }) => name));
  const reads = readsOf(desired);
  return {
    topology,
    bodies: [...bodies, ...(record?.bodies ?? []).filter(({ name }) => !known.has(name))],
    reads: merged(reads, record?.reads ?? []),
    recorded: record?.reads ?? [],
    wanted: new Set(reads.map(({ tool }) => tool)),
    everywhere: (body: string) => [
      ...(body === HOST ? [ROUTING_POLICY] : []),
      ...(record === null ? kinds.flatMap((kind) => kind.traces?.(body) ?? []) : []),
    ],
  };
}

/** By which way the host is reached (see `lifelines.ts`). */
const ROUTING_POLICY: Read = { tool: 'ip', body: HOST, what: '' };

/** The namespaces that were found, and so are known by the file and the record alone. */
const foundOf = ({ bodies }: Intent, record: HostRecord | null): Body[] =>
  merged(
    bodies.filter(({ name, netns }) => netns !== null && netns !== netnsFile(name)),
    record?.bodies ?? [],
  );

/** A namespace that is not ours to make has to be there, if anything is to be in it. */
function nowhere({ bodies, desired }: Intent, host: HostState): Obstacle[] {
  const wanted = graphOf(desired);
  return bodies.flatMap(({ name, netns }): Obstacle[] => {
    if (host.bodies.get(name)?.exists !== false || wanted.resolve(netnsOf(name)).length > 0) return [];
    const first = desired.find(({ body }) => body === name);
    if (first === undefined) return [];
    const at = first.at === null ? null : ['namespaces', name];
    return [{ reason: 'nowhere', desired: { ...first, at }, words: netns ?? '' }];
  });
}

function siteOf(
  topology: string,
  bodies: readonly Body[],
  resources: readonly (readonly Resource[])[],
  { ovsDatapath }: Settings,
): Site {
  const files = new Map(bodies.map(({ name, netns }) => [name, netns]));
  const isInHost = (device: string): boolean =>
    resources.some((each) => graphOf(each).resolve(deviceOf(HOST, device)).length > 0);
  return { topology, ovsDatapath, netns: (body) => files.get(body) ?? null, isInHost };
}

/** True for what is marked as ours in itself or dies with such a thing; the rest has to be remembered. */
function ownedIn(desired: readonly Desired[]): (resource: Desired) => boolean {
  const wanted = graphOf(desired);
  const isOurs = (resource: Desired): boolean => {
    if (resource.ownership !== 'part') return resource.ownership === 'owned';
    const [holder] = resource.diesWith;
    return holder !== undefined && wanted.resolve(holder).some(isOurs);
  };
  return isOurs;
}

const initialIn =
  (host: HostState) =>
  (resource: Desired): Fields | null | undefined =>
    kindOf(resource.kind).initial?.(resource, host);

/** Of all that the topology wants or owns: what it is now. */
function fingerprintOf(
  desired: readonly Desired[],
  live: readonly Live[],
  isOurs: (resource: Live) => boolean,
  record: HostRecord | null,
): string {
  const wanted = new Set(desired.map(({ id }) => id));
  const hash = createHash('sha256').update(JSON.stringify(record));
  for (const resource of live) {
    if (!wanted.has(resource.id) && !isOurs(resource)) continue;
    hash.update(JSON.stringify([resource.id, resource.kind, resource.fields, resource.owner ?? null]));
  }
  return hash.digest('hex');
}
