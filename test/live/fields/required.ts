// The table of kinds in; every field that a file can say, or that a plan can show, out: what the field table needs a row for.
import { kinds } from '../../../src/kinds/index.js';
import type { Kind, Property } from '../../../src/kind.js';
import { topologySchema } from '../../../src/schema.js';

/** `KIND FIELD` for every field, those within objects and lists of objects included. */
export function requiredFields(): string[] {
  return kinds.flatMap((kind) => fieldsOf(kind).map((field) => `${kind.name} ${field}`));
}

function fieldsOf({ fields, section, onLink }: Kind): string[] {
  const said = { ...fields, ...section?.properties, ...onLink?.properties };
  const names = Object.entries(said).flatMap(([name, property]) => [name, ...within(name, property)]);
  return [...new Set([...names, ...(section !== undefined && takesName(section.name) ? ['name'] : [])])];
}

/** True for entries that are links: their `name` is no field of the kind's own. */
function takesName(section: string): boolean {
  const entries = topologySchema().definitions?.[section]?.additionalProperties;
  return typeof entries === 'object' && entries.properties?.['name'] !== undefined;
}

/** The words of an object, or of a list's objects. An object without words of its own holds whatever keys a file says. */
function within(name: string, property: Property): string[] {
  const { properties = {} } = ('items' in property ? property['items'] : property) as {
    readonly properties?: Readonly<Record<string, Property>>;
  };
  return Object.entries(properties).flatMap(([word, inner]) => [
    `${name}.${word}`,
    ...within(`${name}.${word}`, inner),
  ]);
}
