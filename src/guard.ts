// A survey and a policy in, why it may not be carried out out: changes that would cut people off, and too many removals. Pure.
import { once } from './collections.js';
import { deviceOf, type RoutingPolicy, type Way } from './kind.js';
import { kindOf } from './kinds/index.js';
import { leads, prefixOf, waysOf, type Lifelines, type Used, type Ways } from './lifelines.js';
import { HOST, type Change, type Interruption, type Live, type Resource } from './model.js';
import type { Survey } from './survey.js';

/** A change to how the host is reached. */
interface Danger {
  readonly change: Change;
  /** What it does: `takes down eth0, which carries the default route`. */
  readonly words: string;
}

/** Changes that take down, move or re-address a link which a lifeline runs over, or that lead one another way. */
function endangered(
  { plan, live, host }: Pick<Survey, 'plan' | 'live' | 'host'>,
  lifelines: Lifelines,
): Danger[] {
  if (plan.changes.length === 0) return [];
  const ways = waysOf(host, live, lifelines);
  const isThereWay = wayFinder(live, plan.changes);
  const deviceNames = [...ways.carriers.keys()].map((name) => ({ name, device: deviceOf(HOST, name) }));
  return plan.changes.flatMap((change) => {
    if ((change.after ?? change.before)?.body !== HOST) return [];
    const hits = deviceNames.flatMap(({ name, device }) => {
      const deed = deedTo(name, device, change);
      return deed === null ? [] : [`${deed} ${name}, which carries ${listed(ways.carriers.get(name))}`];
    });
    const words = [...hits, ...diverted(change, ways, isThereWay)];
    return words.length === 0 ? [] : [{ change, words: words.join('; ') }];
  });
}

const listed = (items: ReadonlySet<string> | undefined): string => [...(items ?? [])].join(' and ');

/** What a change does to a link, as a verb; null: nothing that it would notice. */
function deedTo(name: string, device: string, change: Change): string | null {
  const { action, before, after, fields, interrupts } = change;
  const resource = before ?? after;
  if (resource === null) return null;
  const role = kindOf(resource.kind).role ?? null;
  if (role === 'membership') {
    const isOfIt = [before, after].some(
      (side) => side !== null && namesOf(side).includes(`${HOST}/port/${name}`),
    );
    return isOfIt && (action !== 'update' || interrupts !== 'none') ? 'moves' : null;
  }
  if (action === 'create' || interrupts === 'none') return null;
  if (resource.provides.includes(device)) return action === 'remove' ? 'removes' : 'makes anew';
  if (role === 'settings' && resource.needs.includes(device)) {
    const down = fields.some(({ field, after: value }) => field === 'up' && value === false);
    return down || action !== 'update' ? 'takes down' : 'interrupts';
  }
  return role === 'address' && isOn(resource, name) ? 're-addresses' : null;
}

const namesOf = ({ id, provides }: Resource): string[] => [id, ...provides];

/** What is on a link needs it. */
const isOn = ({ needs }: Resource, name: string): boolean => needs.includes(`${HOST}/link/${name}`);

/** What a change to a route, or to the policy of routing, does to those who use a route, or would use another one. */
function diverted(
  change: Change,
  { routes }: Ways,
  isThereWay: (to: string, table: number) => boolean,
): string[] {
  const { action, before, after, interrupts } = change;
  const [gone, come] = [wayOf(before), wayOf(after)];
  const [policyGone, policyCome] = [policyOf(before), policyOf(after)];
  const isCut = action === 'remove' || (before !== null && interrupts !== 'none');
  const isUsed = ({ network, metric, table }: Used): boolean =>
    isCut && gone?.network === network && gone.metric === metric && gone.table === table;
  const isPassed = (used: Used): boolean => {
    if (action !== 'create' || come === null) return false;
    const isLed = used.packet === null ? come.network === used.network : leads(come, used.packet.to);
    return isLed && (used.askedBefore.includes(come.table) || isPreferred(come, used));
  };
  const isSent = ({ packet, priority }: Used): boolean =>
    packet !== null &&
    ((policyGone?.priority === priority && policyGone.isFor(packet)) ||
      (policyCome !== null &&
        policyCome.priority < priority &&
        policyCome.isFor(packet) &&
        (policyCome.table === null || isThereWay(packet.to, policyCome.table))));
  const users = routes
    .filter((used) => isUsed(used) || isPassed(used) || isSent(used))
    .map((used) => used.users);
  return users.length === 0 ? [] : [`leads ${[...new Set(users)].join(' and ')} another way`];
}

/** Whether a table has, or gets, a way to an address. */
function wayFinder(live: readonly Live[], changes: readonly Change[]) {
  const ways = once(() =>
    [...live, ...changes.flatMap(({ after }) => after ?? [])].flatMap((each) =>
      each.body === HOST ? (wayOf(each) ?? []) : [],
    ),
  );
  return (to: string, table: number): boolean => ways().some((way) => way.table === table && leads(way, to));
}

const policyOf = (resource: Resource | null): RoutingPolicy | null =>
  resource === null ? null : (kindOf(resource.kind).directs?.(resource) ?? null);

const wayOf = (resource: Resource | null): Way | null =>
  resource === null ? null : (kindOf(resource.kind).leadsTo?.(resource) ?? null);

/** In one table the longer prefix wins, then the lower metric. */
const isPreferred = (one: Way, other: Way): boolean => one.table === other.table && isLonger(one, other);

const isLonger = (one: Way, other: Way): boolean =>
  prefixOf(one.network) === prefixOf(other.network)
    ? one.metric < other.metric
    : prefixOf(one.network) > prefixOf(other.network);

/** How many of a topology's things may be removed in one go: a number, or a part of those that are there; the larger counts. */
export interface Limit {
  readonly count: number;
  /** In percent. */
  readonly share: number;
}

export interface Policy {
  readonly lifelines: Lifelines;
  /** Null: any number. */
  readonly removals: Limit | null;
  readonly disruption: Interruption;
}

/** Why a plan may not be carried out as it is. */
export interface Objection {
  /** `lifeline` and `removals` can be allowed, or put on trial; `disruption` was ruled out by whoever asked for it. */
  readonly reason: 'lifeline' | 'removals' | 'disruption';
  /** The change that it is about; null: all of them. */
  readonly change: Change | null;
  readonly words: string;
}

/** All that speaks against a plan. */
export function objectionsTo(
  surveyed: Pick<Survey, 'plan' | 'live' | 'intent' | 'host'>,
  policy: Policy,
): Objection[] {
  const { changes } = surveyed.plan;
  return [
    ...endangered(surveyed, policy.lifelines).map((danger) => ({ reason: 'lifeline', ...danger }) as const),
    ...tooMany(surveyed, policy.removals),
    ...disrupting(changes, policy.disruption),
  ];
}

/** Of the things that bear our mark; what comes and goes with them is not counted. */
function tooMany(
  { plan, live, intent }: Pick<Survey, 'plan' | 'live' | 'intent'>,
  limit: Limit | null,
): Objection[] {
  if (limit === null) return [];
  const isThing = ({ owner }: Live): boolean => owner === intent.topology;
  const owned = live.filter(isThing).length;
  const going = plan.changes.filter(
    ({ action, before }) => action === 'remove' && before !== null && isThing(before),
  ).length;
  const most = Math.max(limit.count, Math.floor((owned * limit.share) / 100));
  const words = `removes ${going} of the ${owned} things that the topology owns, and ${most} are allowed in one go`;
  return going > most ? [{ reason: 'removals', change: null, words }] : [];
}

const disrupting = (changes: readonly Change[], most: Interruption): Objection[] =>
  changes
    .filter(({ interrupts }) => RANKS.indexOf(interrupts) > RANKS.indexOf(most))
    .map((change) => ({ reason: 'disruption', change, words: `means a ${change.interrupts}` }));

const RANKS: readonly Interruption[] = ['none', 'flap', 'gap'];
