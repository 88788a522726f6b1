// The table of kinds in, the JSON schema of a topology file out: what editors complete from and files are validated with.
import { kinds } from './kinds/index.js';
import { ownWordsAlone, type Properties, type Property, type Section } from './kind.js';
import { checkSchema } from './load/expectations.js';
import { protectSchema } from './load/protect.js';
import { NAME, NAME_FORM, NAMESPACES } from './load/topology.js';
import type { Json } from './model.js';
import { equal } from './compare.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly [word: string]: unknown;
}

/** Draft 7 is the newest that all editors' YAML servers read. */
export function topologySchema(): Schema {
  const sections = sectionsOfBodies();
  const bodies = Object.fromEntries([...sections.keys()].map((name) => [name, ref(name)]));
  const namespaces = sectionOf(NAMESPACES);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'netplan-ovs topology',
    description: 'A network topology of one host: its own namespace, and further ones under `namespaces`.',
    ...closed({
      properties: {
        version: { const: 1, description: 'Version of this format.' },
        name: {
          type: 'string',
          pattern: NAME.source,
          'x-form': NAME_FORM,
          examples: ['lab-1'],
          description:
            'Owner label of all that this file makes. Default: the file’s name without its extension.',
        },
        [NAMESPACES]: container(namespaces, closed({ properties: { ...namespaces.properties, ...bodies } })),
        ...bodies,
        checks: checkSchema,
        protect: protectSchema,
      },
      required: ['version'],
    }),
    definitions: { link: { properties: linkProperties() }, ...Object.fromEntries(sections) },
  };
}

const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });

/** An object that takes its own keys alone, and `x-` keys, which nobody reads. */
const closed = (schema: Schema): Schema => ({
  type: 'object',
  ...schema,
  ...ownWordsAlone,
});

/** Sections by name; one that several kinds share takes the words of all of them. */
function sectionsOfBodies(): Map<string, Schema> {
  const names = new Set(kinds.flatMap(({ section }) => section?.name ?? []));
  names.delete(NAMESPACES);
  return new Map([...names].map((name) => [name, container(sectionOf(name), entrySchema(sectionOf(name)))]));
}

function sectionOf(name: string): Section {
  const [first, ...others] = kinds.flatMap(({ section }) => (section?.name === name ? [section] : []));
  if (first === undefined) throw new Error(`no kind has the section ${name}`);
  return others.reduce(merged, first);
}

function merged(a: Section, b: Section): Section {
  const required = a.required?.filter((name) => b.required?.includes(name) === true) ?? [];
  return { ...a, properties: mergedProperties(a.properties, b.properties), required };
}

function mergedProperties(a: Properties, b: Properties): Properties {
  const both = Object.entries(b).map(
    ([name, property]) => [name, mergedProperty(a[name] ?? property, property)] as const,
  );
  return { ...a, ...Object.fromEntries(both) };
}

/** Where the kinds disagree on a word the schema is silent about it; `checks/fields.ts` holds each entry to its own kind. */
function mergedProperty(a: Property, b: Property): Property {
  const words = Object.entries(a).filter(
    ([word, value]) =>
      word.startsWith('x-') || word === 'description' || equal(value as Json, b[word] as Json),
  );
  const values = new Set([
    ...((a['enum'] as unknown[] | undefined) ?? []),
    ...((b['enum'] as unknown[] | undefined) ?? []),
  ]);
  const both = a['enum'] !== undefined && b['enum'] !== undefined ? { enum: [...values] } : {};
  return { description: a.description, ...Object.fromEntries(words), ...both };
}

function container({ shape, description, values }: Section, entry: Schema): Schema {
  if (values)
    return { type: 'object', description, patternProperties: { '^x-': {} }, additionalProperties: values };
  if (shape === 'list') return { type: 'array', description, items: entry };
  return { type: 'object', description, patternProperties: { '^x-': {} }, additionalProperties: entry };
}

function entrySchema({ properties, required = [], links }: Section): Schema {
  const own = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, propertySchema(property)]),
  );
  return closed({
    properties: { ...(links ? linkRefs() : {}), ...own },
    ...(required.length > 0 ? { required } : {}),
  });
}

/** `x-link`: the value is a link itself, and takes what every link takes. */
function propertySchema(property: Property): Schema {
  const { 'x-link': isLink, ...schema } = property as Schema;
  if (isLink !== true) return schema;
  return { ...schema, ...closed({ properties: { ...linkRefs(), ...schema.properties } }) };
}

const linkRefs = (): Record<string, Schema> =>
  Object.fromEntries(Object.keys(linkProperties()).map((name) => [name, ref(`link/properties/${name}`)]));

/** What every link takes, whatever its kind. */
function linkProperties(): Properties {
  const parts = kinds.flatMap(({ onLink }) => (onLink === undefined ? [] : [onLink.properties]));
  return parts.reduce(mergedProperties, { name: deviceName });
}

const deviceName: Property = {
  type: 'string',
  description: 'Name of the device. Default: the key.',
  'x-change': 'replace',
  'x-why': 'it is another device',
};
