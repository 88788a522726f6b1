// The nftables table of a topology in a body: canonical rules in, its chains and lines out; what nft lists in, the rules that it holds out.
import type { Json } from '../model.js';
import { nftString } from '../tools/nft.js';
import type { NftTable } from '../tools/nft-ruleset.js';
import { statementWords, type Match, type Statement, type Verdict } from '../tools/nft-statement.js';
import {
  familyOf,
  networksText,
  portsText,
  PROTOCOLS,
  targetOf,
  targetText,
  valuesOf,
  type Action,
  type Rule,
  type Words,
} from './nat-rule.js';

/** A rule's place in a chain. A rule of the file may have several lines; `entry` is its index in the file. */
interface Line {
  readonly chain: string;
  readonly entry: number;
  readonly statements: readonly Statement[];
}

/** Where nat happens: https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks. By -100 conntrack (-200) knows the packet. */
const CHAINS = [
  'prerouting nat prerouting -100',
  'output nat output -100',
  'postrouting nat postrouting 100',
];

/** Its one rule bears the owner: nft 1.0.6 shows a comment of a table or a chain only in text, not in JSON. */
export const MARK_CHAIN = 'netplan-ovs';

/** The statements that make the table hold exactly these rules, in place of what it holds now; a `;` between two. */
export function tableWords(table: string, mark: string, rules: readonly Rule[]): string[] {
  const chains = CHAINS.map((text) => {
    const [name = '', type = '', hook = '', priority = ''] = text.split(' ');
    return [
      'add',
      'chain',
      'inet',
      table,
      name,
      '{',
      'type',
      type,
      'hook',
      hook,
      'priority',
      priority,
      ';',
      '}',
    ];
  });
  const lines = rules
    .flatMap(linesOf)
    .map(({ chain, entry, statements }) => [
      ...['add', 'rule', 'inet', table, chain],
      ...statements.flatMap(statementWords),
      ...['comment', nftString(commentOf(entry))],
    ]);
  const owner = [
    ['add', 'chain', 'inet', table, MARK_CHAIN],
    ['add', 'rule', 'inet', table, MARK_CHAIN, 'return', 'comment', nftString(mark)],
  ];
  const add = ['add', 'table', 'inet', table];
  return [...removalWords(table), ';', ...joined([add, ...owner, ...chains, ...lines])];
}

/** Adding first makes it right whether the table is there or not (`destroy` needs Linux 6.3). */
export const removalWords = (table: string): string[] =>
  joined([
    ['add', 'table', 'inet', table],
    ['delete', 'table', 'inet', table],
  ]);

/**
 * The rules that a table of ours holds, each at its index in the file. What a rule of ours lacks or does not say is shown
 * as `{foreign: TEXT}` or `{missing: TEXT}` after them, so that it is seen as a difference and repaired.
 */
export function rulesIn(table: NftTable): Json[] {
  const rules = new Map<number, Rule>();
  for (const { comment, statements } of table.rules) {
    const entry = entryOf(comment);
    const rule = statements === null ? null : parse(statements);
    if (rule !== null && entry < table.rules.length && !rules.has(entry)) rules.set(entry, rule);
  }
  const wanted = textsOf(
    [...rules].sort(([a], [b]) => a - b).flatMap(([entry, rule]) => linesOf(rule, entry)),
  );
  const found = [
    ...table.others,
    ...table.rules.map(({ chain, comment, text }) => lineText(chain, comment, text)),
  ];
  const count = Math.max(-1, ...rules.keys()) + 1;
  return [
    ...Array.from({ length: count }, (_, entry): Json => ({ ...rules.get(entry) })),
    ...differences(wanted, found),
  ];
}

const joined = (statements: readonly (readonly string[])[]): string[] =>
  statements.flatMap((words, at) => (at === 0 ? words : [';', ...words]));

/** Tells a reader of `nft list` which entry of the file a line is of, and us which of our rules it should be. */
const commentOf = (entry: number): string => `nat[${entry}]`;

function entryOf(comment: string | null): number {
  const [, index] = /^nat\[(\d{1,6})\]$/.exec(comment ?? '') ?? [];
  return index === undefined ? Infinity : Number(index);
}

/** dnat and redirect also meet what the body itself sends, unless the rule says by which link packets come in. */
function linesOf(rule: Rule, entry: number): Line[] {
  const line = (chain: string, statements: readonly Statement[]): Line => ({ chain, entry, statements });
  if (rule.action === 'masquerade' || rule.action === 'snat')
    return [line('postrouting', statementsOf(rule, []))];
  const toItself = rule.destination === undefined;
  const arriving = line('prerouting', statementsOf(rule, toItself ? [LOCAL] : []));
  if (rule.in !== undefined) return [arriving];
  const sent = toItself ? loopbackOf(rule).map((loopback) => [loopback, LOCAL]) : [[]];
  return [arriving, ...sent.map((matches) => line('output', statementsOf(rule, matches)))];
}

/** The kernel's RTN_LOCAL: an address of this body. */
const LOCAL: Match = { match: 'fib daddr type', op: '==', values: ['2'] };

/** What is said to 127.0.0.1 stays there: with that source a packet may not leave the body (ip_route_output's martian check). */
function loopbackOf(rule: Rule): Match[] {
  const family = familyOf(rule);
  const four: Match = { match: 'ip daddr', op: '!=', values: ['127.0.0.0/8'] };
  const six: Match = { match: 'ip6 daddr', op: '!=', values: ['::1'] };
  return family === null ? [four, six] : [family === 4 ? four : six];
}

function statementsOf(rule: Rule, more: readonly Match[]): Statement[] {
  const family = familyOf(rule);
  const ip = family === 6 ? 'ip6' : 'ip';
  const addresses = [
    ...matching(`${ip} saddr`, rule.source),
    ...matching(`${ip} daddr`, rule.destination),
    ...more,
  ];
  const implied = family === null || addresses.some(({ match }) => match.startsWith('ip'));
  return [
    ...matching('iifname', rule.in),
    ...matching('oifname', rule.out),
    ...(implied ? [] : matching('meta nfproto', family === 4 ? '2' : '10')),
    ...addresses,
    ...protocolMatch(rule),
    verdictOf(rule, ip),
  ];
}

const matching = (match: string, text: string | undefined): Match[] =>
  text === undefined ? [] : [{ match, op: '==', values: valuesOf(text) }];

function protocolMatch({ protocol, port }: Rule): Match[] {
  if (protocol === undefined) return [];
  if (port !== undefined) return matching(`${protocol} dport`, port);
  return matching(
    'meta l4proto',
    String((PROTOCOLS as Readonly<Record<string, number>>)[protocol] ?? protocol),
  );
}

function verdictOf({ action, to }: Rule, family: 'ip' | 'ip6'): Verdict {
  const target = to === undefined ? {} : (targetOf(to) ?? { address: to });
  return { verdict: action, ...(target.address === undefined ? {} : { family }), ...target };
}

/** The rule that these statements would be, if they are ours: whether they are is found by making its lines again. */
function parse(statements: readonly Statement[]): Rule | null {
  const words: Words = Object.assign(
    {},
    ...statements.map((one) => ('verdict' in one ? {} : wordsOf(one))),
  ) as Words;
  const verdict = statements.find((one) => 'verdict' in one);
  if (verdict === undefined || verdict.verdict === 'return') return null;
  const to = targetText(verdict);
  return { ...words, action: verdict.verdict satisfies Action, ...(to === undefined ? {} : { to }) };
}

function wordsOf({ match, op, values }: Match): Words {
  const text = values.join(', ');
  const [what = '', field] = match.split(' ');
  if (op === '!=' || what === 'fib') return {};
  if (match === 'iifname') return { in: text };
  if (match === 'oifname') return { out: text };
  if (match === 'meta l4proto') {
    return { protocol: Object.entries(PROTOCOLS).find(([, number]) => String(number) === text)?.[0] ?? text };
  }
  if (field === 'dport') return { protocol: what, port: portsText(text) };
  if (field === 'saddr') return { source: networksText(text) };
  return field === 'daddr' ? { destination: networksText(text) } : {};
}

/** Everything that the table should hold for these lines, each in a line of text. */
function textsOf(lines: readonly Line[]): string[] {
  return [
    ...CHAINS.map((text) => `chain ${text} accept`),
    `chain ${MARK_CHAIN}`,
    ...lines.map(({ chain, entry, statements }) =>
      lineText(chain, commentOf(entry), statements.flatMap(statementWords).join(' ')),
    ),
  ];
}

const lineText = (chain: string, comment: string | null, text: string): string =>
  `${chain}: ${text}${comment === null ? '' : ` # ${comment}`}`;

function differences(wanted: readonly string[], found: readonly string[]): Json[] {
  const foreign = without(found, wanted).filter(
    (text) => !text.startsWith(`${MARK_CHAIN}: return # netplan-ovs:`),
  );
  const missing = without(wanted, found);
  const shuffled = foreign.length === 0 && missing.length === 0 && !inOrder(wanted, found);
  return [
    ...foreign.map((text) => ({ foreign: text })),
    ...missing.map((text) => ({ missing: text })),
    ...(shuffled ? [{ foreign: 'rules in another order' }] : []),
  ];
}

/** The first list less the second, each text as often as it is there. */
function without(texts: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const text of others) left.set(text, (left.get(text) ?? 0) + 1);
  return texts.filter((text) => {
    const count = left.get(text) ?? 0;
    left.set(text, count - 1);
    return count <= 0;
  });
}

/** The order matters within a chain only. */
function inOrder(wanted: readonly string[], found: readonly string[]): boolean {
  return CHAINS.every((text) => {
    const [chain = ''] = text.split(' ');
    const within = (texts: readonly string[]): string =>
      texts.filter((line) => line.startsWith(`${chain}: `)).join('\n');
    return within(wanted) === within(found);
  });
}
