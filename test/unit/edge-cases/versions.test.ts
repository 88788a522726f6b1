// What several versions of a tool print of the same things (scripts/fixtures/record.sh) in, the same resources out, but for what is named here.
import test from 'ava';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { everyRule, found, rulesOf, wanted } from '../../support/nat.js';
import { recorded, resourceLines, resources } from '../../support/recorded.js';
import { projectRoot } from '../../support/sandbox.js';

const folder = path.join(projectRoot, 'test/fixtures');
const versionsOf = (tool: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${tool}-`))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

/** Debian 12's: what the others are held to. */
const REFERENCES = ['iproute2-6.1.0', 'openvswitch-3.1.0'];

/** What a version does not tell: how the reference's lines read without it. */
const DIFFERENCES: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {};

/** OVSDB has its rows in no order, and each of them a random UUID. */
const linesOf = (name: string): string[] =>
  resourceLines(recorded(path.join(folder, name), 'demo'))
    .map((line) => line.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'))
    .sort();

for (const reference of REFERENCES) {
  const [tool = ''] = reference.split('-');
  test(`${reference}: one of everything is seen`, (t) => {
    const lines = linesOf(reference);
    t.true(lines.length > (tool === 'iproute2' ? 140 : 12), lines.join('\n'));
    const ids = resources(recorded(path.join(folder, reference), 'demo')).map(({ id }) => id);
    t.is(new Set(ids).size, ids.length);
  });
  for (const name of versionsOf(tool).filter((version) => version !== reference)) {
    test(`${name}: the same resources as with ${reference}`, (t) => {
      const expected = linesOf(reference).map((line) =>
        (DIFFERENCES[name] ?? []).reduce((text, [pattern, without]) => text.replace(pattern, without), line),
      );
      t.deepEqual(linesOf(name), expected);
    });
  }
}

for (const name of versionsOf('nft')) {
  test(`${name}: every rule is read as it was written`, (t) => {
    const [table] = found(readFileSync(path.join(folder, name, 'every-rule.json'), 'utf8'));
    t.deepEqual(rulesOf(table), rulesOf(wanted(everyRule)));
  });
}

test('there are recordings from Debian 11’s versions to the newest', (t) => {
  for (const [tool, oldest] of Object.entries({ iproute2: '5.10.0', openvswitch: '2.15.0', nft: '0.9.8' })) {
    const [first = '', ...others] = versionsOf(tool);
    t.is(first, `${tool}-${oldest}`);
    t.true(others.length >= 3, tool);
  }
});

test('what Open vSwitch chooses by itself is nothing that a roll-back asks for', (t) => {
  const chosen = resources(recorded(path.join(folder, 'openvswitch-3.1.0'), 'demo')).flatMap(
    ({ id, fields, given = [] }) =>
      Object.entries(fields).flatMap(([field, value]) =>
        !given.includes(field) && /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.test(JSON.stringify(value))
          ? [`${id} ${field}`]
          : [],
      ),
  );
  t.deepEqual(chosen, []);
});
