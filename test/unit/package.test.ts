// The published package: what package.json promises is what the build leaves behind.
import test from 'ava';
import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

interface PackageJson {
  name: string;
  version: string;
  engines: { node: string };
  bin: Record<string, string>;
  exports: Record<string, string | { types: string; default: string }>;
  dependencies?: Record<string, string>;
  devDependencies: Record<string, string>;
}

const packageJson = JSON.parse(await readFile('package.json', 'utf8')) as PackageJson;
const run = promisify(execFile);

test('the command is an executable file that runs from anywhere', async (t) => {
  const file = packageJson.bin['netplan-ovs'] ?? '';
  await access(file, constants.X_OK);
  t.regex(await readFile(file, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  const { stdout } = await run(process.execPath, [resolve(file), '--version'], { cwd: '/' });
  t.true(stdout.includes(packageJson.version), stdout);
});

test('the library entry has code and types', async (t) => {
  const entry = packageJson.exports['.'];
  if (typeof entry !== 'object') return t.fail('exports["."] names one file only');
  await t.notThrowsAsync(access(entry.types));
  await t.notThrowsAsync(import(pathToFileURL(entry.default).href));
});

test('an installed package pulls in no other package', (t) => {
  t.deepEqual(packageJson.dependencies ?? {}, {});
});

test('dependencies are pinned to one version each', (t) => {
  for (const [name, version] of Object.entries(packageJson.devDependencies)) {
    t.regex(version, /^\d+\.\d+\.\d+$/, name);
  }
});

test('the lock file names no registry', async (t) => {
  t.notRegex(await readFile('package-lock.json', 'utf8'), /"resolved"/);
});
