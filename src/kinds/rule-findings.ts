// What makes an entry of the section `rules` impossible or doubtful although it has the right shape: an entry in, findings out.
import { hasHostBits, parseNetwork } from '../address.js';
import { groupBy } from '../collections.js';
import type { Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { coverPorts } from '../networks.js';
import { familyOf, markOf, selectorsOf, type Value } from './rule-selectors.js';

/** `id` is that of the rule that the entry wants. */
export function ruleFindings(entry: Entry, names: Names, id: string): Finding[] {
  const { value, path } = entry;
  const problems = [...networks(value), ...families(value), ...action(value), ...numbers(value)];
  return [
    ...problems.map(({ word, ...problem }) => ({
      ...problem,
      path: value[word] === undefined ? path : [...path, word],
    })),
    ...twin(entry, names, id),
    ...nested(entry, names),
  ];
}

type Problem = Omit<Finding, 'path'> & { readonly word: string };

function networks(value: Value): Problem[] {
  return ['from', 'to'].flatMap((word): Problem[] => {
    const text = value[word];
    if (typeof text !== 'string') return [];
    const network = parseNetwork(text);
    if (network === null) {
      const hint = 'write it like `192.168.1.0/24`, `192.168.1.1` or `fd00::/64`';
      return [{ code: 'bad-network', message: `\`${text}\` is not a network`, hint, word }];
    }
    if (!hasHostBits(text)) return [];
    const message = `\`${text}\` is an address inside of a network`;
    return [{ code: 'host-bits', message, hint: `the network is \`${network.network}\``, word }];
  });
}

function families({ from, to }: Value): Problem[] {
  const [a, b] = [parseNetwork(String(from))?.family, parseNetwork(String(to))?.family];
  if (a == null || b == null || a === b) return [];
  const message = `IPv4 and IPv6 in one rule: \`from\` has an IPv${a} address, \`to\` an IPv${b} one`;
  return [{ code: 'mixed-families', message, hint: 'make it two rules, one for each family', word: 'to' }];
}

function action(value: Value): Problem[] {
  const { type = 'unicast', table } = value;
  if (type !== 'unicast') {
    const words = ['table', 'suppress-prefixlength'].filter((word) => value[word] !== undefined);
    const message = `a rule of type \`${String(type)}\` looks into no table`;
    return words.map((word) => ({ code: 'pointless-field', message, at: 'key', word }));
  }
  if (table !== undefined) return [];
  const message = 'the rule does not say which table it looks into';
  return [{ code: 'no-table', message, hint: 'say `table`, or a `type` like `blackhole`', word: '' }];
}

function numbers(value: Value): Problem[] {
  const { mark, 'type-of-service': tos } = value;
  const found: Problem[] = [];
  if (mark !== undefined && (markOf(mark)?.mask ?? 0) === 0) {
    const hint = 'write it like `16`, `0x10` or `"0x10/0xff"`, of 32 bits';
    found.push({ code: 'bad-mark', message: `\`${String(mark)}\` is no mark`, hint, word: 'mark' });
  }
  // inet_validate_dscp(), and IPTOS_TOS_MASK in fib4_rule_configure() of the kernel's net/ipv4/fib_rules.c.
  const allowed = familyOf(value) === 4 ? 0x1c : 0xfc;
  if (tos !== undefined && (Number(tos) & ~allowed) !== 0) {
    const message = `the kernel takes no type of service ${String(tos)} in a rule for IPv${familyOf(value)}`;
    const hint = `only the bits of ${allowed} (0x${allowed.toString(16)}) may be set`;
    found.push({ code: 'bad-tos', message, hint, word: 'type-of-service' });
  }
  for (const word of ['sport', 'dport']) {
    const port = value[word];
    if (port === undefined || coverPorts([String(port)]) !== null) continue;
    const hint = 'ports are 1 to 65535; a range is written like `"8000-8010"`';
    found.push({ code: 'bad-port', message: `\`${String(port)}\` is not a port`, hint, word });
  }
  return found;
}

const firsts = new WeakMap<readonly Entry[], Map<string, Entry>>();

/** An earlier rule for the same packets, of the same priority: it alone would count. */
function twin(entry: Entry, names: Names, id: string): Finding[] {
  const entries = names.entries(entry.body, 'rules');
  const known = firsts.get(entries) ?? new Map<string, Entry>();
  firsts.set(entries, known);
  const first = known.get(id) ?? entry;
  known.set(id, first);
  if (first === entry) return [];
  const message = `rule ${Number(first.key) + 1} of the list is for the same packets, with the same priority`;
  return [{ code: 'duplicate-rule', message, path: entry.path }];
}

/**
 * An earlier rule of the same priority and table that says all that this one says and more, or the other way round: to remove one of
 * the two, the kernel compares only what is said of it, and may take the other (rule_find() in net/core/fib_rules.c).
 */
function nested(entry: Entry, names: Names): Finding[] {
  if (entry.value['priority'] === undefined) return [];
  const alike = rulesByPlace(names.entries(entry.body, 'rules')).get(placeOf(entry)) ?? [];
  const own = said(entry.value);
  const first = alike.find((rule) => areNested(rule.said, own))?.entry;
  if (first === undefined || Number(first.key) >= Number(entry.key)) return [];
  const message = `rule ${Number(first.key) + 1} of the list has the same priority and table, and one of the two says all that the other says and more`;
  return [{ code: 'nested-rules', message, hint: 'give it another `priority`', path: entry.path }];
}

interface Rule {
  readonly entry: Entry;
  readonly said: ReadonlySet<string>;
}

const byPlace = new WeakMap<readonly Entry[], Map<string, Rule[]>>();

function rulesByPlace(entries: readonly Entry[]): Map<string, Rule[]> {
  const rules = byPlace.get(entries) ?? groupRules(entries);
  byPlace.set(entries, rules);
  return rules;
}

const groupRules = (entries: readonly Entry[]): Map<string, Rule[]> =>
  new Map(
    [...groupBy(entries, placeOf)].map(([place, group]) => [
      place,
      group.map((entry) => ({ entry, said: said(entry.value) })),
    ]),
  );

const placeOf = ({ value }: Entry): string =>
  [value['priority'], familyOf(value), value['type'] ?? '', value['table'] ?? ''].join(' ');

function areNested(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const [less, more] = one.size < other.size ? [one, other] : [other, one];
  return less.size < more.size && [...less].every((selector) => more.has(selector));
}

/** That an IPv6 rule is for all packets is no selector to the kernel. */
const said = (value: Value): Set<string> =>
  new Set(
    selectorsOf(value, (key) => key)
      .map(String)
      .filter((selector) => selector !== 'from,::/0'),
  );
