// A plan in, the bodies out that its commands may have changed, and when they did so for the last time.
import { HOST, type Batch, type Plan, type Resource } from './model.js';
import type { HostState } from './state.js';

/** What was seen of bodies in which a plan changes nothing. The host's own is never among them. */
export function untouched(plan: Pick<Plan, 'changes'>, { bodies }: HostState): HostState['bodies'] {
  const touched = new Set([HOST, ...[...touchedBy(plan).values()].flat()]);
  return new Map([...bodies].filter(([name]) => !touched.has(name)));
}

/** True for what is not in one of these bodies, and for what is there but provides something elsewhere (a veth pair's other end). */
export const reachesBeyond = (
  bodies: HostState['bodies'],
  { body, provides }: Pick<Resource, 'body' | 'provides'>,
): boolean => !bodies.has(body) || provides.some((name) => !bodies.has(bodyIn(name)));

/** The batches after which nothing changes in their body any more: what it is like then is what has become of it. */
export function lastOf(plan: Plan): ReadonlySet<Batch> {
  const touched = touchedBy(plan);
  const last = new Map<string, Batch | null>();
  for (const wave of plan.waves) {
    const here = new Map<string, Batch | null>();
    for (const batch of wave) {
      const bodies = new Set(batch.steps.flatMap((step) => touched.get(plan.steps[step]?.id ?? '') ?? []));
      // Nobody knows which of two that go side by side is the last one.
      for (const body of bodies) here.set(body, here.has(body) || body !== batch.body ? null : batch);
    }
    for (const [body, batch] of here) last.set(body, batch);
  }
  return new Set([...last.values()].filter((batch) => batch !== null));
}

/** The bodies that each change names: a link that goes takes its other end along, wherever that is. */
const touchedBy = ({ changes }: Pick<Plan, 'changes'>): Map<string, string[]> =>
  new Map(changes.map(({ id, before, after }) => [id, [...bodiesOf(before), ...bodiesOf(after)]]));

const bodiesOf = (resource: Resource | null): string[] =>
  resource === null
    ? []
    : [resource.body, ...[resource.needs, resource.diesWith, resource.provides].flat().map(bodyIn)];

/** Ids and provided names begin with the body. */
const bodyIn = (name: string): string => name.slice(0, name.indexOf('/'));
