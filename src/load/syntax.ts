// The YAML library's complaints in, ours out: in words that say what to do. One problem is said once.
import type { Complaint } from './diagnostic.js';
import type { SyntaxError } from './yaml.js';

interface Words {
  readonly message: string;
  readonly hint?: string;
}

/** Problems of syntax; what the library says further on a line that is broken already is noise and left out. */
export function syntaxComplaints(text: string, errors: readonly SyntaxError[]): Complaint[] {
  const complaints = errors
    .map((error) => ({ code: 'yaml-syntax', ...wordsFor(error, text), start: error.start, end: error.end }))
    .sort((a, b) => a.start - b.start);
  return complaints.filter(
    ({ start }, at) => at === 0 || text.slice(complaints[at - 1]?.start, start).includes('\n'),
  );
}

function wordsFor({ code, message, start }: SyntaxError, text: string): Words {
  const words = WORDS[code];
  if (typeof words === 'function') return words(message, text[start] ?? '');
  return words ?? { message: lowered(message) };
}

const lowered = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

const NO_KEY: Words = {
  message: 'a key with `: ` after it is expected here',
  hint: 'write `key: value`, with a space after the colon',
};

const WORDS: Readonly<Record<string, Words | ((message: string, character: string) => Words)>> = {
  TAB_AS_INDENT: { message: 'a tab cannot indent', hint: 'YAML indents with spaces' },
  TOO_DEEP: { message: 'this is nested too deeply', hint: 'a topology has no more than about ten levels' },
  MULTIPLE_DOCS: {
    message: 'a second document begins here',
    hint: 'a file holds one topology: remove the `---`, or make two files',
  },
  YAML_VERSION: (version) => ({
    message: `topologies are read as YAML 1.2, not ${version}`,
    hint: 'remove the `%YAML` line',
  }),
  BAD_INDENT: (message) =>
    message.startsWith('Flow')
      ? { message: `a bracket that was opened is not closed before this`, hint: 'close it with `]` or `}`' }
      : {
          message: 'this is indented neither like the line above nor like a block above it',
          hint: 'keys of one mapping begin in one column',
        },
  BAD_SCALAR_START: (_message, character) => ({
    message: `a plain value cannot begin with \`${character}\``,
    hint: 'put it in quotes',
  }),
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second `: ` on one line',
    hint: 'put a value with a colon in quotes, and a nested mapping on lines of its own or in `{}`',
  },
  MISSING_CHAR: (message) => missing(message),
  MULTILINE_IMPLICIT_KEY: NO_KEY,
  NON_STRING_KEY: { message: 'a key is plain text', hint: 'not a list, a mapping or an alias' },
  TAG_RESOLVE_FAILED: {
    message: 'a tag that topologies do not know',
    hint: 'a value that begins with `!` needs quotes',
  },
  KEY_OVER_1024_CHARS: { message: 'a key longer than 1024 characters' },
  UNEXPECTED_TOKEN: (_message, character) => ({ message: `${shown(character)} is not expected here` }),
};

function missing(message: string): Words {
  if (message.includes('quote')) return { message: 'this quote is never closed' };
  if (message.startsWith('Implicit map keys')) {
    return NO_KEY;
  }
  return { message: lowered(message) };
}

const shown = (character: string): string =>
  character.trim() === '' ? 'what comes here' : `\`${character}\``;
