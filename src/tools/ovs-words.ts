// The words of ovs-vsctl: values in, arguments out that it reads back as exactly those values. And rows, as far as we set them.
import { HOST, type Command } from '../model.js';

type Atom = string | number | boolean;
/** A value of a column: one, none (null), a set of them, or a map of texts. */
export type Value = Atom | null | readonly Atom[] | { readonly [key: string]: string };
/** Columns of a row by name. One that is missing has the value that a new row has: none, false, the empty text. */
export type Row = Readonly<Record<string, Value>>;

/** One indivisible command out of several of ovs-vsctl's; none when all parts are empty. */
export function ovsCommand(...parts: readonly (readonly string[])[]): Command[] {
  const args = parts
    .filter((part) => part.length > 0)
    .flatMap((part, i) => (i === 0 ? part : ['--', ...part]));
  return args.length === 0 ? [] : [{ tool: 'ovs', body: HOST, args }];
}

/**
 * The commands that bring a record from one row to another. Of maps only the keys that differ are touched, so that what
 * others keep beside them stays.
 */
export function updates(table: string, record: string, before: Row, after: Row): string[][] {
  const words = assignments(before, after);
  const set = words.length === 0 ? [] : [['set', table, record, ...words]];
  return [...set, ...removals(before, after).map((words) => ['remove', table, record, ...words])];
}

/** What `set` and `add-port` must be told for `after`: `column=value`, and `column:key=value` for each key of a map. */
export function assignments(before: Row, after: Row): string[] {
  return columnsOf(before, after).flatMap((column) => {
    const [from, to] = [before[column], after[column]];
    if (isMap(from) || isMap(to)) {
      return differing(mapOf(from), mapOf(to)).map(([key, value]) => `${column}:${atom(key)}=${atom(value)}`);
    }
    const word = `${column}=${written(to)}`;
    return word === `${column}=${written(from)}` || (isNew(from) && isNew(to)) ? [] : [word];
  });
}

function removals(before: Row, after: Row): string[][] {
  return columnsOf(before, after).flatMap((column) => {
    const [from, to] = [before[column], after[column]];
    if (!isMap(from)) return [];
    const gone = Object.keys(from).filter((key) => !Object.hasOwn(mapOf(to), key));
    return gone.length === 0 ? [] : [[column, ...gone.map(atom)]];
  });
}

const columnsOf = (before: Row, after: Row): string[] => [
  ...new Set([...Object.keys(before), ...Object.keys(after)]),
];

const differing = (before: Texts, after: Texts): [string, string][] =>
  Object.entries(after).filter(([key, value]) => !Object.hasOwn(before, key) || before[key] !== value);

type Texts = { readonly [key: string]: string };

const isMap = (value: Value | undefined): value is Texts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const mapOf = (value: Value | undefined): Texts => (isMap(value) ? value : {});

const written = (value: Value | undefined): string => {
  const atoms = value === undefined || value === null || isMap(value) ? [] : [value].flat();
  return atoms.length === 0 ? '[]' : atoms.map(atom).join(',');
};

const isNew = (value: Value | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === false ||
  value === '' ||
  (Array.isArray(value) && value.length === 0);

/**
 * ovs-vsctl(8), Database Values: a text may stand without quotes when it cannot be mistaken for another type or for syntax;
 * in quotes it is a string of JSON.
 */
const atom = (value: Atom): string =>
  typeof value !== 'string' || (BARE.test(value) && !MISTAKABLE.test(value))
    ? String(value)
    : JSON.stringify(value);

const BARE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const MISTAKABLE = /^(true|false|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** A name for a record within one transaction; ovs-vsctl takes no quotes here, and ends it at these characters. */
export const symbol = (name: string): string =>
  `@${name.replace(/[^A-Za-z0-9_-]/g, (character) => `.${String(character.codePointAt(0))}.`)}`;
