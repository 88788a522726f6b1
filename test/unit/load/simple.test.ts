// Texts in: each is read without the library and means the same to it, or is left to it.
import { readdirSync, readFileSync } from 'node:fs';
import test from 'ava';
import fc from 'fast-check';
import { toData } from '../../../src/load/plain.js';
import { readSimple } from '../../../src/load/simple.js';
import { textComplaints } from '../../../src/load/text.js';
import { parse } from '../../../src/load/yaml.js';

/** What the library makes of a text; undefined when it complains. */
function asTheLibrary(text: string): string | undefined {
  const { root, errors } = parse(text);
  const { data, complaints } = toData(root, () => 0);
  return errors.length + complaints.length > 0 ? undefined : JSON.stringify(data);
}

/** True when the text was simple. Throws where it means something else to the library. */
function compared(text: string): boolean {
  if (textComplaints(text).length > 0) return false; // such a text is not read at all
  const simple = readSimple(text);
  if (simple === undefined) return false;
  const read = asTheLibrary(text);
  if (JSON.stringify(simple) !== read)
    throw new Error(`${JSON.stringify(text)} is ${JSON.stringify(simple)}, and not ${read ?? 'an error'}`);
  return true;
}

const files = ['examples', 'test/invalid'].flatMap((directory) =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(`${directory}/${name}`, 'utf8')),
);

test('what is simple means the same to the library', (t) => {
  t.true(files.filter(compared).length > 60);
});

const simple = `# what topologies are made of
version: 1
name: "lab"

namespaces: {ns1: {}, ns2: {}}   # a comment
bridges:
  br0: {type: linux, addresses: [10.0.0.1/12, fe80::1/64,2001:db8::1/64], stp: false}
  br-1:
    macaddress: 02:00:00:00:00:0a
    routes:
    - to: ::/0
      via: '2001:db8::2'
    -   to: default

        metric: 100
    trunks: [10-20, 5]
x-empty:
x-words: [a, b.c, e-f, 1.2.3, 60s, 0g, nulls, A1, it:s]
`;

test('the deepest and widest that is simple is not too deep for the library', (t) => {
  const widest = Array.from({ length: 30 }, (_, depth) => `${'  '.repeat(depth)}- a:`).join('\n');
  t.true(compared(`a:\n  ${widest.replaceAll('\n', '\n  ')} ${'['.repeat(20)}${']'.repeat(20)}`));
});

test('the usual ways to write are simple', (t) => {
  t.true(compared(simple));
  t.true(compared(simple.trimEnd()));
});

for (const [what, text] of Object.entries({
  'an anchor': 'a: &b 1',
  'an alias': 'a: *b',
  'a merge key': 'a:\n  <<: {b: 1}',
  'a tag': 'a: !!str 1',
  'a block scalar': 'a: |\n  b',
  'several words': 'a: b c',
  'a value of two lines': 'a: b\n  c',
  'a value below its key': 'a:\n  b',
  'an escape': 'a: "\\n"',
  'a quote in a quote': "a: 'it''s'",
  'a quote over two lines': 'a: "b\n  c"',
  'a flow collection over two lines': 'a: [b,\n  c]',
  'a comma at the end': 'a: [b,]',
  'a key alone in a flow mapping': '{a, b}',
  'a flow mapping of one pair in a list': 'a: [b: c]',
  'a list in a list': '- - a',
  'a key that is said twice': 'a: 1\na: 2',
  'a prototype': '__proto__: 1',
  'a number that begins with zero': 'a: 010',
  'a fraction': 'a: 1.5',
  'a power of ten': 'a: 1e3',
  'a hexadecimal number': 'a: 0x1f',
  'a number too large': 'a: 1234567890123456',
  'a negative number': 'a: -1',
  'a word of the schema': 'a: null',
  'another way to write one': 'a: True',
  'a tilde': 'a: ~',
  'a tab': 'a:\t1',
  'a carriage return': 'a: 1\r\nb: 2',
  'a byte order mark': '\ufeffa: 1',
  'a beginning of a document': '---\na: 1',
  'a second document': 'a: 1\n---\nb: 2',
  'a directive': '%YAML 1.1\n---\na: 1',
  'what is indented too far': 'a: 1\n  b: 2',
  'what is not indented enough': 'a:\n    b: 1\n  c: 2',
  'a bracket that is not closed': 'a: [1',
  'a bracket of another sort': 'a: [1}',
  'the same where nothing is in it': 'a: {]',
  'what stands behind a value': 'a: [1] b',
  'a key without space': 'a:1',
  'a colon at the end': 'a: fe80::',
  'a comment without space': 'a: 1#b',
  'deep brackets': `a: ${'['.repeat(30)}${']'.repeat(30)}`,
}))
  test(`left to the library: ${what}`, (t) => {
    t.is(readSimple(text), undefined);
  });

const PIECES = [
  ...' ·  ·\n·\n  ·\n    ·\n- ·\n  - ·: ·:·, ·,·{·}·[·]·- ·-'.split('·'),
  ...`"·'·#· #·::·/·.·1·0·10·a·b·ns1·true·null·e·x·é·~`.split('·'),
  ...'&a ·*a·!·|·>·?·? ·%·@·`·\t·\r·\\·=·+·<<: ·---·...'.split('·'),
];

test('however a text is changed, it is the same to the library, or left to it', (t) => {
  const change = fc.record({
    at: fc.nat(simple.length),
    drop: fc.nat(4),
    pieces: fc.array(fc.constantFrom(...PIECES), { maxLength: 4 }),
  });
  let read = 0;
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const text = changes.reduce(
        (before, { at, drop, pieces }) => before.slice(0, at) + pieces.join('') + before.slice(at + drop),
        simple,
      );
      if (compared(text)) read++;
    }),
    { numRuns: 40_000, seed: 289000539 },
  );
  t.true(read > 400, `only ${read} were simple`);
});

test('whatever a text is made of, it is the same to the library, or left to it', (t) => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
      if (compared(`a: ${pieces.join('')}`)) read++;
    }),
    { numRuns: 20_000, seed: 1 },
  );
  t.true(read > 400, `only ${read} were simple`);
});
