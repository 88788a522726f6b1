// The door to the YAML library: a text in, its nodes and its syntax errors out. Nothing is converted or resolved here.
import { Composer, Lexer, Parser, visit, type ParsedNode } from 'yaml';

export { isAlias, isMap, isScalar, isSeq } from 'yaml';
export type { ParsedNode, YAMLMap } from 'yaml';

export interface SyntaxError {
  /** The library's code, or one of ours: `TOO_DEEP`, `YAML_VERSION`, `MULTIPLE_DOCS`. */
  readonly code: string;
  readonly message: string;
  /** Offsets into the text. */
  readonly start: number;
  readonly end: number;
}

export interface Parsed {
  /** Null for an empty document. */
  readonly root: ParsedNode | null;
  readonly errors: readonly SyntaxError[];
}

/** Levels of nesting. Below some ten thousand, the library's recursion would end the process (V8 aborts, nothing to catch). */
const DEEPEST = 100;

const options = {
  version: '1.2',
  schema: 'core',
  merge: false, // plain.ts merges, so that positions stay known
  stringKeys: true,
  uniqueKeys: false, // compares each key with all others; plain.ts does it in one pass
} as const;

/** Parses the one document of a text as YAML 1.2 with the core schema's types. */
export function parse(text: string): Parsed {
  const tooDeep: SyntaxError[] = [];
  const tokens = [
    ...tokensOf(text, (start) => tooDeep.push({ code: 'TOO_DEEP', message: '', start, end: start + 1 })),
  ];
  if (tooDeep.length > 0) return { root: null, errors: tooDeep };
  const [document, second] = new Composer(options).compose(tokens, true, text.length);
  if (document === undefined) return { root: null, errors: [] };
  const errors = [...document.errors, ...document.warnings].map(({ code, message, pos }) =>
    errorAt(code, message, openingQuote(document.contents, code, message, pos) ?? pos),
  );
  if (second !== undefined) errors.push(errorAt('MULTIPLE_DOCS', '', second.range));
  // `%YAML 1.1` would make `yes` a boolean, `010` eight and `02:11:22` a number of seconds.
  const { explicit, version } = document.directives.yaml;
  if (explicit === true && version !== '1.2') errors.push(errorAt('YAML_VERSION', version, [0, 1]));
  return { root: document.contents, errors };
}

/** The library's own `Parser.parse`, which stops where the nesting gets too deep. */
function* tokensOf(text: string, onTooDeep: (offset: number) => void) {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) {
      onTooDeep(parser.offset);
      return;
    }
  }
  yield* parser.end();
}

/** Of a quote that is not closed the library says where the text ends; a person looks for where it began. */
function openingQuote(
  root: ParsedNode | null,
  code: string,
  message: string,
  [end]: readonly number[],
): readonly number[] | undefined {
  if (code !== 'MISSING_CHAR' || !message.includes('quote')) return undefined;
  let start: number | undefined;
  visit(root, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE') === true && range?.[1] === end) start = range?.[0];
    },
  });
  return start === undefined ? undefined : [start, start + 1];
}

const errorAt = (code: string, message: string, [start, end]: readonly number[]): SyntaxError => ({
  code,
  message,
  start: start ?? 0,
  end: end ?? 0,
});
