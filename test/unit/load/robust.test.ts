// Whatever a file holds, loading it ends: with a topology or with problems that have a place in it, and never with an exception.
import test from 'ava';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { desiredOf } from '../../../src/load/desired.js';
import { load, type Loaded } from '../../../src/load/index.js';
import { validationText } from '../../../src/render/validation.js';

/** `RUNS=5000` looks longer. */
const RUNS = Number(process.env['RUNS'] ?? 150);

const examples = readdirSync('examples').map((file) => readFileSync(`examples/${file}`, 'utf8'));

/** Loads, and shows and uses what comes of it as the commands do. */
function whole(text: string): Loaded {
  const loaded = load(text, 'lab.yaml');
  validationText([{ file: 'lab.yaml', ...loaded }]);
  if (loaded.topology !== null) desiredOf(loaded.topology);
  return loaded;
}

const isPlaced = (text: string, { diagnostics }: Loaded): boolean => {
  const lines = text.split('\n');
  return diagnostics.every(
    ({ position: { line, column } }) => line <= lines.length && column <= (lines[line - 1]?.length ?? 0) + 1,
  );
};

/** Texts that mean something to YAML, to a shell, to `ip`, to Open vSwitch or to nft. */
const PIECES = [
  ...': |- |[|]|{|}|,|"|\'|\n|\n  |\t|#|&a |*a|<<: *a|!x |? |---\n|...\n|%|@|`|~|null|true|0|-1|1e9|.inf|0x1f'.split(
    '|',
  ),
  ...';|$(id)|--|..|/|é|\u0000|\u2028|\ud800|x-|host|default|peer: {|namespaces: {|to: |via: |bridge: '.split(
    '|',
  ),
];

test('examples with something cut out or put in', (t) => {
  const changes = fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      cut: fc.nat(30),
      put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 6 })),
    }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...examples), changes, (example, list) => {
      let text = example;
      for (const { at, cut, put } of list) {
        const start = Math.floor(at * text.length);
        text = text.slice(0, start) + put + text.slice(start + cut);
      }
      const loaded = whole(text);
      return isPlaced(text, loaded) && (loaded.topology === null) === hasError(loaded);
    }),
    { numRuns: RUNS },
  );
  t.pass();
});

const hasError = ({ diagnostics }: Loaded): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

test('examples with a value of another type in some place', (t) => {
  const values = examples.flatMap((text) =>
    [...text.matchAll(/(?<=: |\[)[^\s,{}[\]]+/g)].map(
      ({ index, 0: value }) => [text, index, value.length] as const,
    ),
  );
  const others = [
    '{}',
    '[]',
    '[[x]]',
    '{a: {b: c}}',
    '7',
    '-1.5',
    'true',
    'null',
    '""',
    '"a\\nb"',
    '*none',
    '!t x',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...values), fc.constantFrom(...others), ([text, start, length], other) => {
      const changed = text.slice(0, start) + other + text.slice(start + length);
      return isPlaced(changed, whole(changed));
    }),
    { numRuns: RUNS },
  );
  t.pass();
});

test('any text', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => isPlaced(text, whole(text))),
    { numRuns: RUNS },
  );
  t.pass();
});

test('the largest files: depth, aliases, keys and problems without end', (t) => {
  const size = 1_000_000;
  const files = {
    'deep flow': `version: 1\nx-a: ${'['.repeat(size)}`,
    'deep block': `version: 1\n${Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}x-a:`).join('\n')}`,
    'one key over and over': `version: 1\n${'x-a: 1\n'.repeat(50_000)}`,
    'unknown keys': `version: 1\n${Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`).join('\n')}`,
    'aliases of nothing': `version: 1\nx-a: [${'*a, '.repeat(20_000)}]`,
    'one long line': `version: 1\nname: ${'a'.repeat(size)}`,
    'dangling references': `version: 1\nveths:\n${Array.from({ length: 5000 }, (_, i) => `  v${i}: {bridge: br${i}, peer: {name: w${i}}}`).join('\n')}`,
  };
  for (const [name, text] of Object.entries(files)) {
    const loaded = whole(text);
    t.is(loaded.topology, null, name);
    t.true(isPlaced(text, loaded), name);
  }
});
