// A plan in, the bodies out that its commands may have changed: all others are as they were seen before.
import { HOST, type Plan, type Resource } from './model.js';
import type { HostState } from './state.js';

/**
 * What was seen of bodies in which a plan changes nothing. The host's own is never among them, nor is one that a changed
 * resource names: a link that goes takes its other end along, wherever that is.
 */
export function untouched({ changes }: Pick<Plan, 'changes'>, { bodies }: HostState): HostState['bodies'] {
  const touched = new Set([HOST]);
  for (const { before, after } of changes) {
    for (const resource of [before, after]) for (const body of bodiesOf(resource)) touched.add(body);
  }
  return new Map([...bodies].filter(([name]) => !touched.has(name)));
}

const bodiesOf = (resource: Resource | null): string[] =>
  resource === null
    ? []
    : [resource.body, ...[resource.needs, resource.diesWith, resource.provides].flat().map(bodyIn)];

/** Ids and provided names begin with the body. */
const bodyIn = (name: string): string => name.slice(0, name.indexOf('/'));
