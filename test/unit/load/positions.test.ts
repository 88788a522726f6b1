// Everything that a file wants knows its line: for all examples, and through anchors, merge keys and odd line breaks.
import test from 'ava';
import { readdirSync, readFileSync } from 'node:fs';
import { desiredOf } from '../../../src/load/desired.js';
import { load } from '../../../src/load/index.js';
import type { Topology } from '../../../src/load/topology.js';

function sound(text: string, file = 'lab.yaml'): Topology {
  const { topology, diagnostics } = load(text, file);
  if (topology === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return topology;
}

/** The text of the file where the entry of a resource begins. */
function textAt(text: string, topology: Topology, path: readonly (string | number)[]): string {
  const { line, column } = topology.positionOf(path, 'key');
  return (text.split(/\r?\n/)[line - 1] ?? '').slice(column - 1);
}

for (const file of readdirSync('examples')) {
  test(`every resource of ${file} stands where it is said to stand`, (t) => {
    const text = readFileSync(`examples/${file}`, 'utf8');
    const topology = sound(text, file);
    const resources = desiredOf(topology);
    t.true(resources.length > 5);
    for (const { id, at } of resources) {
      if (at === null) {
        t.fail(`${id} stands nowhere`);
        continue;
      }
      const key = at.at(-1);
      const there = textAt(text, topology, at);
      // An entry of a list begins with whatever it says.
      if (typeof key === 'string')
        t.true(
          [`${key}:`, `"${key}":`, `'${key}':`].some((start) => there.startsWith(start)),
          `${id}: ${there}`,
        );
      else t.not(there, '', id);
    }
  });
}

const MERGED = `version: 1
x-common: &common
  mtu: 1400
  addresses: &net [10.0.0.1/24]
bridges:
  br0: {type: linux, <<: *common, mtu: 1300}
  br1:
    type: linux
    addresses: *net
`;

test('a value that came in by an anchor or a merge key stands where it is written', (t) => {
  const { positionOf } = sound(MERGED.replace('addresses: *net', 'mtu: 9000'));
  t.like(positionOf(['bridges', 'br0', 'mtu']), { line: 6, column: 40 });
  t.like(positionOf(['bridges', 'br0', 'addresses', 0]), { line: 4, column: 20 });
  t.like(positionOf(['bridges', 'br1', 'type']), { line: 8, column: 11 });
});

test('what an alias says twice is pointed at where it is used', (t) => {
  const { diagnostics } = load(MERGED, 'lab.yaml');
  t.like(diagnostics[0], { code: 'duplicate-address', position: { line: 9, column: 16 } });
});

test('what has no place of its own has that of the nearest thing around it', (t) => {
  const { positionOf } = sound(MERGED.replace('addresses: *net', 'mtu: 9000'));
  t.like(positionOf(['bridges', 'br1', 'forward-delay']), { line: 7, column: 3 });
  t.like(positionOf([]), { line: 1, column: 1 });
});

test('lines may end in CR LF, and a byte order mark moves nothing', (t) => {
  const { positionOf } = sound('version: 1\r\nbridges:\r\n  br0: {type: ovs}\r\n');
  t.like(positionOf(['bridges', 'br0', 'type']), { line: 3, column: 15 });
});

test('columns count as editors count them: in UTF-16 code units', (t) => {
  const { positionOf } = sound('version: 1\nbridges:\n  br0: {description: "🌉", type: ovs}\n');
  t.like(positionOf(['bridges', 'br0', 'type']), { line: 3, column: 34 });
});
