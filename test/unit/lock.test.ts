// One run at a time: whoever comes second is told who is there, and the holder's end, however it comes, frees the lock.
import test from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Refusal } from '../../src/errors.js';
import { withLock } from '../../src/lock.js';
import { settingsFrom } from '../../src/settings.js';
import { projectRoot } from '../support/sandbox.js';

const settingsIn = (stateDir: string) => settingsFrom({}, { stateDir });

async function directory(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'netplan-ovs-lock-'));
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

test('a second run is refused with status 5 and told who holds the lock', async (t) => {
  const settings = settingsIn(await directory(t));
  const inner = async () =>
    t.throwsAsync<Refusal>(
      withLock(settings, 'apply b.yaml', () => Promise.resolve()),
      { instanceOf: Refusal, message: new RegExp(`process ${process.pid} \\(apply a\\.yaml\\), since 20`) },
    );
  const refusal = await withLock(settings, 'apply a.yaml', inner);
  t.is(refusal.exitCode, 5);
});

test('of many at once exactly one gets it', async (t) => {
  const settings = settingsIn(await directory(t));
  let inside = 0;
  const one = (): Promise<string> =>
    withLock(settings, 'apply', async () => {
      inside += 1;
      t.is(inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
      return 'done';
    }).catch((error: unknown) => (error instanceof Refusal ? 'refused' : Promise.reject(error as Error)));
  const results = await Promise.all(Array.from({ length: 12 }, one));
  t.true(results.includes('done'));
  t.true(results.every((result) => ['done', 'refused'].includes(result)));
});

test('the lock is free again after an action that throws, and after what an older run left behind', async (t) => {
  const stateDir = await directory(t);
  await writeFile(path.join(stateDir, 'lock'), '{"pid": 1, "what": "apply', { mode: 0o600 });
  const settings = settingsIn(stateDir);
  await t.throwsAsync(
    withLock(settings, 'apply', () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
  t.is(await withLock(settings, 'apply', () => Promise.resolve(7)), 7);
});

test('a holder that is killed frees the lock', async (t) => {
  const stateDir = await directory(t);
  const lock = path.join(projectRoot, 'build/src/lock.js');
  const hold = `import(${JSON.stringify(lock)}).then(({ withLock }) => withLock({ stateDir: ${JSON.stringify(stateDir)} },
    'apply', () => new Promise(() => { console.log('held'); setInterval(() => {}, 1000); })))`;
  const child = spawn(process.execPath, ['-e', hold], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await t.throwsAsync(
    withLock(settingsIn(stateDir), 'apply', () => Promise.resolve()),
    { instanceOf: Refusal },
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  for (let tries = 0; ; tries += 1) {
    const got = await withLock(settingsIn(stateDir), 'apply', () => Promise.resolve(true)).catch(() => false);
    if (got) break;
    if (tries > 200) return t.fail('the lock is still held');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  t.pass();
});

test('what a killed holder has started keeps the lock until it has ended', async (t) => {
  const stateDir = await directory(t);
  const [lock, tools] = ['lock', 'tools/run'].map((file) => path.join(projectRoot, `build/src/${file}.js`));
  const go = path.join(stateDir, 'go');
  const begun = path.join(stateDir, 'begun');
  const argv = ['sh', '-c', 'echo >"$1"; until [ -e "$0" ]; do sleep 0.02; done', go, begun];
  const hold = `Promise.all([import(${JSON.stringify(lock)}), import(${JSON.stringify(tools)})]).then(([{ withLock }, { run }]) =>
    withLock({ stateDir: ${JSON.stringify(stateDir)} }, 'apply a.yaml', () =>
      run({ argv: ${JSON.stringify(argv)}, netns: null }, { timeoutMs: 100000 })))`;
  const child = spawn(process.execPath, ['-e', hold], { stdio: ['ignore', 'inherit', 'inherit'] });
  while (!existsSync(begun)) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGKILL');
  await once(child, 'exit');
  await t.throwsAsync(
    withLock(settingsIn(stateDir), 'apply', () => Promise.resolve()),
    {
      instanceOf: Refusal,
      message: /\(apply a\.yaml\).*; it has ended, but a command that it has started goes on/,
    },
  );
  const waiting = withLock({ ...settingsIn(stateDir), lockWaitMs: 60_000 }, 'apply', () =>
    Promise.resolve('in'),
  );
  await writeFile(go, '');
  t.is(await waiting, 'in');
});
