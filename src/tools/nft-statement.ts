// A rule's statements: between the JSON that nft prints and the words that its grammar takes, for what our rules consist of.
import { cover, coverPorts } from '../networks.js';
import { nftDevice } from './nft.js';

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
export function statementOf(expression: JsonObject): Statement | null {
  const [sort = '', value] = Object.entries(expression)[0] ?? [];
  if (Object.keys(expression).length !== 1) return null;
  return sort === 'match' ? matchOf(value as JsonObject) : verdictOf(sort, value as JsonObject | null);
}

function matchOf({ op, left, right }: JsonObject): Match | null {
  const match = keyOf(left as JsonObject);
  if (match === null || (op !== '==' && op !== '!=')) return null;
  const texts = valuesOf(right);
  const values = texts === null ? null : canonical(match, texts);
  return values === null ? null : { match, op, values };
}

/** What is compared, as the grammar writes it. */
function keyOf(left: JsonObject): string | null {
  const { payload, meta, fib } = left as {
    payload?: { protocol?: string; field?: string };
    meta?: { key?: string };
    fib?: { result?: string; flags?: unknown };
  };
  const key = payload
    ? `${payload.protocol ?? 'raw'} ${payload.field ?? ''}`
    : meta
      ? `${/ifname$/.test(meta.key ?? '') ? '' : 'meta '}${meta.key ?? ''}`
      : fib
        ? `fib ${[fib.flags].flat().join(' . ')} ${fib.result ?? ''}`
        : '';
  return key in KEYS ? key : null;
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
  const { set, prefix, range } = (right ?? {}) as {
    set?: readonly unknown[];
    prefix?: { addr: string; len: number };
    range?: readonly [unknown, unknown];
  };
  if (prefix) return [`${prefix.addr}/${prefix.len}`];
  if (range) return [`${String(range[0])}-${String(range[1])}`];
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

function verdictOf(name: string, value: JsonObject | null): Verdict | null {
  const { family, addr, port, ...more } = value ?? {};
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
