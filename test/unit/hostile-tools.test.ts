// Whatever the tools print, reading it ends: with the state of a host, from which a plan can be made and shown, or with an error that says
// what cannot be read. Recordings of real hosts are changed at random; nothing here looks at a host or writes to one.
import test from 'ava';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { intentOf } from '../../src/intent.js';
import { loadFile } from '../../src/load/index.js';
import type { HostState } from '../../src/state.js';
import type { Intent } from '../../src/survey.js';
import { changed, changes, endsSoon, isRead, pick } from '../support/mutated.js';
import { planned } from '../support/planned.js';
import { printedIn, stateFrom, type Printed } from '../support/recorded.js';
import { projectRoot } from '../support/sandbox.js';

/** How many changed recordings; `RUNS=100000` looks longer. */
const RUNS = Number(process.env['RUNS'] ?? 5000);
const examples = readdirSync(path.join(projectRoot, 'examples'));
const intents = new Map(
  examples.map((file) => {
    const { topology } = loadFile(path.join(projectRoot, 'examples', file));
    if (topology === null) throw new Error(file);
    return [file, intentOf(topology)] as const;
  }),
);

/** A recording, the name of the topology that was there, and what may be wanted of such a host: that, nothing, or something else. */
interface Case {
  readonly printed: Printed;
  readonly topology: string;
  readonly own: Intent | undefined;
}

const at = (directory: string) => path.join(projectRoot, 'test/fixtures', directory);
const hostless: Case = { printed: new Map(), topology: 'demo', own: undefined };
const cases = new Map<string, Case>([
  ...readdirSync(at('hosts')).map((name): [string, Case] => {
    const own = intents.get(`${name.replace(/^example-/, '')}.yaml`);
    return [name, { printed: printedIn(at(`hosts/${name}`)), topology: own?.topology ?? 'messy', own }];
  }),
  ...readdirSync(at('.'))
    .filter((name) => /^(iproute2|openvswitch)-/.test(name))
    .map((name): [string, Case] => [name, { ...hostless, printed: printedIn(at(name)) }]),
]);

/** Null where it cannot be read, which a SyntaxError has to say. */
function read(printed: Printed, topology: string): HostState | null {
  try {
    return stateFrom(printed, topology);
  } catch (error) {
    if (error instanceof SyntaxError && error.message !== '') return null;
    throw error;
  }
}

test(`${String(RUNS)} recordings of tools, changed at random: an error that says so, or a plan`, (t) => {
  const counts = { read: 0, refused: 0 };
  const wanted = fc.constantFrom('its own', 'nothing', ...intents.keys());
  fc.assert(
    fc.property(fc.constantFrom(...cases.keys()), changes, wanted, (name, list, want) => {
      const { printed, topology, own } = cases.get(name) ?? hostless;
      const files = new Map(printed);
      for (const change of list) {
        const [file, text] = pick([...files], change.file) ?? ['', ''];
        if (isRead(text)) files.set(file, changed(text, change));
      }
      const nothing = { topology, bodies: [{ name: 'host', netns: null }], desired: [] };
      const intent = intents.get(want) ?? (want === 'nothing' ? nothing : (own ?? nothing));
      return endsSoon(() => {
        const host = read(files, intent.topology);
        if (host !== null) planned(intent, host);
        counts[host === null ? 'refused' : 'read'] += 1;
      });
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  );
  t.log(counts);
  t.true(counts.read > RUNS / 10 && counts.refused > RUNS / 10);
});
