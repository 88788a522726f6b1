// The command starts from what the build compiled ahead, and without it just as well.
import test from 'ava';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../support/sandbox.js';

const run = promisify(execFile);
const dist = path.join(projectRoot, 'dist');
const { version } = JSON.parse(await readFile(path.join(projectRoot, 'package.json'), 'utf8')) as {
  version: string;
};

/** Whether V8 refuses the code cache of a directory; undefined when there is none. */
async function refused(directory: string): Promise<unknown> {
  const program = `
    const { bundle, compiledAhead } = require(${JSON.stringify(path.join(directory, 'start.cjs'))});
    console.log(JSON.stringify({ refused: bundle(compiledAhead()).cachedDataRejected }));`;
  const { stdout } = await run(process.execPath, ['--eval', program]);
  return (JSON.parse(stdout) as { refused?: boolean }).refused;
}

test('what the build compiled ahead is what the command starts from', async (t) => {
  t.is(await refused(dist), false);
});

const damages: Record<string, (file: string) => Promise<void>> = {
  missing: (file) => rm(file),
  'another file': (file) => writeFile(file, 'no code\n'),
  empty: (file) => writeFile(file, ''),
  'cut short': async (file) => writeFile(file, (await readFile(file)).subarray(0, 100_000)),
  'a directory': async (file) => {
    await rm(file);
    await mkdir(file);
  },
  'of another bundle': async (file) => {
    const bundle = path.join(path.dirname(file), '../netplan-ovs.cjs');
    await writeFile(bundle, `${await readFile(bundle, 'utf8')}\n`);
  },
};
for (const [what, damage] of Object.entries(damages)) {
  test(`the command works when its code cache is ${what}`, async (t) => {
    const directory = await mkdtemp(path.join(tmpdir(), 'netplan-ovs-start-'));
    t.teardown(() => rm(directory, { recursive: true }));
    for (const part of ['start.cjs', 'netplan-ovs.cjs', 'code-cache'])
      await cp(path.join(dist, part), path.join(directory, part), { recursive: true });
    const [name = ''] = await readdir(path.join(directory, 'code-cache'));
    await damage(path.join(directory, 'code-cache', name));
    t.not(await refused(directory), false);
    const outcome = await run(process.execPath, [path.join(directory, 'start.cjs'), '--version']);
    t.deepEqual({ ...outcome }, { stdout: `${version}\n`, stderr: '' });
  });
}

test('the bundle is complete: a copy of it alone runs', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'netplan-ovs-alone-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const copy = path.join(directory, 'copy.cjs');
  await cp(path.join(dist, 'netplan-ovs.cjs'), copy);
  const example = path.join(projectRoot, 'examples/bridge.yaml');
  const { stdout } = await run(copy, ['validate', example], { cwd: directory });
  t.regex(stdout, /bridge/);
});

test('an error tells where in the bundle it was thrown', async (t) => {
  const lines = (await readFile(path.join(dist, 'netplan-ovs.cjs'), 'latin1')).split('\n');
  const program = `
    const { bundle } = require(${JSON.stringify(path.join(dist, 'start.cjs'))});
    Object.defineProperty(process, 'argv', { get() { throw new Error('here'); } });
    bundle().runInThisContext()(exports, require, module, '/', '/');`;
  const { stderr } = await t.throwsAsync<Error & { stderr: string }>(
    run(process.execPath, ['--eval', program]),
  );
  const [, line] = / at .*netplan-ovs\.cjs:(\d+):/.exec(stderr) ?? [];
  t.regex(lines[Number(line) - 1] ?? '', /\bargv\b/);
});
