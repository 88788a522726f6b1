// The JSON schema as an editor has it: draft 7, read by a plain validator, with every word of a link wherever a link stands.
import test from 'ava';
import { Ajv } from 'ajv';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { topologySchema, type Schema } from '../../../src/schema.js';

const schema = JSON.parse(JSON.stringify(topologySchema())) as Schema;
// Our own words (`x-change`, …) are annotations; everything else has to be the standard's.
const ajv = new Ajv({ strict: 'log', logger: false, allErrors: true });

test('it is a schema of draft 7', (t) => {
  t.is(schema['$schema'], 'http://json-schema.org/draft-07/schema#');
  t.true(ajv.validateSchema(schema), ajv.errorsText());
});

const validate = ajv.compile(schema);

for (const file of readdirSync('examples')) {
  test(`a plain validator takes ${file}`, (t) => {
    const text = readFileSync(`examples/${file}`, 'utf8');
    t.true(validate(parse(text, { merge: true })), ajv.errorsText(validate.errors));
    t.regex(text, /^# yaml-language-server: \$schema=\.\.\/schemas\/topology\.schema\.json$/m);
  });
}

test('a plain validator refuses what is not in it', (t) => {
  for (const wrong of [
    {},
    { version: 2 },
    { version: 1, 'dhcp-servers': {} },
    { version: 1, bridges: { br0: {} } },
    { version: 1, veths: { v0: { peer: { name: 'a', nmae: 'b' } } } },
    { version: 1, interfaces: { eth0: { mtu: '1500' } } },
    { version: 1, checks: [{ ping: { to: '10.0.0.1', form: 'x' } }] },
  ])
    t.false(validate(wrong), JSON.stringify(wrong));
});

/** Follows references, and the parts that are named. */
function at(...words: readonly string[]): Schema {
  let found: unknown = schema;
  for (const word of words) {
    found = resolved(found as Schema)[word];
  }
  return resolved(found as Schema);
}

function resolved(found: Schema): Schema {
  if (found.$ref === undefined) return found;
  return found.$ref
    .split('/')
    .slice(1)
    .reduce<Schema>((inner, word) => inner[word] as Schema, schema);
}

const linkWords = Object.keys((schema['definitions'] as Record<string, Schema>)['link']?.properties ?? {});

for (const section of ['interfaces', 'bridges', 'veths', 'vlans', 'tunnels', 'patches'])
  test(`an entry of ${section} takes every word of a link, in the host and in a namespace`, (t) => {
    const inHost = at('properties', section, 'additionalProperties', 'properties');
    const inNamespace = at(
      'properties',
      'namespaces',
      'additionalProperties',
      'properties',
      section,
      'additionalProperties',
      'properties',
    );
    for (const word of linkWords) {
      t.true(word in inHost, word);
      t.true(word in inNamespace, word);
    }
  });

for (const section of ['veths', 'patches'])
  test(`the peer of ${section} takes every word of a link, and says what it means`, (t) => {
    const peer = at('properties', section, 'additionalProperties', 'properties', 'peer');
    t.true(linkWords.length > 20);
    t.is(peer.additionalProperties, false);
    for (const word of linkWords) {
      const found = resolved(peer.properties?.[word] ?? {});
      t.true((found.description ?? '').length > 10, word);
    }
  });

test('every word has a description, for the editor to show', (t) => {
  const without: string[] = [];
  const look = (part: Schema, path: string): void => {
    for (const [name, inner] of Object.entries(part.properties ?? {})) {
      const found = resolved(inner);
      if (found.description === undefined) without.push(`${path}${name}`);
      if (inner.$ref === undefined) look(found, `${path}${name}.`);
    }
    for (const inner of [part.items, part.additionalProperties])
      if (typeof inner === 'object' && inner.$ref === undefined) look(inner, path);
  };
  look(schema, '');
  for (const [name, part] of Object.entries(schema['definitions'] as Record<string, Schema>))
    look(part, `${name}.`);
  t.deepEqual(without, []);
});
