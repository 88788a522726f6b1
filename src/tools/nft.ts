// nft: each command a line of one script, which the kernel takes as one transaction: all of a batch is done, or nothing of it.
import { HOST, type Command } from '../model.js';
import type { BodyState } from '../state.js';
import { anything, held, isObject, list, object } from './shape.js';
import { INPUT, shellWord, type Call, type Failure, type Outcome, type Process, type Tool } from './tool.js';

/** A word `;` in a command ends a statement, so that one command can be several that are done together. */
export const nft: Tool = {
  name: 'nft',

  calls(commands, netns) {
    const input = commands.map((command) => `${textOf(command)}\n`).join('');
    return [
      { process: { argv: ['nft', '-f', INPUT], netns, input }, commands: commands.map((_, index) => index) },
    ];
  },

  failure(call, outcome) {
    return outcome.exitCode === 0 ? null : (located(call, outcome.stderr) ?? unlocated(call, outcome));
  },

  shell: (command) => [...inNamespace(command), 'nft', shellWord(textOf(command))].join(' '),
};

/**
 * Text as a quoted string of nft's grammar. That has no escapes (scanner.l: `\"[^"]*\"`), so a quote or a line break
 * cannot be written at all: an error, because a file that needs one is refused before.
 */
export function nftString(text: string): string {
  if (!QUOTED.test(`"${text}"`)) throw new Error(`nft cannot write ${JSON.stringify(text)}`);
  return `"${text}"`;
}

/** A device's name as a quoted string: a `*` at its end would stand for any characters (libnftables' expr_evaluate_string). */
export const nftDevice = (name: string): string => nftString(name.replace(/\*$/, '\\*'));

/**
 * Reads what is in tables of the family `inet`; those of `ip` and `ip6` can be huge (iptables) and are never ours.
 * `-n`: names of protocols would depend on /etc/protocols.
 */
export const readRuleset = (netns: string | null): Process => ({
  argv: ['nft', '-j', '-n', 'list', 'ruleset', 'inet'],
  netns,
});

/** The objects of `nft -j list …`, without what it says of itself. Throws a SyntaxError when it is not that. */
export function parseRuleset(stdout: string): BodyState['nft'] {
  const { nftables } = held(JSON.parse(stdout), RULESET, 'the ruleset');
  return nftables.filter((each) => !('metainfo' in each));
}

/** Each object has one field, whose name says what it is and whose value is an object. */
const RULESET = object<{ readonly nftables: BodyState['nft'] }>({
  nftables: list((each) => {
    const values = isObject(each) ? Object.values(each) : [];
    return values.length === 1 ? anything(values[0]) : ' is not one thing';
  }),
});

/** For a person; what runs uses nsenter. */
const inNamespace = ({ body }: Command): string[] =>
  body === HOST ? [] : ['ip', 'netns', 'exec', shellWord(body)];

const QUOTED = /^"[^"\n\0]*"$/;
/** Everything else that a command of ours consists of: no `$`, `@`, `#`, backslash or space, which mean something to nft. */
const BARE = /^(?:[;{},]|!=|[A-Za-z0-9_.:/[\]-]+)$/;

/** The second line of defence: nothing that a word holds can end it, whatever the word's author forgot. */
function textOf({ args }: Command): string {
  for (const word of args) {
    if (!BARE.test(word) && !QUOTED.test(word))
      throw new Error(`nft cannot take the word ${JSON.stringify(word)}`);
  }
  return args.join(' ');
}

/** nft writes `FILE:LINE:FROM-TO: Error: …`, then the line, then what it means underlined. Columns are bytes, from 1. */
function located({ process, commands }: Call, stderr: string): Failure | null {
  const found = /^.*?:(\d+):(\d+)-\d+: Error: (.*)$/m.exec(stderr);
  const [, line, column, message = ''] = found ?? [];
  const command = commands[Number(line) - 1];
  if (command === undefined) return null;
  const text = process.input?.split('\n')[Number(line) - 1] ?? '';
  return { command, message: `${message}: ${statementAt(text, Number(column))}` };
}

/** A command of many statements is a long line: only the one at fault is worth showing. */
function statementAt(line: string, column: number): string {
  const at = Buffer.from(line)
    .subarray(0, column - 1)
    .toString().length;
  let end = -SEPARATOR.length;
  return (
    line.split(BETWEEN_STATEMENTS).find((statement) => {
      end += SEPARATOR.length + statement.length;
      return at <= end;
    }) ?? line
  );
}

const SEPARATOR = ' ; ';
/** The grammar wants a `;` before the brace that ends a chain, too. */
const BETWEEN_STATEMENTS = / ; (?!\})/;

const unlocated = ({ commands }: Call, { stderr, exitCode }: Outcome): Failure => ({
  command: commands[0] ?? 0,
  message: stderr.trim() === '' ? `exit status ${exitCode}` : stderr.trim(),
});
