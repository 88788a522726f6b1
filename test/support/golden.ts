// A text as it has to be stands in a file; compares, or writes it anew with UPDATE_GOLDEN=1 in the environment.
import type { ExecutionContext } from 'ava';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { originOf, type SavedPlan } from '../../src/saved-plan.js';
import type { Origin } from '../../src/render/origin.js';
import { projectRoot } from './sandbox.js';

const folder = path.join(projectRoot, 'test/golden');

/** Fails unless `text` is what stands in `test/golden/expected/NAME`. */
export function golden(t: ExecutionContext, name: string, text: string): void {
  const file = path.join(folder, 'expected', name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  t.is(text, readFileSync(file, 'utf8'), name);
}

export interface Recorded extends SavedPlan {
  /** With the text of the topology, as where a plan is made from a file. */
  readonly origin: Origin;
}

/** A plan that was made on a real host, by the name of its file in `test/golden/plans`. */
export function recordedPlan(name: 'create' | 'change' | 'nothing' | 'remove'): Recorded {
  const saved = JSON.parse(readFileSync(path.join(folder, `plans/${name}.json`), 'utf8')) as SavedPlan;
  const { file } = saved;
  const text = name === 'remove' ? null : readFileSync(path.join(folder, 'plans', file), 'utf8');
  return { ...saved, origin: { ...originOf(saved), text } };
}
