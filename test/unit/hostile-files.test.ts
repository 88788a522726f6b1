// Whatever values a file holds, they become an error with a place, or a plan whose commands say exactly what the file says. Examples are
// changed at random; nothing here looks at a host or writes to one.
import test from 'ava';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { intentOf } from '../../src/intent.js';
import { load } from '../../src/load/index.js';
import { unread } from '../../src/observe.js';
import { validationText } from '../../src/render/validation.js';
import type { HostState } from '../../src/state.js';
import { changed, changes, endsSoon, isRead } from '../support/mutated.js';
import { planned } from '../support/planned.js';
import { projectRoot } from '../support/sandbox.js';

/** How many changed files; `RUNS=100000` looks longer. */
const RUNS = Number(process.env['RUNS'] ?? 5000);
const folder = path.join(projectRoot, 'examples');
const examples = new Map(
  readdirSync(folder).map((file) => [
    file,
    JSON.stringify(parse(readFileSync(path.join(folder, file), 'utf8'), { merge: true })),
  ]),
);

/** A host with nothing in it but namespaces that are found. */
const empty = (topology: string, bodies: readonly { name: string; netns: string | null }[]): HostState => ({
  topology,
  bodies: new Map(bodies.map((body) => [body.name, { ...unread(body), exists: body.netns === null }])),
  ovs: null,
});

test(`${String(RUNS)} files, changed at random: errors with a place, or a plan that says what they say`, (t) => {
  const counts = { planned: 0, refused: 0, unsaid: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...examples.keys()), changes, (file, list) => {
      let text = examples.get(file) ?? '';
      for (const change of list) if (isRead(text)) text = changed(text, change);
      const isSoon = endsSoon(() => {
        const loaded = load(text, file);
        validationText([{ file, ...loaded }]);
        const { topology, diagnostics } = loaded;
        if (topology === null) {
          counts.refused += 1;
          if (!diagnostics.some(({ severity }) => severity === 'error')) counts.unsaid += 1;
        } else {
          const intent = intentOf(topology);
          counts.planned += Math.min(1, planned(intent, empty(intent.topology, intent.bodies)));
        }
      });
      return isSoon && counts.unsaid === 0;
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  );
  t.log(counts);
  t.true(counts.planned > RUNS / 100 && counts.refused > RUNS / 10);
});

/** What means something to a shell, to `ip`, to Open vSwitch or to nft. */
const SPECIAL = 'a b 0 1 é " \' \\ # ; $ ( ) ` { } [ ] , = - * \t'.split(' ').concat(' ');

/** Some are refused: a text has one line, and OVSDB's are UTF-8. */
const words = fc.oneof(
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 4,
    arbitrary: fc.string({ unit: fc.constantFrom(...SPECIAL), maxLength: 12 }),
  },
);

test('texts that are free, whatever is in them, reach the commands as they are', (t) => {
  let commands = 0;
  const texts = fc.record({
    description: words,
    key: words,
    value: words,
    name: fc.oneof(fc.constant('d0'), words),
  });
  fc.assert(
    fc.property(fc.constantFrom(...examples.keys()), texts, (file, free) => {
      const { topology } = load(JSON.stringify(withTexts(JSON.parse(examples.get(file) ?? ''), free)), file);
      if (topology === null) return;
      const intent = intentOf(topology);
      commands += planned(intent, empty(intent.topology, intent.bodies));
    }),
    { numRuns: RUNS / 5, includeErrorInReport: true },
  );
  t.true(commands > RUNS);
});

type Texts = Readonly<Record<'description' | 'key' | 'value' | 'name', string>>;
type Sections = Record<string, unknown>;

/** The file with a description for each of its links, and its Open vSwitch bridges with texts of others; links beside them, too. */
function withTexts(document: Sections, { description, key, value, name }: Texts): Sections {
  const links = ['bridges', 'veths', 'vlans', 'dummies', 'taps', 'macvlans', 'bonds', 'vrfs', 'tunnels'];
  for (const section of links) {
    for (const link of Object.values(document[section] ?? {}) as Sections[]) {
      link['description'] = description;
      if (section === 'bridges' && link['type'] === 'ovs') link['external-ids'] = { [key]: value };
    }
  }
  return { ...document, dummies: { ...(document['dummies'] as Sections | undefined), [name]: {} } };
}
