// Planned changes in, what they would do to things of others out: obstacles where these would be lost, words where they would be cut off.
import type { Obstacle } from './diff.js';
import { graphOf, type Graph } from './graph.js';
import { deviceOf } from './kind.js';
import { kindOf } from './kinds/index.js';
import { ownerOf } from './marks.js';
import { HOST, type Change, type Desired, type Live } from './model.js';
import type { Owners } from './owners.js';
import type { BodyState, HostState, IpLink } from './state.js';

/** What is to go although it holds something foreign. */
export function occupied(changes: readonly Change[], host: HostState, there: Graph<Live>): Obstacle[] {
  const going = changes.filter(isGoing);
  if (going.length === 0) return [];
  const upon = stackedIn(host, there);
  return going.flatMap(({ before, after }) => {
    if (before === null) return [];
    const holder = kindOf(before.kind).holds?.(before, host) ?? upon(before);
    const desired: Desired = after ?? { ...before, ownership: 'owned', at: null };
    return holder === null ? [] : [{ reason: 'occupied', desired, holder }];
  });
}

const isGoing = ({ action }: Change): boolean => action === 'remove' || action === 'replace';

/** Links that the kernel deletes with the one below them (NETDEV_UNREGISTER in their drivers), and that are not ours. */
function stackedIn(host: HostState, there: Graph<Live>): (resource: Live) => Live | null {
  const stacked = new Map<string, Live>();
  for (const { body, links } of host.bodies.values()) {
    for (const link of links.filter((each) => isStacked(each) && isForeign(each, host))) {
      const [found] = there.resolve(deviceOf(body.name, link.ifname));
      for (const below of belowOf(link, body.name, host)) if (found !== undefined) stacked.set(below, found);
    }
  }
  return ({ provides }) =>
    provides.map((name) => stacked.get(name)).find((found) => found !== undefined) ?? null;
}

/**
 * The device that a link stands on. Of one that has left for another namespace the kernel tells the index alone, and where that
 * counts by a number that only it can resolve: taken for the host's, whose links are those that are handed out.
 */
function belowOf(
  { link, link_index: index }: IpLink,
  body: string,
  { bodies, topology }: HostState,
): string[] {
  if (typeof link === 'string') return [deviceOf(body, link)];
  const ours = (bodies.get(HOST)?.links ?? []).filter(
    (each) => body !== HOST && each.ifindex === index && ownerOf(each, topology) === topology,
  );
  return ours.map(({ ifname }) => deviceOf(HOST, ifname));
}

const isStacked = ({ linkinfo }: BodyState['links'][number]): boolean =>
  STACKED.has(linkinfo?.info_kind ?? '');

const STACKED: ReadonlySet<string> = new Set('vlan macvlan macvtap ipvlan ipvtap macsec vxlan'.split(' '));

const isForeign = (link: IpLink, { topology }: HostState): boolean => ownerOf(link, topology) !== topology;

/** Foreign things that would go with one of ours of their own sort (a secondary address with its primary one): they are to stay. */
export function kept(
  live: readonly Live[],
  wanted: readonly Desired[],
  owners: Owners,
  topology: string,
): Desired[] {
  const known = graphOf(wanted);
  const there = graphOf(live);
  const isHeld = ({ kind, diesWith }: Live): boolean =>
    diesWith.some((id) => {
      const holder = there.get(id);
      return holder?.kind === kind && owners.of(holder) === topology;
    });
  return live
    .filter((found) => known.get(found.id) === undefined && isHeld(found) && owners.of(found) !== topology)
    .map(({ owner: _, ...resource }) => ({ ...resource, ownership: 'part', at: null }));
}

/** The same changes, those that end a foreign thing's tie to one of ours (a port's to its bridge) with words that say so. */
export function toldOfForeign(
  changes: readonly Change[],
  live: readonly Live[],
  there: Graph<Live>,
  owners: Owners,
  topology: string,
): readonly Change[] {
  if (!changes.some(isGoing)) return changes;
  const changing = new Set(changes.map(({ id }) => id));
  const ties = new Map<string, string[]>();
  for (const tie of live) {
    // What merely hangs on a thing (a route by its addresses) is not left by it: `bystanders.ts` tells what of that is lost.
    if (kindOf(tie.kind).role !== 'membership') continue;
    const [own, ...others] = [...tie.diesWith, ...endsWith(tie)];
    if (own === undefined || others.length === 0 || changing.has(tie.id) || owners.of(tie) === topology)
      continue;
    if (owners.ofName(own) === topology) continue;
    for (const { id } of others.flatMap((name) => there.resolve(name)))
      ties.set(id, [...(ties.get(id) ?? []), tie.id.split('/').slice(2).join('/')]);
  }
  return changes.map((change) => {
    const left = isGoing(change) ? ties.get(change.id) : undefined;
    if (left === undefined) return change;
    return {
      ...change,
      reason: [`leaves ${left.join(', ')} without it`, change.reason].filter(Boolean).join(', '),
    };
  });
}

/** What it needs and is lost with, as a member is no member without its bond. */
const endsWith = ({ lostWith = [], needs }: Live): string[] =>
  lostWith.filter((name) => needs.includes(name));
