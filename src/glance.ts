// The named namespaces of the host in, a look at them and at our own out that goes on while the topology is still being read.
import { HOST } from './model.js';
import { bodiesToRead } from './namespaces.js';
import type { Settings } from './settings.js';
import { readNamespace } from './tools/ip.js';
import { readAll } from './tools/reading.js';
import type { Outcome } from './tools/tool.js';

export interface Glance {
  /** Where the answer of a namespace stands in `outcomes`, by its identity. */
  readonly places: ReadonlyMap<string, number>;
  readonly outcomes: Promise<readonly Outcome[]>;
  /** Stops what nobody waits for any more. */
  end(): void;
}

/** What is asked of each namespace is the same for every topology, so the asking need not wait until one has been read. */
export function glance(settings: Settings): Glance {
  const there = bodiesToRead([{ name: HOST, netns: null }]);
  const ending = new AbortController();
  const processes = there.map(({ body }) => readNamespace(body.netns));
  const outcomes = readAll(processes, { ...settings, signal: ending.signal });
  // Who waits for the answers hears of it; when nobody does, it does not matter.
  outcomes.catch(() => undefined);
  const places = there.flatMap(({ identity }, i): [string, number][] =>
    identity === null ? [] : [[identity, i]],
  );
  return { places: new Map(places), outcomes, end: () => ending.abort() };
}
