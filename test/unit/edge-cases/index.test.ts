// The list of edge cases: every test that it names stands in the sources.
import test from 'ava';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/sandbox.js';

const folder = path.join(projectRoot, 'test');
const rows = readFileSync(path.join(folder, 'edge-cases.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.split(' | '));

const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(path.join(folder, file), 'utf8'))
  .join('\n');

/** Titles as they are declared; those of a loop over tools with a tool in its place. */
const titles = new Set(
  [...sources.matchAll(/\b(?:liveTest|inBoth|test)\(\s*(['`])(.*?)\1/gs)].flatMap(([, , title = '']) =>
    title.startsWith('${tool}')
      ? ['ip', 'ovs-vsctl', 'nft'].map((tool) => title.replace('${tool}', tool))
      : [title],
  ),
);

test('every row names at least one test', (t) => {
  t.true(rows.length > 40, String(rows.length));
  for (const [name = '', held = ''] of rows) t.regex(held, /^`[^`]+`/, name);
});

for (const [name = '', held = ''] of rows) {
  test(`held: ${name.replace(/^\| /, '')}`, (t) => {
    const named = [...held.matchAll(/`([^`]+ [^`]+)`/g)].flatMap(([, title = '']) => title);
    t.true(named.length > 0);
    for (const title of named) t.true(titles.has(title), `no test is called: ${title}`);
  });
}
