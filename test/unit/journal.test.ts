// The journal: written before anything else, added to, and read back whatever has happened to its end.
import test from 'ava';
import { appendFile, chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Refusal } from '../../src/errors.js';
import { beginJournal, journals, keepJournal, note, readJournal, removeJournal } from '../../src/journal.js';
import { ensureStateDir, replaceFile, stateFile } from '../../src/state-dir.js';

async function directory(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'netplan-ovs-journal-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

const beginning = (topology: string, since = '2026-01-01T00:00:00.000Z') => ({
  version: 1 as const,
  topology,
  what: `apply ${topology}.yaml`,
  pid: 7,
  startTime: 77,
  since,
  commands: 9,
  before: { topology, bodies: [], desired: [] },
  record: null,
  trial: null,
});

test('it says how far a run has come, also when its last line is torn', async (t) => {
  const dir = await directory(t);
  t.is(await readJournal(dir, 'lab'), null);
  await beginJournal(dir, beginning('lab'));
  t.like(await readJournal(dir, 'lab'), { topology: 'lab', done: 0, isComplete: false, isConfirmed: false });
  note(dir, 'lab', { done: 4 });
  await appendFile(path.join(dir, 'lab.journal'), '{"isComp');
  t.like(await readJournal(dir, 'lab'), { done: 4, isComplete: false });
  note(dir, 'lab', { isComplete: true, deadline: null });
  t.like(await readJournal(dir, 'lab'), { done: 4, isComplete: true });
});

test('it is kept as it was read, and goes', async (t) => {
  const dir = await directory(t);
  await beginJournal(dir, beginning('lab'));
  note(dir, 'lab', { isComplete: true, deadline: 5 });
  const journal = (await readJournal(dir, 'lab'))!;
  await beginJournal(dir, { ...beginning('lab'), what: 'destroy lab' });
  await keepJournal(dir, journal);
  t.deepEqual(await readJournal(dir, 'lab'), journal);
  t.deepEqual(await readdir(dir), ['lab.journal']);
  await removeJournal(dir, 'lab');
  await removeJournal(dir, 'lab');
  t.deepEqual(await journals(dir), []);
});

test('the latest run stands first', async (t) => {
  const dir = await directory(t);
  await beginJournal(dir, beginning('a', '2026-01-02T00:00:00.000Z'));
  await beginJournal(dir, beginning('b', '2026-01-03T00:00:00.000Z'));
  await beginJournal(dir, beginning('c', '2026-01-01T00:00:00.000Z'));
  t.deepEqual(
    (await journals(dir)).map(({ topology }) => topology),
    ['b', 'a', 'c'],
  );
  t.deepEqual(await journals(path.join(dir, 'nowhere')), []);
});

test('what another version has written, or nobody, is refused', async (t) => {
  const dir = await directory(t);
  for (const text of ['', '{}\n', '{"version":2}\n', 'null\n', '{"version":1']) {
    await writeFile(path.join(dir, 'lab.journal'), text);
    await t.throwsAsync(readJournal(dir, 'lab'), { instanceOf: Refusal }, text);
  }
});

test('files are their owner’s alone, and never written through a link', async (t) => {
  const dir = await directory(t);
  await writeFile(path.join(dir, 'victim'), 'as it was');
  await symlink('victim', path.join(dir, 'lab.journal.new'));
  await beginJournal(dir, beginning('lab'));
  t.is((await stat(path.join(dir, 'lab.journal'))).mode & 0o777, 0o600);
  t.is((await stat(path.join(dir, 'victim'))).size, 'as it was'.length);
  await replaceFile(path.join(dir, 'x'), 'text');
  t.is((await stat(path.join(dir, 'x'))).mode & 0o777, 0o600);
});

test('a directory in which others may write is refused, and so is a name that is a path', async (t) => {
  const dir = path.join(await directory(t), 'state');
  await ensureStateDir(dir);
  t.is((await stat(dir)).mode & 0o777, 0o700);
  await chmod(dir, 0o770);
  await t.throwsAsync(ensureStateDir(dir), { instanceOf: Refusal, message: /may be written by others/ });
  await mkdir(`${dir}2`);
  await symlink('state2', `${dir}3`);
  await t.throwsAsync(ensureStateDir(`${dir}3`), { instanceOf: Refusal, message: /is not a directory/ });
  for (const name of ['../x', 'a/b', '', '.', '-x', 'a\n'])
    t.throws(() => stateFile(dir, name, '.json'), { instanceOf: Refusal }, name);
});
