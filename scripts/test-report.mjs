// In: what runs of ava printed, and the lines that live tests wrote about themselves. Out: counts, what failed, where each test ran.
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

/** What failed in one run of ava over these files, `file › title` each, and the texts by which ava explains it. */
export function failures({ status, output }, files = []) {
  if (status === 0) return { names: [], details: [] };
  const [running, ...explained] = output.split(RULE);
  // With a single file, ava prints titles alone.
  const prefix = files.length === 1 ? `${path.basename(files[0], '.test.js')} › ` : '';
  const matches = (pattern) => [...running.matchAll(pattern)].map(([text, match]) => match ?? text.trimEnd());
  const names = [
    ...matches(FAILED).map((test) => `${prefix}${test}`),
    ...matches(PENDING).map((test) => `${prefix}${test} (pending when the time was up)`),
    ...matches(ENDED),
  ];
  const details = [
    ...matches(THROWN),
    ...explained.slice(0, -1).map((text) => text.replace(/^\n+|\n+$/g, '')),
  ];
  return {
    names: names.length > 0 ? names : [`ended with status ${status}`],
    // A run that came to no end (the guest's time was up) leaves only its last words.
    details: explained.length > 0 ? details : [...details, lastWords(output)],
  };
}

/** Ava's own: above it what comes while tests run, then the failed ones explained, if there are any, then the summary. */
const RULE = /^ {2}─$/m;
/** Each failed test, with the message of its error. */
const FAILED = /^ {2}✘ \[(?:fail|unexpected pass)\]: (.+)$/gm;
const PENDING = /^ {2}◌ (.+)$/gm;
/** What happened to a file, or to the whole run. */
const ENDED = /^ {2}(?:✘ (?!\[|Timed out while)|(?=Failed to exit when running ))(.+)$/gm;
const THROWN = /^ {2}(?:Uncaught exception|Unhandled rejection) in [^]*?(?=^ {2}[✔✘] |^ {2}- \[|(?![^]))/gm;

const lastWords = (output) => output.trimEnd().split('\n').slice(-20).join('\n');

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

/**
 * What became of a test in the end: a failure anywhere is one, and a skip counts only when it passed nowhere else. `left`: this
 * kernel cannot do it, and it says itself that only a run of everything in the lab has to.
 */
export function outcome({ host, lab }) {
  if (host === 'failed' || lab === 'failed') return 'failed';
  if (host === 'passed' || lab === 'passed') return 'passed';
  return host === 'left' && lab === undefined ? 'left' : 'skipped';
}

/** What ava counted in one place beyond what the tests reported: crashes, and tests that write no report. */
export function unreported(counted, tests, where) {
  const reported = (status) => tests.filter((test) => test[where] === status).length;
  const skipped = reported('skipped') + reported('left');
  const skippedAsPassed = Math.max(0, skipped - counted.skipped);
  return {
    passed: Math.max(0, counted.passed - reported('passed') - skippedAsPassed),
    failed: Math.max(0, counted.failed - reported('failed')),
    skipped: Math.max(0, counted.skipped - skipped),
  };
}
