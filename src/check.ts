// What must be true in, whether it is out: pings and TCP connections from inside the namespaces.
import type { Check } from './load/topology.js';
import { ToolError } from './errors.js';
import { run } from './tools/run.js';
import { connecting, pinging, type Probe } from './tools/probe.js';

export interface CheckResult {
  readonly check: Check;
  readonly passed: boolean;
  /** What was seen, in a few words. */
  readonly detail: string;
  readonly elapsedMs: number;
}

export interface CheckOptions {
  /** File that names a body's network namespace; null for the host's own. */
  readonly netns: (body: string) => string | null;
  /** How long a probe may take beyond what it waits for by itself, in ms. */
  readonly timeoutMs: number;
}

/**
 * Tries every check, some at a time. The ones that say `no-` are tried last, when the others had the time to make the
 * network learn what it learns. Results are in the order of the checks; a check that could not be tried has not passed.
 */
export async function runChecks(checks: readonly Check[], options: CheckOptions): Promise<CheckResult[]> {
  const results = new Map<Check, CheckResult>();
  for (const denied of [false, true]) {
    const group = checks.filter((check) => isDenied(check) === denied);
    await inLanes(group, async (check) => {
      results.set(check, await timed(check, options));
    });
  }
  return checks.flatMap((check) => results.get(check) ?? []);
}

const isDenied = ({ kind }: Check): boolean => kind.startsWith('no-');

/** A probe of a TCP port is a Node process of some 50 MB. */
const LANES = 8;

async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(LANES, items.length) }, lane));
}

async function timed(check: Check, options: CheckOptions): Promise<CheckResult> {
  const began = performance.now();
  const { reached, detail } = await outcomeOf(check, options);
  const passed = reached !== null && reached !== isDenied(check);
  return { check, passed, detail, elapsedMs: Math.round(performance.now() - began) };
}

/** Null when a probe failed in a way that says nothing about the network: neither passed nor proven false. */
interface Seen {
  readonly reached: boolean | null;
  readonly detail: string;
}

/** By which a check of one version of a file is found in another: what it asks, not how long it may take. */
export const checkKey = ({ kind, from, to, port }: Check): string => [kind, from, to, port ?? ''].join(' ');

/** How long a single probe of something that must not answer waits, in ms: an answer would come in less. */
const DENIED_WAIT = 2000;

async function outcomeOf(check: Check, options: CheckOptions): Promise<Seen> {
  if (isDenied(check)) return probe(check, Math.min(check.within, DENIED_WAIT), options);
  const end = performance.now() + check.within;
  for (;;) {
    const left = Math.max(end - performance.now(), 100);
    const seen = await probe(check, Math.min(left, 1000), options);
    if (seen.reached !== false || performance.now() + PAUSE > end) return seen;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Between two probes, in ms. */
const PAUSE = 200;

async function probe(check: Check, waitMs: number, { netns, timeoutMs }: CheckOptions): Promise<Seen> {
  const { argv, read }: Probe =
    check.port === undefined ? pinging(check.to, waitMs) : connecting(check.to, check.port, waitMs);
  try {
    return read(await run({ argv, netns: netns(check.from) }, { timeoutMs: waitMs + timeoutMs }));
  } catch (error) {
    if (error instanceof ToolError)
      return { reached: null, detail: `${error.message} ${error.stderr}`.trim() };
    throw error;
  }
}
