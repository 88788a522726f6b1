// The words of a mirror: facts of the fields, and what makes an entry of `mirrors` impossible: a bridge in, findings out.
import type { DeclaredLink, Names, Properties } from '../kind.js';
import { ownWordsAlone } from '../kind.js';
import { show, type Finding } from '../load/diagnostic.js';
import { didYouMean } from '../load/nearest.js';
import type { Fields, Json, Path } from '../model.js';
import { portsAt } from './ovs-bridge-ports.js';

const ports = { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true } as const;

/** ovs-vswitchd.conf.db(5), table Mirror. All of it changes while frames flow. */
export const mirrorFields = {
  'select-all': {
    type: 'boolean',
    default: false,
    description: 'Copies every frame that comes in or goes out of the bridge.',
  },
  'select-src-port': {
    ...ports,
    description: 'Copies the frames that come in by these ports of the bridge, named by their keys.',
  },
  'select-dst-port': {
    ...ports,
    description: 'Copies the frames that go out by these ports of the bridge, named by their keys.',
  },
  'select-vlan': {
    type: 'array',
    minItems: 1,
    items: {
      type: ['integer', 'string'],
      minimum: 0,
      maximum: 4094,
      pattern: '^[0-9]{1,4}-[0-9]{1,4}$',
      examples: [10, '20-29'],
    },
    examples: [[10, '20-29']],
    description: 'Of what is selected, only frames of these VLANs, ids and ranges. Default: of all.',
  },
  'output-port': {
    type: 'string',
    description:
      'The port of the bridge, by its key, that the copies go out by. Nothing else does any more: it is no way for other frames.',
  },
  'output-vlan': {
    type: 'integer',
    minimum: 1,
    maximum: 4094,
    description:
      'The VLAN that the copies go to, in place of `output-port`; the bridge no longer learns MAC addresses in it.',
  },
  snaplen: {
    type: 'integer',
    minimum: 14,
    maximum: 65535,
    'x-unit': 'bytes',
    description: 'How much of each frame is copied. Default: all of it.',
  },
} as const satisfies Properties;

/** What the entry of a bridge says of all of them. */
export const mirrorsField = {
  type: 'object',
  default: {},
  propertyNames: {
    pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$',
    description: 'letters, digits, `_`, `-` and `.`',
  },
  patternProperties: { '^x-': {} },
  additionalProperties: { type: 'object', properties: mirrorFields, ...ownWordsAlone },
  description:
    'Copies of the bridge’s frames for somebody who listens, by name: what is selected goes to `output-port` or `output-vlan`. Frames that flow already may be copied only after a pause of ten seconds between them (Open vSwitch 3.1), or after `ovs-appctl revalidator/purge`.',
} as const;

/** Findings about the mirrors of a bridge. */
export function mirrorFindings(bridge: DeclaredLink, names: Names): Finding[] {
  const known = portsAt(bridge, names);
  const mirrors = (bridge.value['mirrors'] ?? {}) as Readonly<Record<string, Fields>>;
  return Object.entries(mirrors)
    .filter(([name]) => !name.startsWith('x-'))
    .flatMap(([name, mirror]) => {
      const path = [...bridge.path, 'mirrors', name];
      return [...incomplete(name, mirror, path), ...strangers(mirror, path, bridge, [...known.keys()])];
    });
}

const SELECTING = ['select-all', 'select-src-port', 'select-dst-port'];

function incomplete(name: string, mirror: Fields, path: Path): Finding[] {
  const outputs = ['output-port', 'output-vlan'].filter((word) => mirror[word] !== undefined);
  const selects = SELECTING.some((word) => mirror[word] !== undefined && mirror[word] !== false);
  const hint = 'say `select-all: true`, or list ports in `select-src-port` or `select-dst-port`';
  return [
    ...(selects ? [] : [fault(`the mirror ${show(name)} selects nothing`, path, hint)]),
    ...(outputs.length === 1
      ? []
      : [fault(`the mirror ${show(name)} needs \`output-port\` or \`output-vlan\`, one of the two`, path)]),
  ];
}

const fault = (message: string, path: Path, hint?: string): Finding => ({
  code: 'mirror',
  message,
  ...(hint === undefined ? {} : { hint }),
  path,
  at: 'key',
});

/** Ports that are not of this bridge. */
function strangers(mirror: Fields, path: Path, { key }: DeclaredLink, known: readonly string[]): Finding[] {
  const lists = ['select-src-port', 'select-dst-port'].flatMap((word) =>
    ((mirror[word] ?? []) as readonly Json[]).map((port, i) => ({ port, at: [...path, word, i] })),
  );
  const output = mirror['output-port'];
  const all = output === undefined ? lists : [...lists, { port: output, at: [...path, 'output-port'] }];
  return all
    .filter(({ port }) => !known.includes(String(port)))
    .map(({ port, at }) => ({
      code: 'dangling-reference',
      message: `${show(port)} is no port of ${show(key)}`,
      hint: didYouMean(String(port), known),
      path: at,
    }));
}
