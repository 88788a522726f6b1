// What is generated and committed is what the sources say, and the reference leaves nothing out.
import test from 'ava';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { reference } from '../../scripts/reference/document.js';
import { kinds } from '../../src/kinds/index.js';
import { load } from '../../src/load/index.js';
import { jsonText } from '../../src/render/json.js';
import { topologySchema } from '../../src/schema.js';
import { projectRoot } from '../support/sandbox.js';

const committed = (name: string): Promise<string> => readFile(path.join(projectRoot, name), 'utf8');

test('schemas/topology.schema.json is what the kinds say (npm run schema)', async (t) => {
  t.is(await committed('schemas/topology.schema.json'), jsonText(topologySchema()));
});

test('docs/topology.md is what the kinds say (npm run schema)', async (t) => {
  t.is(await committed('docs/topology.md'), reference());
});

test('the reference tells of every field with what its change costs', async (t) => {
  const text = await committed('docs/topology.md');
  const fields = kinds.flatMap(({ section, onLink }) =>
    Object.entries({ ...section?.properties, ...onLink?.properties }),
  );
  t.true(fields.length > 50);
  for (const [name, { description }] of fields) {
    const entries = text.split('\n').filter((line) => line.includes(`- **\`${name}\`**`));
    t.true(
      entries.some((line) => /_Change: [^_]+\._$/.test(line)),
      `${name} has no cost`,
    );
    t.true(
      entries.some((line) => line.includes(description.slice(0, 40))),
      `${name} has no meaning`,
    );
    t.true(
      entries.every((line) => /default|Default:|required/.test(line)),
      `${name} has no default`,
    );
  }
});

test('the contents of the reference lead to its headings', async (t) => {
  const text = await committed('docs/topology.md');
  const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
  const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  t.deepEqual(
    links.filter((anchor) => !headings.includes(anchor)),
    [],
  );
  t.deepEqual(new Set(headings.slice(1)), new Set(links.filter((anchor) => headings.includes(anchor))));
});

test('the examples of the reference are sound', async (t) => {
  const blocks = [...(await committed('docs/topology.md')).matchAll(/^```yaml\n([^`]*)```$/gm)];
  t.true(blocks.length > 10);
  for (const [, text = ''] of blocks) {
    const { diagnostics } = load(text.includes('version: 1') ? text : `version: 1\n${text}`, 'example.yaml');
    t.deepEqual(
      diagnostics.map(({ message }) => message),
      [],
      text,
    );
  }
});
