// A rule of routing policy: an entry of a body's `rules` in, `ip rule` out. Ours are marked by their protocol number, as routes are.
import type { Family } from '../address.js';
import { desired, netnsOf, type Entry, type Kind, type Names } from '../kind.js';
import { protocolOf } from '../marks.js';
import type { Command, Fields, Live, Resource } from '../model.js';
import type { IpRule } from '../state.js';
import { inEachBody } from './in-each-body.js';
import { PROTOCOLS } from './nat-rule.js';
import { TYPES } from './route-live.js';
import { ruleFindings } from './rule-findings.js';
import {
  isOfFamily,
  isSix,
  mayBeFor,
  selectorsIn,
  selectorsOf,
  selectorText,
  selectorWords,
} from './rule-selectors.js';

const other = { 'x-change': 'replace', 'x-why': 'it is another rule' } as const;

/** A port, or a range of ports. */
const port = { type: ['integer', 'string'], minimum: 1, maximum: 65535, ...other } as const;

const actions = {
  type: {
    enum: ['unicast', 'blackhole', 'unreachable', 'prohibit'],
    description:
      'What happens to packets: `unicast` looks for a route in `table`; the others drop them, each with another answer.',
    default: 'unicast',
  },
  table: {
    type: 'integer',
    minimum: 1,
    maximum: 4294967295,
    description:
      'Number of the routing table. Where that has no route for a packet, the next rules are tried. The new rule is there before the old one goes.',
  },
  'suppress-prefixlength': {
    type: 'integer',
    minimum: 0,
    maximum: 128,
    description:
      'Routes whose prefix is of this length or shorter do not count: 0 leaves the default route of the table out.',
  },
  not: {
    type: 'boolean',
    description: 'Whether the rule is for all other packets than those that it says.',
    default: false,
    'x-change': 'replace',
    // rule_exists() in the kernel's net/core/fib_rules.c does not look at FIB_RULE_INVERT.
    'x-why': 'the kernel takes both for one rule',
  },
} as const;

const properties = {
  from: {
    type: 'string',
    description:
      'Where packets come from: a network or an address. A rule without `from` and `to` is for IPv4; `::/0` makes it one for IPv6.',
    ...other,
  },
  to: { type: 'string', description: 'Where packets are sent: a network or an address.', ...other },
  priority: {
    type: 'integer',
    minimum: 1,
    maximum: 4294967295,
    description:
      'Rules are tried in the order of this number, from the lowest; the kernel’s own are 0 (its addresses), 32766 (`main`) and 32767. Default: 20000 for the first rule of the list, 20001 for the second and so on, so that they are tried in the order of the file, and before `main`.',
    ...other,
  },
  mark: {
    type: ['integer', 'string'],
    minimum: 0,
    maximum: 4294967295,
    examples: [16, '0x10/0xff'],
    description:
      'The mark that a firewall or a socket has put on the packets (fwmark), with the bits of it that count.',
    ...other,
  },
  'type-of-service': {
    type: 'integer',
    minimum: 0,
    maximum: 255,
    description: 'The packets’ type of service.',
    ...other,
  },
  iif: {
    type: 'string',
    description: 'The link that packets come in by; `lo`: what this body itself sends.',
    'x-reference': 'device',
    ...other,
  },
  oif: {
    type: 'string',
    description: 'The link that sockets are bound to (SO_BINDTODEVICE).',
    'x-reference': 'device',
    ...other,
  },
  protocol: {
    type: 'string',
    enum: Object.keys(PROTOCOLS),
    description: 'The protocol above IP. Default: any.',
    ...other,
  },
  sport: { ...port, description: 'The port that packets come from: one, or a range (`"8000-8010"`).' },
  dport: { ...port, description: 'The port that packets are sent to: one, or a range (`"8000-8010"`).' },
  ...actions,
} as const;

export const rule: Kind = {
  name: 'rule',
  noun: 'rule',
  fields: actions,

  section: {
    name: 'rules',
    shape: 'list',
    description:
      'Routing policy: which packets look for their route in which table. The rules of the kernel and of others are left alone.',
    properties,
    findings: (entry, names) => ruleFindings(entry, names, idOfEntry(entry, names)),
    desired(entry, names) {
      const { body, value, path } = entry;
      const type = value['type'] ?? 'unicast';
      const fields: Fields = {
        type,
        table: type === 'unicast' ? (value['table'] ?? null) : null,
        'suppress-prefixlength': value['suppress-prefixlength'] ?? null,
        not: value['not'] === true,
      };
      return [desired({ ...inBody(body, idOfEntry(entry, names)), fields, ownership: 'part', at: path })];
    },
  },

  live(host) {
    // Two topologies may have the same number.
    const seen = rulesIn(host).map((found) =>
      host.others?.has(found.id) === true ? { ...found, owner: null } : found,
    );
    return [
      ...apart(
        seen.filter(({ owner }) => owner === host.topology),
        seen,
      ),
    ];
  },

  directs({ id, fields: { type, table, not, 'suppress-prefixlength': suppressed } }) {
    // Nobody knows here which table a rule of the kernel's for VRFs means.
    if (type === 'unicast' && table === null) return null;
    const [, priority] = /\/rule\/(\d+)\//.exec(id) ?? [];
    const text = textIn(id);
    return {
      priority: Number(priority),
      table: type === 'unicast' ? Number(table) : null,
      suppressed: typeof suppressed === 'number' ? suppressed : -1,
      isFor: (packet) => isOfFamily(text, packet) && mayBeFor(text, packet) !== (not === true),
    };
  },

  make: (resource, { topology }) => [command('add', resource, topology)],
  // The new one goes in behind the old one; so the old one is the first that `del` finds.
  change: (before, after, _changed, { topology }) => [
    command('add', after, topology),
    command('del', before, topology),
  ],
  remove: (resource, { topology }) => [command('del', resource, topology)],
  reads: ({ body }) => [{ tool: 'ip', body, what: '' }],
  traces: (body) => [{ tool: 'ip', body, what: '' }],
};

const idOf = (body: string, priority: number, text: string): string => `${body}/rule/${priority}/${text}`;

const idOfEntry = (entry: Entry, names: Names): string =>
  idOf(
    entry.body,
    priorityOf(entry),
    selectorText(selectorsOf(entry.value, (key) => names.link(entry.body, key)?.device ?? key)),
  );

/** By the place in the list, so that a rule that is added at its end changes nothing before it. */
const FIRST = 20000;
const priorityOf = ({ key, value }: Entry): number => Number(value['priority'] ?? FIRST + Number(key));

const inBody = (body: string, id: string): Omit<Resource, 'fields'> => ({
  id,
  kind: 'rule',
  body,
  needs: [netnsOf(body)],
  diesWith: [netnsOf(body)],
  provides: [],
});

const rulesIn = inEachBody(({ body, rules }, topology) =>
  ([4, 6] as const).flatMap((family) =>
    (rules?.[family] ?? []).map((found) => liveOf(found, family, body.name, topology)),
  ),
);

function liveOf(found: IpRule, family: Family, body: string, topology: string): Live {
  const { priority, table, action, protocol } = found;
  const id = idOf(body, priority, selectorText(selectorsIn(found, family)));
  return {
    ...inBody(body, id),
    fields: {
      type: action === undefined ? 'unicast' : (TYPES[action] ?? action),
      table: table === undefined ? null : Number(table),
      'suppress-prefixlength': found.suppress_prefixlen ?? null,
      not: 'not' in found,
    },
    owner: protocol === String(protocolOf(topology)) ? topology : null,
  };
}

/** The kernel has room for rules that differ in what they do alone: ours is the one that counts, then the one that is tried first. */
function* apart(ours: readonly Live[], all: readonly Live[]): Generator<Live> {
  const times = new Map<string, number>();
  for (const found of new Set([...ours, ...all])) {
    const before = times.get(found.id) ?? 0;
    times.set(found.id, before + 1);
    yield before === 0 ? found : { ...found, id: `${found.id}${AGAIN}${before + 1}` };
  }
}

const AGAIN = ' #';

/** What an id says of the packets. */
const textIn = (id: string): string => /\/rule\/\d+\/(.*?)(?: #\d+)?$/.exec(id)?.[1] ?? '';

function command(verb: 'add' | 'del', { body, id, fields }: Resource, topology: string): Command {
  const text = textIn(id);
  const [, priority = ''] = /\/rule\/(\d+)\//.exec(id) ?? [];
  const suppress = fields['suppress-prefixlength'] ?? null;
  const args = [
    ...(isSix(text) ? ['-6'] : []),
    ...['rule', verb, 'priority', priority],
    ...(fields['not'] === true ? ['not'] : []),
    ...selectorWords(text),
    ...(fields['type'] === 'unicast' ? ['table', String(fields['table'])] : ['type', String(fields['type'])]),
    ...(suppress === null ? [] : ['suppress_prefixlength', JSON.stringify(suppress)]),
    ...['protocol', String(protocolOf(topology))],
  ];
  return { tool: 'ip', body, args };
}
