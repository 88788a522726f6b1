// The two schemas that are published: examples and recorded plans pass them, and nothing else does.
import test from 'ava';
import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { planJson } from '../../src/render/json.js';
import { recordedPlan } from '../support/golden.js';
import { projectRoot } from '../support/sandbox.js';

const read = (name: string): string => readFileSync(path.join(projectRoot, name), 'utf8');
const schemaOf = (name: string) => JSON.parse(read(`schemas/${name}.schema.json`));
const ajv = new Ajv({ strict: false, allErrors: true });
const isTopology = ajv.compile(schemaOf('topology'));
const isPlan = ajv.compile(schemaOf('plan'));

for (const name of readdirSync(path.join(projectRoot, 'examples'))) {
  test(`the schema of topologies takes ${name}`, (t) => {
    t.true(isTopology(parse(read(`examples/${name}`))), JSON.stringify(isTopology.errors));
  });
}

for (const name of ['create', 'change', 'nothing', 'remove'] as const) {
  test(`the schema of plans takes a recorded one: ${name}`, (t) => {
    const { plan, origin } = recordedPlan(name);
    t.true(isPlan(planJson(plan, [], origin)), JSON.stringify(isPlan.errors));
  });
}

test('the schema of plans takes obstacles of every sort', (t) => {
  const { plan, origin } = recordedPlan('create');
  const desired = plan.changes[0]!.after!;
  const holder = { ...desired, id: 'host/interface/eth9' };
  const lack = { sort: 'program', program: 'nft' } as const;
  const obstacles = (
    ['taken', 'missing', 'occupied', 'unsupported', 'refused', 'beside', 'nowhere'] as const
  ).map((reason) => ({
    reason,
    desired,
    holder,
    lack,
  }));
  t.true(isPlan(planJson(plan, obstacles, origin)), JSON.stringify(isPlan.errors));
});

test('the schema of plans refuses what no plan has: any word more, or less, or other', (t) => {
  const { plan, origin } = recordedPlan('change');
  const document = JSON.parse(JSON.stringify(planJson(plan, [], origin)));
  const places = objectsIn(document, '');
  t.true(places.length > 100);
  for (const { object, place } of places) {
    if (FREE.test(place)) continue;
    t.false(isPlan(withWord(document, object, 'more', 1)), `${place} takes a further word`);
    for (const word of Object.keys(object).filter((each) => each !== 'before' && each !== 'after')) {
      t.false(isPlan(withWord(document, object, word, undefined)), `${place}.${word} may be missing`);
    }
  }
  for (const [word, value] of Object.entries({ action: 'destroy', interrupts: 'often' })) {
    t.false(isPlan(withWord(document, document.changes[0], word, value)), `${word}: ${value}`);
  }
});

/** Values of resources: whatever their kinds say. */
const FREE = /^\.changes\[\]\.(fields\[\]\.)?(before|after)/;

function objectsIn(value: unknown, place: string): { object: Record<string, unknown>; place: string }[] {
  if (Array.isArray(value)) return value.flatMap((item) => objectsIn(item, `${place}[]`));
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Record<string, unknown>;
  const inner = Object.entries(object).flatMap(([word, each]) => objectsIn(each, `${place}.${word}`));
  return [{ object, place }, ...inner];
}

/** The document with one word of one of its objects set, or taken away; the document itself stays as it is. */
function withWord(document: unknown, object: Record<string, unknown>, word: string, value: unknown): unknown {
  const had = Object.hasOwn(object, word);
  const before = object[word];
  if (value === undefined) Reflect.deleteProperty(object, word);
  else object[word] = value;
  const copy: unknown = JSON.parse(JSON.stringify(document));
  if (had) object[word] = before;
  else Reflect.deleteProperty(object, word);
  return copy;
}
