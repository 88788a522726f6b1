// The door to ajv: data in, what its shape does wrong out, one finding for each problem, at the key or value it is about.
import type { ErrorObject } from 'ajv';
import { groupBy } from '../collections.js';
import type { Json, Path } from '../model.js';
import { topologySchema, type Schema } from '../schema.js';
import type { Finding } from './diagnostic.js';
import { validate } from './generated/validate.js';
import type { Gaps } from './plain.js';
import { nearest } from './nearest.js';
import { schemaAt, words } from './shape.js';
import { wordsFor } from './shape-words.js';

export interface Fault {
  /** Left out when it would only repeat another one in other words. */
  readonly finding?: Finding;
  /** What has to go so that the rest can be looked at. */
  readonly cut: Path;
}

/** What breaks the schema, with the parts to be left out of further checks: gaps, too, but nothing is said of these. */
export function faultsOf(data: Json, gaps: Gaps): Fault[] {
  if (validate(data) && gaps.size === 0) return [];
  const schema = topologySchema();
  const errors = significant(validate.errors ?? []);
  const misspelt = misspeltIn(errors);
  const faults = errors.map((error) => {
    const { finding, cut } = faultOf(error, data, schema);
    const isMissed =
      error.keyword !== 'additionalProperties' &&
      gaps.has(valueAt(data, pathTo(error.instancePath, data)) ?? null);
    return misspelt(error) || isMissed ? { cut } : { finding, cut };
  });
  return [...faults, ...(gaps.size === 0 ? [] : cutsFor(gaps, data, [], schema))];
}

/** Something is left out of every gap; all of it, where nothing is known. */
function cutsFor(gaps: Gaps, value: Json, path: Path, schema: Schema): Fault[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries<Json>(value);
  if (gaps.has(value) && entries.length === 0) return [{ cut: withRequirer(schema, path) }];
  const index = Array.isArray(value) ? Number : String;
  const inner = entries.flatMap(([key, one]) => cutsFor(gaps, one, [...path, index(key)], schema));
  return gaps.has(value) ? [...inner, { cut: [...path, '<<'] }] : inner;
}

function faultOf(
  { instancePath, keyword, params, propertyName }: ErrorObject,
  data: Json,
  schema: Schema,
): Required<Fault> {
  const path = pathTo(instancePath, data);
  // Of a key that is not as it should be (`propertyNames`), ajv says the path of the mapping around it.
  const key = propertyName ?? (params as { additionalProperty?: string }).additionalProperty;
  const about = key === undefined ? path : [...path, key];
  const value = propertyName ?? valueAt(data, path);
  const word = propertyName === undefined ? keyword : 'propertyNames';
  const finding = wordsFor({ keyword: word, params, path, value, schema: schemaAt(schema, path) ?? {} });
  const at = key !== undefined || keyword === 'required' ? 'key' : 'value';
  return { finding: { ...finding, path: about, at }, cut: withRequirer(schema, about) };
}

/** Whether a key is missing because it is there, but not known: `typ` in place of `type`. */
function misspeltIn(errors: readonly ErrorObject[]): (error: ErrorObject) => boolean {
  const unknown = groupBy(
    errors.filter(({ keyword }) => keyword === 'additionalProperties'),
    ({ instancePath }) => instancePath,
  );
  const keysAt = (at: string): string[] =>
    (unknown.get(at) ?? []).map(({ params }) => String((params as Params)['additionalProperty']));
  return ({ keyword, instancePath, params }) =>
    keyword === 'required' &&
    keysAt(instancePath).some(
      (key) => nearest(key, [String((params as Params)['missingProperty'])]) !== undefined,
    );
}

type Params = Readonly<Record<string, unknown>>;

/** What cannot be without the value goes with it: an entry whose required field is no good. */
function withRequirer(schema: Schema, path: Path): Path {
  const [key, around] = [path.at(-1), path.slice(0, -1)];
  const required = key !== undefined && schemaAt(schema, around)?.required?.includes(String(key)) === true;
  return required && around.length > 0 ? withRequirer(schema, around) : path;
}

/**
 * The errors that a person wants to hear of. Of alternatives (`anyOf`, `oneOf`), that one which the value was meant to
 * be: the only one whose type fits; if none or several fit, that there are alternatives.
 */
function significant(errors: readonly ErrorObject[]): ErrorObject[] {
  const dropped = new Set<ErrorObject>(
    errors.filter(({ keyword }) => keyword === 'if' || keyword === 'propertyNames'),
  );
  for (const error of errors.filter(({ keyword }) => keyword === 'anyOf' || keyword === 'oneOf')) {
    const branches = branchesOf(error, errors);
    const meant = branches.filter((branch) => !branch.some((inner) => isOtherType(inner, error)));
    for (const inner of branches.flat()) dropped.add(inner);
    if (meant.length !== 1) continue;
    for (const inner of meant.flat()) dropped.delete(inner);
    dropped.add(error);
  }
  return errors.filter((error) => !dropped.has(error));
}

function branchesOf(
  { schemaPath, instancePath }: ErrorObject,
  errors: readonly ErrorObject[],
): ErrorObject[][] {
  const branches = new Map<string, ErrorObject[]>();
  for (const error of errors) {
    if (!error.schemaPath.startsWith(`${schemaPath}/`) || !error.instancePath.startsWith(instancePath))
      continue;
    const [branch = ''] = error.schemaPath.slice(schemaPath.length + 1).split('/');
    branches.set(branch, [...(branches.get(branch) ?? []), error]);
  }
  return [...branches.values()];
}

const isOtherType = (inner: ErrorObject, outer: ErrorObject): boolean =>
  ['type', 'const', 'enum'].includes(inner.keyword) && inner.instancePath === outer.instancePath;

/** ajv's JSON pointer as a path, with numbers for the indexes of lists. */
function pathTo(instancePath: string, data: Json): Path {
  let value: Json | undefined = data;
  return words(instancePath).map((word) => {
    const key = Array.isArray(value) ? Number(word) : word;
    value = child(value, key);
    return key;
  });
}

const valueAt = (data: Json, path: Path): Json | undefined =>
  path.reduce<Json | undefined>((value, key) => child(value, key), data);

const child = (value: Json | undefined, key: string | number): Json | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string | number, Json>)[key] : undefined;
