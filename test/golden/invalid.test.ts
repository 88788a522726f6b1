// Every wrong file under test/invalid, against the diagnostics beside it: NAME.txt is what `netplan-ovs validate
// test/invalid/NAME.yaml` prints. `UPDATE=1 npx ava build/test/golden/invalid.test.js` writes what is printed now; read
// the difference before it is committed.
import test from 'ava';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadFile, type Loaded } from '../../src/load/index.js';
import { validationText } from '../../src/render/validation.js';

const FOLDER = 'test/invalid';
const UPDATE = process.env['UPDATE'] === '1';

const files = readdirSync(FOLDER);
const names = files.filter((file) => file.endsWith('.yaml')).map((file) => basename(file, '.yaml'));

const loaded = new Map<string, Loaded>();
for (const name of names) loaded.set(name, loadFile(`${FOLDER}/${name}.yaml`));

for (const [name, result] of loaded) {
  test(`${name} is refused with exactly its diagnostics`, (t) => {
    const printed = validationText([{ file: `${FOLDER}/${name}.yaml`, ...result }]);
    const expectation = `${FOLDER}/${name}.txt`;
    if (UPDATE) writeFileSync(expectation, printed);
    t.is(result.topology, null, 'the file is taken as valid');
    if (!existsSync(expectation)) t.fail(`there is no ${expectation}`);
    // Line by line, so that a failure shows the lines that differ.
    else t.deepEqual(printed.split('\n'), readFileSync(expectation, 'utf8').split('\n'));
  });
}

test('every expectation has its file, and there are enough of them', (t) => {
  const expected = files.filter((file) => file.endsWith('.txt')).map((file) => basename(file, '.txt'));
  t.deepEqual(
    expected.filter((name) => !names.includes(name)),
    [],
  );
  t.true(names.length >= 60, `there are ${names.length}`);
});

test('no problem is said twice, and problems are in the order of the file', (t) => {
  for (const [name, { diagnostics }] of loaded) {
    const texts = diagnostics.map(({ position: { line, column }, message }) => `${line}:${column} ${message}`);
    t.is(new Set(texts).size, texts.length, name);
    const places = diagnostics.map(({ position: { line, column } }) => line * 1e6 + column);
    t.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      name,
    );
  }
});

const scratch = mkdtempSync(join(tmpdir(), 'netplan-ovs-invalid-'));
test.after.always(() => {
  rmSync(scratch, { recursive: true });
});

/** What is no file of a topology at all: name, what is said of it. */
const NO_FILES: readonly (readonly [
  file: string,
  code: string,
  message: string,
  owners?: readonly number[],
])[] = [
  [join(scratch, 'missing.yaml'), 'unreadable', 'there is no such file'],
  [join(scratch, 'ten-megabytes.yaml'), 'too-large', 'it is larger than 8 MiB'],
  [scratch, 'not-a-file', 'it is a directory'],
  ['/dev/null', 'not-a-file', 'it is not a regular file'],
  ['package.json/x.yaml', 'unreadable', 'a part of its path is not a directory'],
  ['', 'unreadable', 'there is no such file'],
  ['package.json', 'insecure-file', `it belongs to user ${statSync('package.json').uid}`, []],
];

for (const [file, code, message, owners = null] of NO_FILES) {
  test(`${file.replace(scratch, 'TMP')}: ${message}`, (t) => {
    if (code === 'too-large') writeFileSync(file, `version: 1\n${'# more\n'.repeat((10 * 1024 * 1024) / 7)}`);
    const { topology, diagnostics } = loadFile(file, owners);
    t.is(topology, null);
    t.like(diagnostics[0], { code, message, severity: 'error' });
    t.is(diagnostics.length, 1);
  });
}

const sources = ['src/load', 'src/kinds'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => [`${folder}/${file}`, readFileSync(`${folder}/${file}`, 'utf8')] as const),
);

test('every code of a diagnostic that the sources have is shown by a file', (t) => {
  const codes = new Set(
    sources.flatMap(([, text]) => [...text.matchAll(/\bcode: '([a-z0-9-]+)'/g)].map(([, code]) => code)),
  );
  const shown = new Set([
    ...[...loaded.values()].flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code)),
    ...NO_FILES.map(([, code]) => code),
  ]);
  t.true(codes.size > 60);
  t.deepEqual(
    [...codes].filter((code) => !shown.has(code ?? '')),
    [],
    'each of these codes needs a file that shows it',
  );
});

test('codes are written out where a diagnostic is made, so that they can be found', (t) => {
  const hidden = sources.flatMap(([file, text]) =>
    [...text.matchAll(/^.*\bcode: (?!'[A-Za-z0-9_-]+'|string\b).*$/gm)].map(([line]) => `${file}: ${line.trim()}`),
  );
  t.deepEqual(hidden, []);
});
