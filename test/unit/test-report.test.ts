// The counts at the end of `npm test`: nothing that failed, crashed or ran nowhere may look as if it had passed.
import test from 'ava';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface LiveTest {
  title: string;
  file: string;
  host?: string;
  lab?: string;
}
interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
interface TestReport {
  count(run: { status: number; output: string }): Counts & { summary: string[] };
  failures(run: { status: number; output: string }, files?: string[]): { names: string[]; details: string[] };
  merge(lines: object[]): LiveTest[];
  outcome(test: Partial<LiveTest>): string;
  unreported(counted: Counts, tests: object[], where: string): Counts;
}

// It runs before anything is compiled, so it is plain JavaScript that the compiler does not see.
const module = pathToFileURL(resolve('scripts/test-report.mjs')).href;
const { count, failures, merge, outcome, unreported } = (await import(module)) as TestReport;

test('passed tests are counted although ava leaves them out of a failing summary', (t) => {
  const output =
    '\n  ✔ a\n  ✔ b\n  ✘ [fail]: c\n  - [skip] d\n  ─\n\n  c\n\n  ─\n\n  1 test failed\n  1 test skipped\n';
  t.deepEqual(count({ status: 1, output }), {
    passed: 2,
    failed: 1,
    skipped: 1,
    summary: ['1 test failed', '1 test skipped'],
  });
});

test('a crash or a time-out counts as a failure when no test failed', (t) => {
  const output = '\n  ✔ a\n  ─\n\n  1 test passed\n  1 test remained pending after a timeout\n';
  t.like(count({ status: 1, output }), { passed: 1, failed: 1 });
  t.like(count({ status: 1, output: '' }), { passed: 0, failed: 1 });
});

test('a test that is skipped here and passes in the lab has passed', (t) => {
  const line = { title: 'vlan', file: 'build/test/live/vlan.test.js' };
  const [merged, ...others] = merge([
    { ...line, where: 'host', status: 'skipped', reason: 'no 8021q' },
    { ...line, where: 'lab', status: 'passed' },
  ]);
  t.deepEqual(merged, { ...line, host: 'skipped', lab: 'passed', reason: 'no 8021q' } as LiveTest);
  t.is(others.length, 0);
  t.is(outcome(merged ?? {}), 'passed');
});

test('a test that is skipped everywhere, or tried nowhere, has not passed', (t) => {
  t.is(outcome({ host: 'skipped', lab: 'skipped' }), 'skipped');
  t.is(outcome({ host: 'skipped' }), 'skipped');
});

test('a test that is left to the lab is told apart from one that ran nowhere, and counts there', (t) => {
  t.is(outcome({ host: 'left' }), 'left');
  t.is(outcome({ host: 'left', lab: 'passed' }), 'passed');
  t.is(outcome({ host: 'left', lab: 'failed' }), 'failed');
  const left = { title: 'd', file: 'f', host: 'left' };
  t.deepEqual(unreported({ passed: 0, failed: 0, skipped: 1 }, [left], 'host'), {
    passed: 0,
    failed: 0,
    skipped: 0,
  });
});

test('a failure in one place is not outweighed by a pass in the other', (t) => {
  t.is(outcome({ host: 'passed', lab: 'failed' }), 'failed');
  t.is(outcome({ host: 'failed', lab: 'passed' }), 'failed');
});

test('what ava counted beyond the reports is kept, and a reported skip is no pass', (t) => {
  const tests = [{ host: 'passed' }, { host: 'skipped' }];
  t.deepEqual(unreported({ passed: 3, failed: 1, skipped: 0 }, tests, 'host'), {
    passed: 1,
    failed: 1,
    skipped: 0,
  });
  t.deepEqual(unreported({ passed: 1, failed: 0, skipped: 1 }, tests, 'host'), {
    passed: 0,
    failed: 0,
    skipped: 0,
  });
});

test('every failed test is named with its file, and explained as ava does', (t) => {
  const output = `
  ✔ a › fine
  ✘ [fail]: a › differs
    ℹ a log
  ✘ [fail]: sub › b › throws of its own
  ─

  a › differs

  Difference (- actual, + expected):
  - 1
  + 2

  ─

  2 tests failed
`;
  t.deepEqual(failures({ status: 1, output }), {
    names: ['a › differs', 'sub › b › throws of its own'],
    details: ['  a › differs\n\n  Difference (- actual, + expected):\n  - 1\n  + 2'],
  });
});

test('the file is named too where ava has but one and leaves it out', (t) => {
  const output = '\n  ✘ [fail]: differs\n  ─\n\n  differs\n\n  ─\n\n  1 test failed\n';
  const { names } = failures({ status: 1, output }, ['build/test/live/nat.test.js']);
  t.deepEqual(names, ['nat › differs']);
});

test('a time-out names what was pending, and a crash is explained by what was thrown', (t) => {
  const output = `
  Uncaught exception in t/c.test.js

  Error: by nobody caught

  ✘ t/c.test.js exited with a non-zero exit code: 1
  ✔ d › fine

  ✘ Timed out while running tests

  1 tests were pending in t/d.test.js

  ◌ d › hangs

  Failed to exit when running t/e.test.js

  ─

  1 uncaught exception
  1 test remained pending after a timeout
`;
  t.deepEqual(failures({ status: 1, output }), {
    names: [
      'd › hangs (pending when the time was up)',
      't/c.test.js exited with a non-zero exit code: 1',
      'Failed to exit when running t/e.test.js',
    ],
    details: ['  Uncaught exception in t/c.test.js\n\n  Error: by nobody caught'],
  });
});

test('of a run that came to no end, its last words are shown', (t) => {
  const lines = Array.from({ length: 30 }, (_, line) => `line ${line}`);
  const { names, details } = failures({ status: 124, output: `${lines.join('\n')}\n` });
  t.deepEqual(names, ['ended with status 124']);
  t.deepEqual(details, [lines.slice(10).join('\n')]);
});

test('a run in which nothing failed has nothing to tell', (t) => {
  t.deepEqual(failures({ status: 0, output: '\n  ✔ a\n  ─\n\n  1 test passed\n' }), {
    names: [],
    details: [],
  });
});
