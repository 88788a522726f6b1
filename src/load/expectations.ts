// The entries of `checks` in, what must be true afterwards out. The schema of the section stands here too.
import { parseAddress } from '../address.js';
import { ownWordsAlone } from '../kind.js';
import { HOST, type Json, type Path } from '../model.js';
import { isMapping, type Check, type Mapping } from './topology.js';

const KINDS = ['ping', 'no-ping', 'tcp', 'no-tcp'] as const;

/** In milliseconds: a bridge with spanning tree needs longer, and says so in `within`. */
const PATIENCE = 5000;

const WITHIN = /^([0-9]+(?:\.[0-9]+)?)(ms|s)$/;

const words = (to: string, example: string) => ({
  type: 'object',
  required: ['to'],
  properties: {
    from: {
      type: 'string',
      default: HOST,
      description: 'The namespace from which it is tried, or `host`.',
      'x-reference': 'namespace',
    },
    to: { type: 'string', description: to, examples: [example] },
    within: {
      type: ['number', 'string'],
      exclusiveMinimum: 0,
      maximum: 3600,
      pattern: WITHIN.source,
      default: PATIENCE / 1000,
      description: 'Time in which it must become true: seconds, or with a unit, `5s` or `500ms`.',
      examples: [5, '500ms'],
      'x-unit': 's',
    },
  },
  ...ownWordsAlone,
});

const DESCRIPTIONS: Readonly<Record<Check['kind'], string>> = {
  ping: 'An address answers ICMP echo requests.',
  'no-ping': 'An address does not answer ICMP echo requests.',
  tcp: 'A port takes TCP connections.',
  'no-tcp': 'A port takes no TCP connection.',
};

const schemaOf = (kind: Check['kind']) =>
  kind.endsWith('ping')
    ? words('The address.', '192.168.1.1')
    : words('Address and port; IPv6 in brackets.', '192.168.1.1:80');

/** The schema of the section `checks`. */
export const checkSchema = {
  type: 'array',
  description: 'What must be true after an apply. The command `verify` tries it again.',
  items: {
    type: 'object',
    minProperties: 1,
    maxProperties: 1,
    properties: Object.fromEntries(
      KINDS.map((kind) => [kind, { ...schemaOf(kind), description: DESCRIPTIONS[kind] }]),
    ),
    additionalProperties: false,
  },
};

/** The checks of a document. Ones whose target cannot be read are left out; `checks/expectations.ts` tells of them. */
export function checksOf(document: Mapping): Check[] {
  const entries = Array.isArray(document['checks']) ? (document['checks'] as Json[]) : [];
  return entries.flatMap((entry, i) =>
    KINDS.flatMap((kind) => {
      const value = isMapping(entry) ? entry[kind] : undefined;
      const check = isMapping(value) ? checkOf(kind, value, ['checks', i, kind]) : null;
      return check ?? [];
    }),
  );
}

function checkOf(kind: Check['kind'], value: Mapping, path: Path): Check | null {
  const text = String(value['to']);
  const target = kind.endsWith('ping') ? parseTarget(text) : parseEndpoint(text);
  if (target === null) return null;
  return {
    kind,
    from: typeof value['from'] === 'string' ? value['from'] : HOST,
    ...target,
    within: withinOf(value['within']),
    path,
  };
}

function parseTarget(text: string): { to: string } | null {
  const address = parseAddress(text);
  return address && { to: address.ip };
}

/** `10.0.0.1:80` or `[2001:db8::1]:80`. */
export function parseEndpoint(text: string): { to: string; port: number } | null {
  const [, v6, v4, digits = ''] = /^(?:\[([^\]]*)\]|([^:]*)):([1-9][0-9]{0,4})$/.exec(text) ?? [];
  const address = parseAddress(v6 ?? v4 ?? '');
  const port = Number(digits);
  if (address === null || (address.family === 6) !== (v6 !== undefined) || port > 65535) return null;
  return { to: address.ip, port };
}

/** In milliseconds. */
export function withinOf(value: Json | undefined): number {
  if (typeof value === 'number') return value * 1000;
  const [, amount, unit] = WITHIN.exec(typeof value === 'string' ? value : '') ?? [];
  return amount === undefined ? PATIENCE : Number(amount) * (unit === 's' ? 1000 : 1);
}
