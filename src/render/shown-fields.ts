// A change in, the fields of it that a person has to read out: what is made is told without what goes without saying.
import { equal } from '../compare.js';
import { kindOf } from '../kinds/index.js';
import type { Change, FieldChange, Json, Resource } from '../model.js';

/** What goes needs no values; what is made, or becomes another kind of thing, only those that are not usual for it. */
export function shownFields({ action, fields, before, after }: Change): readonly FieldChange[] {
  if (action === 'remove' || after === null) return [];
  if (before !== null && before.kind === after.kind) return withoutImplied(fields, before, after);
  return fields.filter(
    (changed) =>
      !isUsual(after, changed.field, changed.after) ||
      (before !== null && !isUsual(before, changed.field, changed.before)),
  );
}

/** What follows from other fields, before as after, changes with them. */
function withoutImplied(
  fields: readonly FieldChange[],
  before: Resource,
  after: Resource,
): readonly FieldChange[] {
  const usual = [before, after].map((resource) => kindOf(resource.kind).usual?.(resource.fields) ?? {});
  const said = fields.filter(({ field, ...values }) =>
    [values.before, values.after].some(
      (value, i) => value === undefined || !equal(usual[i]?.[field] ?? null, value),
    ),
  );
  return said.length > 0 ? said : fields;
}

/** Nothing, the field's default, or what its kind gives such a thing where the file says nothing. */
function isUsual({ kind: name, fields }: Resource, field: string, value: Json | undefined): boolean {
  if (value === undefined || isEmpty(value)) return true;
  const kind = kindOf(name);
  return [kind.fields[field]?.default, kind.usual?.(fields)[field]].some(
    (usual) => usual !== undefined && equal(usual, value),
  );
}

const isEmpty = (value: Json): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
