// In: parts to run (lint, unit, live, lab); with none: all. In the lab, after `live`, only the tests that this kernel cannot do, and of
// these not what it did in another setting.
// Out: each part's own output, where each live test ran, all failures once more, ava's summaries, and as the last line
// `N passed, N failed`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { availableParallelism, release, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { count, failures, merge, outcome, readReport, unreported } from './test-report.mjs';

process.chdir(path.join(import.meta.dirname, '..'));
const ava = [process.execPath, 'node_modules/ava/entrypoints/cli.mjs', '--no-color'];
const LAB = 'scripts/lab/run-in-lab.sh';
const parts = process.argv.slice(2);
const everything = parts.length === 0;
const wants = (part) => everything || parts.includes(part);
// How long a guest may take: after `live` it does what this kernel cannot, otherwise everything, on an emulated processor.
const labSeconds = process.env.LAB_TIMEOUT ?? (wants('live') ? '3000' : '14400');

const reports = await mkdtemp(path.join(tmpdir(), 'netplan-ovs-test-'));
const results = [];
if (wants('lint')) results.push(await lint());
if (wants('unit')) results.push(await unit());
if (wants('live') || wants('lab')) results.push(...(await live()));
await rm(reports, { recursive: true });
conclude();

/** Lint has no tests to count: when it fails, it counts as one. */
async function lint() {
  const { status, output } = await run('lint', ['npm', 'run', '-s', 'lint']);
  return {
    name: 'lint',
    failures: status === 0 ? { names: [], details: [] } : { names: ['see above'], details: [output] },
    summary: [status === 0 ? 'clean' : 'failed'],
    passed: 0,
    failed: status === 0 ? 0 : 1,
    skipped: 0,
  };
}

async function unit() {
  const name = 'unit and golden tests';
  return { name, ...judged(await run(name, [...ava, 'build/test/{unit,golden}/**/*.test.js'])) };
}

function judged(result, files) {
  return { ...count(result), failures: failures(result, files) };
}

/** The live tests: on this kernel, then in the lab. What each test came to is known only after both. */
async function live() {
  const files = await liveFiles();
  const host = wants('live') && files.length > 0 ? [await onThisKernel(files)] : [];
  const skipped = merge(await reported('host')).filter((test) => outcome(test) === 'skipped');
  const rest = wants('live') ? skipped : files.map((file) => ({ file }));
  const lab = wants('lab') && rest.length > 0 ? [await inTheLab(rest)] : [];
  return settle([...host, ...lab], merge([...(await reported('host')), ...(await reported('lab'))]));
}

async function liveFiles() {
  if (!existsSync('build/test/live')) return [];
  const files = await readdir('build/test/live', { recursive: true });
  return files.filter((file) => file.endsWith('.test.js')).map((file) => `build/test/live/${file}`);
}

async function onThisKernel(files) {
  const name = `live tests on this kernel (${release()})`;
  const result = await run(name, [...ava, '--concurrency', '2', ...files], report('host'));
  return { name, where: 'host', ...judged(result, files) };
}

/** Whole files, or some of their tests. An emulated guest keeps one processor busy, so there are several. */
async function inTheLab(tests) {
  const name = 'live tests in the lab';
  await run('the lab’s kernel', [LAB, '--prepare']);
  const hands = deal(tests, guests());
  const { features, kernelHas } = await import('../build/test/support/features.js');
  const env = { LAB_MACHINE_HAS: features.filter(kernelHas).join(' ') };
  const runs = await Promise.all(hands.map((hand, index) => inOneGuest(hand, index, hands.length, env)));
  const sum = (field) => runs.reduce((total, each) => total + each[field], 0);
  const summary = runs.map((each) => each.summary.join(', '));
  return {
    name,
    where: 'lab',
    summary,
    failures: {
      names: runs.flatMap((each) => each.failures.names),
      details: runs.flatMap((each) => each.failures.details),
    },
    passed: sum('passed'),
    failed: sum('failed'),
    skipped: sum('skipped'),
  };
}

/** At most one for each processor, and for each 4 GiB of memory, of which a guest takes half. */
function guests() {
  return Math.max(1, Math.min(4, availableParallelism(), Math.floor(totalmem() / 2 ** 32)));
}

/** What neighbours cost is alike, so they go to different hands. */
function deal(items, count) {
  const hands = Array.from({ length: count }, (_, hand) => items.filter((_, at) => at % count === hand));
  return hands.filter((hand) => hand.length > 0);
}

async function inOneGuest(tests, index, of, env) {
  const lab = [LAB, '--timeout', labSeconds, '--rw', reports, '--'];
  const only = tests.flatMap(({ title }) => (title === undefined ? [] : ['--match', title]));
  const files = [...new Set(tests.map(({ file }) => file))];
  const command = [...lab, ...ava, '--concurrency', '1', ...only, ...files];
  const name = `live tests in the lab (guest ${index + 1} of ${of})`;
  const mark = of > 1 ? `${index + 1} │ ` : '';
  return judged(await run(name, command, { ...env, ...report('lab', index) }, mark), files);
}

/** Where the tests of one run write their lines: each guest into a file of its own, as they cannot append to a common one. */
function report(where, guest = 0) {
  return { NETPLAN_OVS_TEST_REPORT: path.join(reports, `${where}-${guest}.jsonl`) };
}

async function reported(where) {
  const files = (await readdir(reports)).filter((file) => file.startsWith(`${where}-`));
  return (await Promise.all(files.map((file) => readReport(path.join(reports, file))))).flat();
}

/** Each test counts once, wherever it ran. The lab can do everything: after it, what ran nowhere is a failure. */
function settle(runs, tests) {
  const by = (wanted) => tests.filter((test) => outcome(test) === wanted);
  const [nowhere, left] = [by('skipped'), by('left')];
  if (runs.length > 0) heading('where the live tests ran');
  for (const { where, name } of runs)
    list(
      name,
      tests.filter((test) => ranIn(test) === where),
    );
  list('nowhere', nowhere);
  list('left to `npm run test:lab`, as the same in another setting has run', left);
  const merged = {
    passed: by('passed').length,
    failed: by('failed').length + (wants('lab') ? nowhere.length : 0),
    skipped: left.length + (wants('lab') ? 0 : nowhere.length),
  };
  // A file runs in the lab for the sake of some of its tests; the others have been counted already.
  const beyond = runs.map((result, index) => {
    const { passed, failed, skipped } = unreported(result, tests, result.where);
    return { ...result, passed: index === 0 ? passed : 0, failed, skipped: index === 0 ? skipped : 0 };
  });
  const names = wants('lab') ? nowhere.map((test) => `${fullTitle(test)} (ran nowhere)`) : [];
  return [...beyond, { name: 'live tests', failures: { names, details: [] }, summary: [], ...merged }];
}

/** Where a test came to its result: in the lab only when this kernel could not do it. */
function ranIn({ host, lab }) {
  const ran = (status) => status === 'passed' || status === 'failed';
  return ran(host) ? 'host' : ran(lab) ? 'lab' : undefined;
}

function list(place, tests) {
  if (tests.length === 0) return;
  console.log(`  ${place}: ${tests.length}`);
  for (const test of tests) {
    const because = test.reason === undefined ? '' : ` (${test.reason})`;
    console.log(`    ${outcome(test)}  ${fullTitle(test)}${because}`);
  }
}

function fullTitle({ file, title }) {
  return `${path.basename(file, '.test.js')} › ${title}`;
}

/** Everything that one has to know who sees only the end of a long log. */
function conclude() {
  const failed = results.filter(({ failures }) => failures.names.length > 0);
  for (const { name, failures } of failed) {
    heading(`what failed: ${name}`);
    console.log(failures.details.join('\n\n'));
  }
  heading('summary');
  for (const { name, summary } of results.filter(({ summary }) => summary.length > 0))
    console.log(`  ${name}: ${summary.join(', ')}`);
  if (failed.length > 0) console.log('\n  failed:');
  for (const { name, failures } of failed)
    for (const test of failures.names) console.log(`    ✘ ${name}: ${test}`);
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

/** Runs a command, showing its output while it comes, each line behind the mark, and keeping it for the counts. */
async function run(name, [command, ...args], env = {}, mark = '') {
  heading(name);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let output = '';
  createInterface(child.stdout).on('line', (line) => {
    output += `${line}\n`;
    console.log(`${mark}${line}`);
  });
  const [status] = await once(child, 'close').catch((error) => [error.message]);
  return { status, output };
}

function heading(text) {
  console.log(`\n── ${text} ${'─'.repeat(Math.max(2, 90 - text.length))}`);
}
