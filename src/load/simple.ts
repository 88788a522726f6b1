// The text of a topology in, its data out if it is simple YAML; else undefined, and the YAML library has to read it.
//
// Simple are blocks of `key: value` and `- value`, flow collections within a line, plain and quoted values without escapes:
// most files as people and templates write them. The library takes ten times as long, for nodes that are of use only where
// something is wrong or a place is asked for. A text that is read here means the same there: tests compare the two.
import type { Json } from '../model.js';

/** The data of a text, all of it or nothing. */
export function readSimple(text: string): Json | undefined {
  if (UNUSUAL.test(text)) return undefined;
  try {
    return new Reader(text.endsWith('\n') ? text : `${text}\n`).document();
  } catch (error) {
    if (error instanceof NotSimple) return undefined;
    throw error;
  }
}

class NotSimple extends Error {}

/** Tabs, carriage returns and other control characters, byte order marks, halves of characters. */
const UNUSUAL = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\uffef]/;

/** What is nested deeper, or stands further to the right, is left to the library, which knows where it gets too much. */
const DEEPEST = 20;
const RIGHTMOST = 60;

const EMPTY_LINE = / *(?:#.*)?\n/y;
const INDENT = / */y;
const END_OF_LINE = /(?: +#.*| *)\n/y;
const DASH = /- +/y;
const KEY = /[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}:(?=[ \n])/y;
const SPACE = / +/y;
const OPEN = /[[{] */y;
const COMMA = / *, */y;
const END_OF_MAPPING = / *\}/y;
const END_OF_SEQUENCE = / *\]/y;
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'(?!')/y;
const PLAIN = /:{0,2}[A-Za-z0-9_/][A-Za-z0-9_./+%=@:-]*(?<!:)(?=[ \n,\]}])/y;

class Reader {
  readonly #text: string;
  #at = 0;
  /** Of the first character of the line that is next; -1 at the end of the text. */
  #column = -1;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    this.#nextLine();
    const data = this.#block();
    if (this.#column !== -1) throw new NotSimple();
    return data;
  }

  #block(): Json {
    if (this.#column > RIGHTMOST) throw new NotSimple();
    return this.#next() === '-' ? this.#sequence() : this.#mapping();
  }

  #mapping(): Json {
    const column = this.#column;
    const data: Record<string, Json> = {};
    do {
      const key = this.#key(data);
      if (this.#match(END_OF_LINE)) data[key] = this.#below(column);
      else {
        this.#take(SPACE);
        data[key] = this.#lastOnItsLine();
      }
    } while (this.#column === column);
    if (this.#column > column) throw new NotSimple();
    return data;
  }

  /** The value of a key that ends its line. The items of a list may stand right below it. */
  #below(column: number): Json {
    this.#nextLine();
    if (this.#column > column) return this.#block();
    return this.#column === column && this.#next() === '-' ? this.#sequence() : null;
  }

  #sequence(): Json {
    const column = this.#column;
    const items: Json[] = [];
    do {
      const dash = this.#take(DASH);
      const isMapping = this.#stands(KEY);
      this.#column += dash.length;
      items.push(isMapping ? this.#mapping() : this.#lastOnItsLine());
    } while (this.#column === column && this.#next() === '-');
    if (this.#column > column) throw new NotSimple();
    return items;
  }

  /** A value, and that nothing stands behind it. */
  #lastOnItsLine(): Json {
    const value = this.#value(0);
    this.#take(END_OF_LINE);
    this.#nextLine();
    return value;
  }

  #value(depth: number): Json {
    const open = this.#match(OPEN);
    if (open !== null) {
      if (depth === DEEPEST) throw new NotSimple();
      return open.startsWith('{') ? this.#flowMapping(depth + 1) : this.#flowSequence(depth + 1);
    }
    const quoted = this.#match(QUOTED);
    return quoted === null ? scalarOf(this.#take(PLAIN)) : quoted.slice(1, -1);
  }

  #flowMapping(depth: number): Json {
    const data: Record<string, Json> = {};
    if (this.#match(END_OF_MAPPING)) return data;
    do {
      const key = this.#key(data);
      this.#take(SPACE);
      data[key] = this.#value(depth);
    } while (this.#match(COMMA));
    this.#take(END_OF_MAPPING);
    return data;
  }

  #flowSequence(depth: number): Json {
    const items: Json[] = [];
    if (this.#match(END_OF_SEQUENCE)) return items;
    do items.push(this.#value(depth));
    while (this.#match(COMMA));
    this.#take(END_OF_SEQUENCE);
    return items;
  }

  /** Not one that the mapping has already, and not what would be its prototype. */
  #key(data: Readonly<Record<string, Json>>): string {
    const key = this.#take(KEY).slice(0, -1);
    if (key === '__proto__' || Object.hasOwn(data, key)) throw new NotSimple();
    return key;
  }

  #nextLine(): void {
    while (this.#match(EMPTY_LINE));
    this.#column = this.#at === this.#text.length ? -1 : this.#take(INDENT).length;
  }

  #next(): string | undefined {
    return this.#text[this.#at];
  }

  #stands(what: RegExp): boolean {
    what.lastIndex = this.#at;
    return what.test(this.#text);
  }

  #take(what: RegExp): string {
    const found = this.#match(what);
    if (found === null) throw new NotSimple();
    return found;
  }

  /** What stands next, if it is that; it is then behind us. */
  #match(what: RegExp): string | null {
    if (!this.#stands(what)) return null;
    const start = this.#at;
    this.#at = what.lastIndex;
    return this.#text.slice(start, this.#at);
  }
}

/** A plain value as YAML 1.2's core schema reads it: https://yaml.org/spec/1.2.2/#103-core-schema. */
function scalarOf(plain: string): Json {
  if (INTEGER.test(plain)) return Number(plain);
  if (TEXT.test(plain)) return plain;
  if (plain === 'true' || plain === 'false') return plain === 'true';
  throw new NotSimple();
}

/** Digits that a double keeps. */
const INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;

/** What begins like no number and is no word of the schema, or is no number in spite of its beginning (`10.0.0.1`, `2a::`, `5-9`). */
const TEXT = /^(?:(?!(?:true|false|null)$)[a-z_/:]|[0-9]+-|[0-9][0-9a-f.]*(?:[:/g-np-wyz]|\.[0-9]*\.))/i;
