// The objects of `nft -j list` in; the tables of the family `inet` out, with their rules as statements.
import { statementOf, statementWords, type JsonObject, type Statement } from './nft-statement.js';

export interface NftRule {
  readonly chain: string;
  readonly comment: string | null;
  /** Null when it holds something that is none of the above: a counter, a set by name, flags. */
  readonly statements: readonly Statement[] | null;
  /** For people. */
  readonly text: string;
}

export interface NftTable {
  readonly name: string;
  readonly rules: readonly NftRule[];
  /** What it holds besides rules, each in a line: `chain prerouting nat prerouting -100 accept`, `set blocked`. */
  readonly others: readonly string[];
}

/** The tables of the family `inet` among these objects, in nft's order. */
export function inetTables(objects: readonly JsonObject[]): NftTable[] {
  const tables = new Map<string, { name: string; rules: NftRule[]; others: string[] }>();
  const at = (name: unknown) => tables.get(String(name));
  for (const object of objects) {
    const [sort = '', value] = Object.entries(object)[0] ?? [];
    const { family, name, table, flags } = value as JsonObject;
    if (family !== 'inet') continue;
    // 1.0.6 prints one letter of a flag's name (table_print_json): only that there is a flag can be relied on.
    const others = flags === undefined ? [] : ['flags'];
    if (sort === 'table') tables.set(String(name), { name: String(name), rules: [], others });
    else if (sort === 'rule') at(table)?.rules.push(ruleOf(value as JsonObject));
    else if (sort === 'chain') at(table)?.others.push(chainText(value as JsonObject));
    else at(table)?.others.push(`${sort} ${String(name)}`);
  }
  return [...tables.values()];
}

/** A base chain has a type, a hook, a priority and a policy, another only its name. */
function chainText({ name, type, hook, prio, policy }: JsonObject): string {
  const words = [name, type, hook, prio, policy].filter((word) => word !== undefined);
  return ['chain', ...words.map(String)].join(' ');
}

function ruleOf({ chain, comment, expr }: JsonObject): NftRule {
  const expressions: readonly unknown[] = Array.isArray(expr) ? expr : [];
  const parsed = expressions.map(statementOf);
  const statements = parsed.every((statement) => statement !== null) ? parsed : null;
  const text = statements?.flatMap(statementWords).join(' ') ?? JSON.stringify(expressions, withoutCounts);
  return { chain: String(chain), comment: typeof comment === 'string' ? comment : null, statements, text };
}

/** Counters count: the text of a rule is to be the same when it is read again. */
const withoutCounts = (key: string, value: unknown): unknown =>
  key === 'packets' || key === 'bytes' ? undefined : value;
