// Compares two JSON values: both in, a readable line per difference out.

/** A line per difference: `- path: gone`, `+ path: new`, `~ path: before → after`. Lists are compared entry by entry, wherever it stands. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  const [left, right] = [JSON.stringify(before), JSON.stringify(after)] as (string | undefined)[];
  if (left === right) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, path);
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys]
      .sort()
      .flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path} ${key}`));
  }
  if (left === undefined) return [`+ ${path}: ${right}`];
  if (right === undefined) return [`- ${path}: ${left}`];
  return [`~ ${path}: ${left} → ${right}`];
}

function listDifferences(before: readonly unknown[], after: readonly unknown[], path: string): string[] {
  const added = after.map((item) => JSON.stringify(item));
  const gone: string[] = [];
  for (const text of before.map((item) => JSON.stringify(item))) {
    const index = added.indexOf(text);
    if (index === -1) gone.push(text);
    else added.splice(index, 1);
  }
  const changes = [...gone.map((text) => `- ${path}: ${text}`), ...added.map((text) => `+ ${path}: ${text}`)];
  return changes.length === 0 ? [`~ ${path}: the same entries in another order`] : changes;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
