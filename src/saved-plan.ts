// A plan as a file: written by `plan --out`, read by `apply`. It holds all that the plan was computed from.
import { createHash } from 'node:crypto';
import { constants, open, readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from './errors.js';
import type { Check, Topology } from './load/topology.js';
import { distrust } from './load/trust.js';
import type { Change, Plan, Position } from './model.js';
import type { Origin } from './render/origin.js';
import { replaceFile } from './state-dir.js';
import type { Intent, Survey } from './survey.js';

/** What applying a saved plan needs: nothing is read from the topology file any more. */
export interface SavedPlan {
  readonly file: string;
  readonly intent: Intent;
  readonly plan: Plan;
  readonly fingerprint: string;
  readonly checks: readonly Check[];
  /** Where entries stood in the file, by their path as JSON. */
  readonly positions: Readonly<Record<string, Position>>;
}

interface Document {
  readonly 'netplan-ovs': typeof MARK;
  /** Of `saved` as JSON: the file is not meant to be edited. */
  readonly digest: string;
  readonly saved: SavedPlan;
}

const MARK = 'saved plan 1';

/** Writes a plan, readable by its owner alone, as the topology may hold what others need not know. */
export async function savePlan(
  path: string,
  { topology, surveyed }: { readonly topology: Topology; readonly surveyed: Survey },
): Promise<void> {
  const { intent, plan, fingerprint } = surveyed;
  const { file, checks } = topology;
  const paths = [
    ...intent.desired.flatMap(({ at }) => (at === null ? [] : [at])),
    ...checks.map((check) => check.path),
  ];
  const positions = Object.fromEntries(
    paths.map((at) => [JSON.stringify(at), topology.positionOf(at, 'key')]),
  );
  const saved: SavedPlan = { file, intent, plan, fingerprint, checks, positions };
  const document: Document = { 'netplan-ovs': MARK, digest: digestOf(saved), saved };
  await replaceFile(path, `${JSON.stringify(document)}\n`);
}

/**
 * Null when the file is something else: a topology. Throws a Refusal when it is a plan that has been tampered with, or that others
 * than `owners` may tamper with (null: anybody may).
 */
export async function readSavedPlan(
  path: string,
  owners: readonly number[] | null = null,
): Promise<SavedPlan | null> {
  if (!(await isSavedPlan(path))) return null;
  const doubt = owners && distrust(await stat(path), await stat(dirname(await realpath(path))), owners);
  if (doubt !== null) {
    throw new Refusal(`${path} is not to be trusted: ${doubt}`, {
      hint: 'as root it would be done as it says: mind who may write it, or say `--insecure-file`',
    });
  }
  const { digest, saved } = documentOf(await readFile(path, 'utf8'));
  if (saved === undefined || digestOf(saved) !== digest) {
    throw new Refusal(`${path} is not as \`plan --out\` wrote it`, { hint: 'make the plan again' });
  }
  return saved;
}

/** For texts that point into the file. */
export const originOf = ({ file, positions }: SavedPlan): Origin => ({
  file,
  text: null,
  positionOf: (path) => positions[JSON.stringify(path)] ?? null,
});

/** What speaks against doing a saved plan now, a line each: how the plan of now differs from it. Empty: nothing. */
export function staleness(saved: SavedPlan, now: Survey): string[] {
  const [then, later] = [byId(saved.plan), byId(now.plan)];
  const ids = new Set([...then.keys(), ...later.keys()]);
  const lines = [...ids].flatMap((id) => {
    const [was, is] = [then.get(id), later.get(id)];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    if (was === undefined || is === undefined)
      return [`${id}: ${was === undefined ? `now to ${is?.action ?? ''}` : `no longer to ${was.action}`}`];
    return [`${id}: to ${was.action}, but from another state than then`];
  });
  if (lines.length > 0) return lines;
  if (now.fingerprint !== saved.fingerprint) return ['something that the plan leaves as it is'];
  return JSON.stringify(now.plan) === JSON.stringify(saved.plan)
    ? []
    : ['the commands, which come from another version'];
}

const byId = ({ changes }: Plan): ReadonlyMap<string, Change> =>
  new Map(changes.map((change) => [change.id, change]));

const digestOf = (saved: SavedPlan): string =>
  createHash('sha256').update(JSON.stringify(saved)).digest('hex');

/** By its first bytes, so that no topology is read for it. */
async function isSavedPlan(path: string): Promise<boolean> {
  const expected = JSON.stringify({ 'netplan-ovs': MARK }).slice(0, -1);
  // O_NONBLOCK: opening a FIFO would wait for its writer, and reading it would take away what loading needs.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
  if (handle === null) return false;
  try {
    if (!(await handle.stat()).isFile()) return false;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(expected.length));
    return buffer.toString('utf8', 0, bytesRead) === expected;
  } finally {
    await handle.close();
  }
}

function documentOf(text: string): Partial<Document> {
  try {
    return JSON.parse(text) as Document;
  } catch {
    return {};
  }
}
