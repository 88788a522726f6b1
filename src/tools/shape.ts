// Shapes of what tools print: a value that was read as JSON in, what is wrong with it out. No value from elsewhere is believed to be of a
// type before a shape of that type has been held to it.
import { isIP } from 'node:net';

/** What is wrong with a value, with the way to it (`[3].mtu is no number`); null when it is a `Value`. */
export interface Shape<Value> {
  (value: unknown): string | null;
  /** For the compiler alone. */
  readonly of?: Value;
}

type Row = Readonly<Record<string, unknown>>;

export const text: Shape<string> = (value) => (typeof value === 'string' ? null : ' is no text');
export const number: Shape<number> = (value) => (Number.isFinite(value) ? null : ' is no number');
export const truth: Shape<boolean> = (value) =>
  typeof value === 'boolean' ? null : ' is neither true nor false';
export const nothing: Shape<null> = (value) => (value === null ? null : ' is not null');
export const unknown: Shape<unknown> = () => null;

/** An IP address, without a zone. */
export const address: Shape<string> = (value) =>
  typeof value === 'string' && isIP(value) !== 0 && !value.includes('%') ? null : ' is no address';

export const whole =
  (least: number, most: number): Shape<number> =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? null
      : ` is no whole number from ${String(least)} to ${String(most)}`;

export const oneOf =
  <Value extends string>(...values: readonly Value[]): Shape<Value> =>
  (value) =>
    (values as readonly unknown[]).includes(value) ? null : ` is none of ${values.join(', ')}`;

/** Left out, or of a shape. */
export const maybe =
  <Value>(shape: Shape<Value>): Shape<Value | undefined> =>
  (value) =>
    value === undefined ? null : shape(value);

/** Null, or of a shape. */
export const orNull =
  <Value>(shape: Shape<Value>): Shape<Value | null> =>
  (value) =>
    value === null ? null : shape(value);

export const list =
  <Item>(item: Shape<Item>): Shape<readonly Item[]> =>
  (value) => {
    if (!Array.isArray(value)) return ' is no list';
    for (let at = 0; at < value.length; at += 1) {
      const fault = item(value[at]);
      if (fault !== null) return `[${String(at)}]${fault}`;
    }
    return null;
  };

export const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * False for an object that lacks some of these fields. What tells one thing from another may be missing where a list was cut or filtered
 * (https://github.com/iproute2/iproute2/issues/41), or of what others made by other means: such things are left out.
 */
export const has =
  (...names: readonly string[]) =>
  (thing: unknown): boolean =>
    !isObject(thing) || names.every((name) => name in thing);

/** An object with anything in it. */
export const anything: Shape<Row> = (value) => (isObject(value) ? null : ' is no object');

/** An object all of whose values have a shape. */
export const map =
  <Item>(item: Shape<Item>): Shape<Readonly<Record<string, Item>>> =>
  (value) =>
    anything(value) ?? list(item)(Object.values(value as object));

/** An object of whose fields these have shapes; what else it has does not matter. */
export function object<Fields>(fields: {
  readonly [Name in keyof Fields]-?: Shape<Fields[Name]>;
}): Shape<Fields> {
  const shapes = Object.entries<Shape<unknown>>(fields);
  return (value) => {
    if (!isObject(value)) return ' is no object';
    for (const [name, shape] of shapes) {
      const fault = shape(value[name]);
      if (fault !== null) return `.${name}${fault}`;
    }
    return null;
  };
}

/** The value, which is known to be what its shape says. Throws a SyntaxError that says what of `name` is wrong. */
export function held<Value>(value: unknown, shape: Shape<Value>, name: string): Value {
  const fault = shape(value);
  if (fault !== null) throw new SyntaxError(`${name}${fault}`);
  return value as Value;
}
