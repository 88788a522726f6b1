// A broken rule of the schema in, what a person is told out.
import type { Json, Path } from '../model.js';
import type { Schema } from '../schema.js';
import { show } from './diagnostic.js';
import { didYouMean } from './nearest.js';

export interface Broken {
  /** The schema's word that the value breaks. */
  readonly keyword: string;
  /** What ajv says about it. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly path: Path;
  readonly value: Json | undefined;
  /** The part of the schema that has the word. */
  readonly schema: Schema;
}

export interface Words {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

export const wordsFor = (broken: Broken): Words => (WORDS[broken.keyword] ?? otherwise)(broken);

const WORDS: Readonly<Record<string, (broken: Broken) => Words>> = {
  additionalProperties: unknownKey,
  required: missingKey,
  type: wrongType,
  enum: ({ params, path, value }) => ({
    code: 'wrong-value',
    message: `${subject(path)} cannot be ${show(value)}`,
    hint: choices(value, params['allowedValues']),
  }),
  const: otherThan,
  propertyNames: ({ path, value, schema }) => ({
    code: 'wrong-key',
    message: `${show(value)} cannot be a key of ${subject(path)}`,
    hint: (schema.propertyNames as Schema | undefined)?.description,
  }),
  pattern: ({ path, value, schema }) => ({
    code: 'wrong-value',
    message: `${subject(path)} cannot be ${show(value)}`,
    hint: formOf(schema) ?? examples(schema) ?? schema.description,
  }),
  minimum: ({ params, path, value, schema }) => range(path, value, `at least ${limit(params, schema)}`),
  maximum: ({ params, path, value, schema }) => range(path, value, `at most ${limit(params, schema)}`),
  exclusiveMinimum: ({ params, path, value, schema }) =>
    range(path, value, `more than ${limit(params, schema)}`),
  exclusiveMaximum: ({ params, path, value, schema }) =>
    range(path, value, `less than ${limit(params, schema)}`),
  maxLength: ({ params, path }) => ({
    code: 'wrong-value',
    message: `${subject(path)} is longer than ${limit(params)} characters`,
  }),
  minLength: ({ path }) => ({ code: 'wrong-value', message: `${subject(path)} is empty` }),
  minItems: ({ params, path, value }) =>
    Array.isArray(value) && value.length > 0
      ? { code: 'wrong-value', message: `${subject(path)} lists fewer than ${limit(params)}` }
      : {
          code: 'wrong-value',
          message: `${subject(path)} lists nothing`,
          hint: 'remove the line, or list something',
        },
  uniqueItems: ({ path }) => ({ code: 'wrong-value', message: `${subject(path)} lists something twice` }),
  minProperties: some,
  maxProperties: some,
  anyOf: alternatives,
  oneOf: alternatives,
};

const otherwise = ({ path, value }: Broken): Words => ({
  code: 'wrong-value',
  message: `${subject(path)} cannot be ${show(value)}`,
});

function unknownKey({ params, schema }: Broken): Words {
  const key = String(params['additionalProperty']);
  const known = Object.keys(schema.properties ?? {});
  return {
    code: 'unknown-key',
    message: `${show(key)} is not known here`,
    hint: didYouMean(key, known) ?? (known.length <= MOST_LISTED ? `known are ${listed(known)}` : undefined),
  };
}

/** A hint does not list more words than the top of a document has. */
const MOST_LISTED = 24;

function missingKey({ params, path, schema }: Broken): Words {
  const key = String(params['missingProperty']);
  const { const: only, description } = schema.properties?.[key] ?? {};
  return {
    code: 'missing-key',
    message: `${subject(path)} needs ${show(key)}`,
    hint: only === undefined ? description : `add ${show(`${key}: ${String(only)}`)}`,
  };
}

function otherThan({ params, path, value, schema }: Broken): Words {
  const only = params['allowedValue'];
  if (typeof value !== typeof only)
    return wrongType({ keyword: 'type', params: { type: typeof only }, path, value, schema });
  const message = `${subject(path)} must be ${show(only)}, not ${show(value)}`;
  return { code: 'wrong-value', message, hint: 'this program knows no other' };
}

function wrongType({ params, path, value }: Broken): Words {
  const types = [params['type']].flat().map(String);
  const given =
    value === null
      ? 'empty'
      : typeof value === 'boolean'
        ? show(value)
        : `${TYPES[typeOf(value)] ?? ''} (${show(value)})`;
  return {
    code: 'wrong-type',
    message: `${subject(path)} must be ${types.map((type) => TYPES[type] ?? type).join(' or ')}, not ${given}`,
    hint: path.length === 0 ? 'the smallest topology is `version: 1`' : typeHint(types, value),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: '`true` or `false`',
  object: 'a mapping',
  array: 'a list',
  null: 'empty',
};

function typeHint(types: readonly string[], value: Json | undefined): string | undefined {
  const wants = (...some: string[]): boolean => types.some((type) => some.includes(type));
  if (value === null)
    return wants('object')
      ? 'write `{}`, or remove the line'
      : wants('array')
        ? 'write `[]`, or remove the line'
        : undefined;
  if (typeof value === 'string' && wants('boolean') && /^(y|yes|n|no|on|off)$/i.test(value))
    return 'YAML 1.2 writes `true` and `false`';
  if (typeof value === 'string' && wants('integer', 'number') && /^[0-9.]+$/.test(value))
    return 'write it without quotes';
  if (typeof value !== 'string' && wants('string') && typeof value !== 'object') return 'put it in quotes';
  if (wants('array'))
    return typeof value === 'object'
      ? 'each entry begins with `- `, or the list stands in `[]`'
      : `write \`[${String(value).slice(0, 40)}]\``;
  if (wants('object') && Array.isArray(value) && typeof value[0] === 'string')
    return `give each a key: ${show(`${value[0]}: {}`)}`;
  return undefined;
}

const typeOf = (value: Json | undefined): string =>
  Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;

function range(path: Path, value: Json | undefined, bound: string): Words {
  return { code: 'out-of-range', message: `${subject(path)} must be ${bound}, not ${show(value)}` };
}

const limit = (params: Broken['params'], schema: Schema = {}): string =>
  `${String(params['limit'])}${typeof schema['x-unit'] === 'string' ? ` ${schema['x-unit']}` : ''}`;

function some({ path, schema }: Broken): Words {
  return {
    code: 'wrong-value',
    message: `${subject(path)} must have ${schema['maxProperties'] === 1 ? 'exactly' : 'at least'} one key`,
    hint: `one of ${listed(Object.keys(schema.properties ?? {}))}`,
  };
}

function alternatives({ path, value, schema }: Broken): Words {
  const branches = ((schema['anyOf'] ?? schema['oneOf'] ?? []) as Schema[]).flatMap(
    ({ title, type, description }) =>
      title ?? description ?? [type].flat().map((name) => TYPES[String(name)]),
  );
  const hint = branches.length > 0 ? `it is ${branches.join(', or ')}` : undefined;
  return {
    code: 'wrong-value',
    message: `${subject(path)} cannot be ${show(value)}`,
    hint: examples(schema) ?? hint,
  };
}

function choices(value: Json | undefined, allowed: unknown): string {
  const known = (allowed as Json[]).map(String);
  return didYouMean(String(value), known) ?? `one of ${listed(known)}`;
}

/** What a pattern takes, in words. */
const formOf = (schema: Schema): string | undefined =>
  typeof schema['x-form'] === 'string' ? `say ${schema['x-form']}` : undefined;

function examples(schema: Schema): string | undefined {
  const list = schema['examples'];
  return Array.isArray(list) ? `for example ${list.map(show).join(' or ')}` : undefined;
}

/** What a path is about: `mtu`; for an item of a list, the list. */
function subject(path: Path): string {
  const key = path.at(-1);
  if (key === undefined) return 'the document';
  return typeof key === 'string' ? show(key) : `an entry of ${subject(path.slice(0, -1))}`;
}

const listed = (words: readonly string[]): string => words.map(show).join(', ');
