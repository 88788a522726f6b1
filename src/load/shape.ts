// The schema's facts about one value: which part of the schema speaks of it.
import type { Path } from '../model.js';
import type { Schema } from '../schema.js';

/** The schema of the value that a path leads to; undefined where the schema says nothing. */
export function schemaAt(root: Schema, path: Path): Schema | undefined {
  return path.reduce<Schema | undefined>((schema, word) => schema && step(root, schema, word), root);
}

/** Follows `$ref`, which in our schema always leads to a definition. */
function dereferenced(root: Schema, schema: Schema): Schema {
  return schema.$ref === undefined ? schema : dereferenced(root, at(root, schema.$ref));
}

/** The words of a JSON pointer, `/a~1b/0` (RFC 6901). */
export const words = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((word) => word.replaceAll('~1', '/').replaceAll('~0', '~'));

function step(root: Schema, schema: Schema, word: string | number): Schema | undefined {
  const { items, properties, additionalProperties } = schema;
  const inner = typeof word === 'number' ? items : (own(properties, word) ?? additionalProperties);
  return typeof inner === 'object' ? dereferenced(root, inner) : undefined;
}

const at = (root: Schema, pointer: string): Schema =>
  words(pointer).reduce((schema, word) => (schema[word] ?? {}) as Schema, root);

const own = (map: Schema['properties'], key: string): Schema | undefined =>
  map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
