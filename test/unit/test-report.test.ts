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
  merge(lines: object[]): LiveTest[];
  outcome(test: Partial<LiveTest>): string;
  unreported(counted: Counts, tests: object[], where: string): Counts;
}

// It runs before anything is compiled, so it is plain JavaScript that the compiler does not see.
const module = pathToFileURL(resolve('scripts/test-report.mjs')).href;
const { count, merge, outcome, unreported } = (await import(module)) as TestReport;

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
