// Declares a test that needs a real kernel: what it needs in, a test that runs, is skipped with its reason, or fails in the lab out.

import test, { type ExecutionContext } from 'ava';
import { appendFileSync } from 'node:fs';
import { whyNot, type Feature } from './features.js';
import { patience } from './process.js';

export interface LiveTestOptions {
  /** What the kernel must have. */
  readonly needs?: readonly Feature[];
  /** Seconds without an assertion after which it has failed; ten times as many in the lab. Default: ava's. */
  readonly timeout?: number;
  /** Not at the same time as the file's other tests. */
  readonly serial?: boolean;
  /**
   * What another test does, once more in another setting (the kernel's datapath, the other family, by a script): where this kernel
   * cannot do it, `npm test` leaves it to `npm run test:lab`, which does everything; `everywhere`: and where it can, too.
   */
  readonly again?: boolean | 'everywhere';
}

/** Declares a live test. Where this kernel lacks something it is skipped, but in the lab, which has everything, it fails. */
export function liveTest(
  title: string,
  options: LiveTestOptions,
  implementation: (t: ExecutionContext) => Promise<void>,
): void {
  const { needs = [], again = false } = options;
  const lacking = needs.flatMap((feature) => whyNot(feature) ?? []);
  const reasons = again === 'everywhere' && !inLab ? [LEFT] : lacking;
  const declare = options.serial === true ? test.serial : test;
  if (reasons.length === 0) {
    declare(title, (t) => reported(t, title, options, implementation));
  } else if (inLab) {
    declare(title, (t) => reported(t, title, options, () => Promise.reject(new Error(reasons.join('; ')))));
  } else {
    declare.skip(title, implementation);
    const reason = reasons.join('; ');
    console.log(`skipped: ${title} (${reason})`);
    report(title, again === false ? 'skipped' : 'left', reason);
  }
}

const LEFT = 'others do the same here';

const inLab = process.env['LAB_GUEST'] === '1';

async function reported(
  t: ExecutionContext,
  title: string,
  { timeout }: LiveTestOptions,
  implementation: (t: ExecutionContext) => Promise<void>,
): Promise<void> {
  const leave = await turn();
  if (timeout !== undefined) t.timeout(timeout * 1000 * patience);
  let done = false;
  try {
    await implementation(t);
    done = t.passed;
  } finally {
    report(title, done ? 'passed' : 'failed');
    leave();
  }
}

/** Of a file's tests, how many run at once: the lab's guest has a processor and 2 GiB, and a test takes up to a fifth of that. */
const AT_ONCE = inLab ? 3 : Infinity;
let running = 0;
const waiting: (() => void)[] = [];

/** Waits until it is a test's turn; gives what ends that turn. */
async function turn(): Promise<() => void> {
  if (running < AT_ONCE) running += 1;
  else await new Promise<void>((go) => waiting.push(go));
  return () => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
}

/** Tells the summary of the whole run, which sees this kernel's results and the lab's, how the test went. */
function report(title: string, status: 'passed' | 'failed' | 'skipped' | 'left', reason?: string): void {
  const file = process.env['NETPLAN_OVS_TEST_REPORT'];
  if (file === undefined) return;
  const entry = { title, file: test.meta.file, where: inLab ? 'lab' : 'host', status, reason };
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
