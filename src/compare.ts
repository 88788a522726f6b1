// Two sets of fields in, the differences out: only what the wanted side says is compared.
import type { FieldChange, Fields, Json } from './model.js';

/** The fields of `after` whose value differs from `before`; of nested maps and lists of maps, the parts that differ. */
export function compare(before: Fields, after: Fields): FieldChange[] {
  // Mostly nothing differs: then no list is made for a field.
  const differing = Object.keys(after).filter((field) => !equal(before[field], after[field]));
  return differing.flatMap((field) => differences(field, before[field], after[field]));
}

function differences(field: string, before: Json | undefined, after: Json | undefined): FieldChange[] {
  if (equal(before, after)) return [];
  if (isMap(before) && isMap(after)) {
    return union(before, after).flatMap((key) => differences(`${field}.${key}`, before[key], after[key]));
  }
  if (isListOfMaps(before) && isListOfMaps(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) =>
      differences(`${field}[${String(i)}]`, before[i], after[i]),
    ).flat();
  }
  return [{ field, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

/** Deep equality of JSON values; the order of a map's keys does not matter, that of a list does. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => equal(item as Json, b[i] as Json));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => equal(a[key], b[key]));
}

type JsonMap = { readonly [key: string]: Json };

const isMap = (value: Json | undefined): value is JsonMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isListOfMaps = (value: Json | undefined): value is readonly JsonMap[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => isMap(item as Json));

const union = (a: JsonMap, b: JsonMap): string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])];
