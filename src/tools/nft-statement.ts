// A rule's statements: between the JSON that nft prints and the words that its grammar takes, for what our rules consist of.
import { cover, coverPorts } from '../networks.js';
import { nftDevice } from './nft.js';
import { isObject } from './shape.js';

/** `ip saddr { 10.0.0.0/24, 10.0.2.1 }`; values of a set are in the canonical order of `networks.ts`. */
export interface Match {
  readonly match: string;
  readonly op: '==' | '!=';
  readonly values: readonly string[];
}

/** `dnat ip to 10.0.0.1:80`. */
export interface Verdict {
  readonly verdict: 'masquerade' | 'snat' | 'dnat' | 'redirect' | 'return';
  readonly family?: 'ip' | 'ip6';
  readonly address?: string;
  readonly port?: string;
}

export type Statement = Match | Verdict;

export type JsonObject = Readonly<Record<string, unknown>>;

/** What is no object has no fields that we know. */
const fieldsOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** The words of a rule, without its comment. */
export function statementWords(statement: Statement): string[] {
  if ('verdict' in statement) return verdictWords(statement);
  const { match, op, values } = statement;
  const written = match.endsWith('ifname') ? values.map(nftDevice) : values;
  const list =
    written.length === 1 ? written : ['{', ...written.flatMap((value) => [',', value]).slice(1), '}'];
  return [...match.split(' '), ...(op === '!=' ? [op] : []), ...list];
}

function verdictWords({ verdict, family, address, port }: Verdict): string[] {
  const host =
    address !== undefined && family === 'ip6' && port !== undefined ? `[${address}]` : (address ?? '');
  const target = host + (port === undefined ? '' : `:${port}`);
  return [verdict, ...(family === undefined ? [] : [family]), ...(target === '' ? [] : ['to', target])];
}

/** An expression of `nft -j`; null for all that `Statement` cannot say. */
export function statementOf(expression: unknown): Statement | null {
  const [[sort, value] = ['', null], ...others] = Object.entries(fieldsOf(expression));
  if (others.length > 0) return null;
  return sort === 'match' ? matchOf(fieldsOf(value)) : verdictOf(sort, fieldsOf(value));
}

function matchOf({ op, left, right }: JsonObject): Match | null {
  const match = keyOf(fieldsOf(left));
  if (match === null || (op !== '==' && op !== '!=')) return null;
  const texts = valuesOf(right);
  const values = texts === null ? null : canonical(match, texts);
  return values === null ? null : { match, op, values };
}

/** What is compared, as the grammar writes it. */
function keyOf({ payload, meta, fib }: JsonObject): string | null {
  const [{ protocol, field }, { key: name }] = [fieldsOf(payload), fieldsOf(meta)];
  const { flags, result } = fieldsOf(fib);
  const word = String(name);
  const key = payload
    ? `${String(protocol)} ${String(field)}`
    : meta
      ? `${word.endsWith('ifname') ? '' : 'meta '}${word}`
      : fib
        ? `fib ${[flags].flat().map(String).join(' . ')} ${String(result)}`
        : '';
  return Object.hasOwn(KEYS, key) ? key : null;
}

type Values = (values: readonly string[]) => readonly string[] | null;

/** What can be compared, with the canonical form of what it is compared to. Numbers are how `nft -n` prints these. */
const KEYS: Readonly<Record<string, Values>> = {
  iifname: devices,
  oifname: devices,
  'ip saddr': cover,
  'ip daddr': cover,
  'ip6 saddr': cover,
  'ip6 daddr': cover,
  'tcp dport': coverPorts,
  'udp dport': coverPorts,
  'sctp dport': coverPorts,
  'meta l4proto': (values) => values,
  'meta nfproto': (values) => values.map((value) => ({ ipv4: '2', ipv6: '10' })[value] ?? value),
  'fib daddr type': (values) => values.map((value) => (value === 'local' ? '2' : value)),
};

const canonical = (match: string, values: readonly string[]): readonly string[] | null =>
  KEYS[match]?.(values) ?? null;

/** Null where a name stands for many devices (a `*` at its end, with no backslash before it) or cannot be written by us. */
function devices(names: readonly string[]): string[] | null {
  const meant = names.map((name) => (name.endsWith('\\*') ? `${name.slice(0, -2)}*` : name));
  const several = names.some((name, at) => name.endsWith('*') && meant[at] === name);
  return several || meant.some((name) => /["\\\n]/.test(name)) ? null : meant;
}

function valuesOf(right: unknown): string[] | null {
  if (typeof right === 'string' || typeof right === 'number') return [String(right)];
  const { set, prefix, range } = fieldsOf(right);
  const { addr, len } = fieldsOf(prefix);
  if (prefix) return [`${String(addr)}/${String(len)}`];
  if (Array.isArray(range)) return [range.map(String).join('-')];
  const values = Array.isArray(set) ? set.map(valuesOf) : [null];
  return values.every((value) => value !== null) ? values.flat() : null;
}

const VERDICTS: readonly string[] = [
  'masquerade',
  'snat',
  'dnat',
  'redirect',
  'return',
] satisfies Verdict['verdict'][];

function verdictOf(name: string, value: JsonObject): Verdict | null {
  const { family, addr, port, ...more } = value;
  if (!VERDICTS.includes(name) || Object.keys(more).length > 0) return null;
  const ports = port === undefined ? [] : valuesOf(port);
  if (ports === null || (addr !== undefined && typeof addr !== 'string')) return null;
  return {
    verdict: name as Verdict['verdict'],
    ...(family === 'ip' || family === 'ip6' ? { family } : {}),
    ...(addr === undefined ? {} : { address: addr }),
    ...(ports[0] === undefined ? {} : { port: ports[0] }),
  };
}
