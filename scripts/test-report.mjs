// In: what runs of ava printed, and the lines that live tests wrote about themselves. Out: counts, and where each test ran.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** Counts one run of ava. When no test failed but ava did (a crash, a time-out), that is one failure. */
export function count({ status, output }) {
  const summary = output.slice(output.lastIndexOf('\n  ─\n') + 1);
  const number = (word) => Number(new RegExp(`^ {2}(\\d+) tests? ${word}`, 'm').exec(summary)?.[1] ?? 0);
  return {
    // The summary leaves out the passed ones when others failed, so they are counted one by one.
    passed: output.match(/^ {2}✔ /gm)?.length ?? 0,
    failed: number('failed') || (status === 0 ? 0 : 1),
    skipped: number('skipped'),
    summary: summary.match(/^ {2}\d+ .*$/gm)?.map((line) => line.trim()) ?? [`ended with status ${status}`],
  };
}

/** The lines of a report, `{title, file, where, status, reason}` each; none when no test wrote any. */
export async function readReport(file) {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line)).map((line) => ({ ...line, file: compiled(line.file) }));
}

/** A test file as ava is given it, however the report names it. */
function compiled(file) {
  const source = path.relative('.', file.replace(/^file:\/\//, '')).replace(/^build\//, '');
  return `build/${source.replace(/\.ts$/, '.js')}`;
}

/** One entry per live test: `{title, file, reason, host, lab}`, the last two its status there, if it was tried there. */
export function merge(lines) {
  const tests = new Map();
  for (const { title, file, where, status, reason } of lines) {
    const key = `${file}\0${title}`;
    const test = tests.get(key) ?? { title, file };
    tests.set(key, { ...test, [where]: status, reason: test.reason ?? reason });
  }
  return [...tests.values()];
}

/** What became of a test in the end: a failure anywhere is one, and a skip counts only when it passed nowhere else. */
export function outcome({ host, lab }) {
  if (host === 'failed' || lab === 'failed') return 'failed';
  return host === 'passed' || lab === 'passed' ? 'passed' : 'skipped';
}

/** What ava counted in one place beyond what the tests reported: crashes, and tests that write no report. */
export function unreported(counted, tests, where) {
  const reported = (status) => tests.filter((test) => test[where] === status).length;
  const skippedAsPassed = Math.max(0, reported('skipped') - counted.skipped);
  return {
    passed: Math.max(0, counted.passed - reported('passed') - skippedAsPassed),
    failed: Math.max(0, counted.failed - reported('failed')),
    skipped: Math.max(0, counted.skipped - reported('skipped')),
  };
}
