// What a port of an Open vSwitch bridge may send, and how it is shared: `qos` of a link in, rows of QoS and Queue in OVSDB out.
import { desired, type Kind } from '../kind.js';
import { HOST, type Fields, type Json, type Resource } from '../model.js';
import type { HostState, OvsMap, OvsQos, OvsState } from '../state.js';
import { assignments, ovsCommand, symbol } from '../tools/ovs-words.js';
import { ovsBridgeOf } from './ovs-bridge-ports.js';
import { marked, ownerIn, OVSDB } from './ovs-ids.js';
import { lostPorts } from './ovs-listening.js';
import { ovsAdvice, portName } from './ovs-port-rows.js';
import { qosField, qosFields, qosFindings, queueFields } from './ovs-qos-fields.js';

export const ovsQos: Kind = {
  name: 'ovs-qos',
  called: 'a device at an Open vSwitch bridge',
  noun: 'qos',
  fields: qosFields,

  onLink: {
    properties: { qos: qosField },
    takes: (link, names) => ovsBridgeOf(link, names) !== undefined,
    findings: qosFindings,
    desired(link, names) {
      const said = link.value['qos'] as Fields | undefined;
      if (said === undefined || ovsBridgeOf(link, names) === undefined) return [];
      const at = [...link.path, 'qos'];
      return [desired({ ...idsOf(link.device), fields: fieldsOf(said), ownership: 'owned', at })];
    },
  },

  live: (host) => [...atPorts(host), ...leftOver(host)],

  requires: ({ fields }) => [{ kernel: fields['type'] === 'linux-hfsc' ? 'hfsc' : 'htb', at: 'type' }],
  make: (resource, { topology }) => ovsCommand(...creation(resource, topology)),
  // ovs-vswitchd looks at what the rows say: of what stays the same the kernel hears nothing.
  change: (before, after, _changed, { topology }) =>
    ovsCommand(...creation(after, topology), ...destruction(before)),
  reads: () => [OVSDB],
  advice: (body, port) => ({
    ...ovsAdvice(body, port),
    look: `ovs-vsctl list QoS`,
    free: `end it first (\`ovs-vsctl clear Port ${port} qos\`)`,
  }),
  remove: (resource) =>
    ovsCommand(['--if-exists', 'clear', 'Port', portIn(resource), 'qos'], ...destruction(resource)),
};

/** Rows of these tables outlive the last reference (ovsdb: they are root tables), so that each is destroyed by itself. */
const ROWS = { qos: 'qos-row', queues: 'queue-rows' } as const;

const idsOf = (port: string, noun = 'qos') => ({
  id: `${HOST}/${noun}/${port}`,
  kind: 'ovs-qos',
  body: HOST,
  needs: [portName(port)],
  diesWith: [],
  provides: [],
});

const portIn = ({ id }: Resource): string => id.slice(id.lastIndexOf('/') + 1);

function fieldsOf(said: Fields): Fields {
  const queues = Object.entries((said['queues'] ?? {}) as Readonly<Record<string, Fields>>);
  return {
    type: said['type'] ?? null,
    'max-rate': said['max-rate'] ?? null,
    queues: Object.fromEntries(
      queues
        .filter(([number]) => !number.startsWith('x-'))
        .map(([number, queue]) => [number, numbersIn(queue, Object.keys(queueFields))]),
    ),
  };
}

/** Those of the words that are said, as numbers. */
const numbersIn = (map: Fields, words: readonly string[]): Fields =>
  Object.fromEntries(words.flatMap((word) => (map[word] === undefined ? [] : [[word, Number(map[word])]])));

function atPorts(host: HostState) {
  const { ovs } = host;
  const lost = lostPorts(host);
  const rows = new Map(ovs?.QoS.map((row) => [row._uuid, row]));
  return (ovs?.Port ?? []).flatMap(({ name, qos }) => {
    const row = rows.get(qos ?? '');
    return row === undefined || ovs === null
      ? []
      : [
          {
            ...idsOf(name, lost.has(name) ? 'lost-qos' : 'qos'),
            fields: fieldsIn(row, ovs),
            given: [ROWS.qos, ROWS.queues],
            owner: ownerIn(row),
          },
        ];
  });
}

/** Rows of ours that nothing refers to any more: somebody has removed their port. */
function leftOver({ ovs }: HostState) {
  if (ovs === null) return [];
  const used = new Set([
    ...ovs.Port.flatMap(({ qos }) => qos ?? []),
    ...ovs.QoS.flatMap(({ queues }) => Object.values(queues)),
  ]);
  const unused = (row: { readonly _uuid: string; readonly external_ids: OvsMap }): boolean =>
    !used.has(row._uuid) && ownerIn(row) !== null;
  const of = (uuid: string, fields: Fields, owner: string | null) => ({
    ...idsOf(uuid),
    needs: [],
    fields,
    given: [ROWS.qos, ROWS.queues],
    owner,
  });
  return [
    ...ovs.QoS.filter(unused).map((row) => of(row._uuid, fieldsIn(row, ovs), ownerIn(row))),
    ...ovs.Queue.filter(unused).map((row) => of(row._uuid, { [ROWS.queues]: [row._uuid] }, ownerIn(row))),
  ];
}

function fieldsIn(row: OvsQos, ovs: OvsState): Fields {
  const queues = new Map(ovs.Queue.map(({ _uuid, other_config }) => [_uuid, other_config]));
  const ours = ovs.Queue.filter((queue) => ownerIn(queue) !== null).map(({ _uuid }) => _uuid);
  return {
    type: row.type,
    'max-rate': numbersIn(row.other_config, ['max-rate'])['max-rate'] ?? null,
    queues: Object.fromEntries(
      Object.entries(row.queues).map(([number, uuid]) => [
        number,
        numbersIn(queues.get(uuid) ?? {}, Object.keys(queueFields)),
      ]),
    ),
    [ROWS.qos]: row._uuid,
    [ROWS.queues]: Object.values(row.queues).filter((uuid) => ours.includes(uuid)),
  };
}

/** All rows, and the port that refers to them. */
function creation(resource: Resource, topology: string): string[][] {
  const { type, 'max-rate': rate, queues } = resource.fields;
  const port = portIn(resource);
  const numbered = Object.entries(queues as Readonly<Record<string, Fields>>);
  const queueSymbol = (number: string): string => symbol(`queue ${number} ${port}`);
  const row = symbol(`qos ${port}`);
  const references = numbered.map(([number]) => `queues:${number}=${queueSymbol(number)}`);
  const rates = rate === null ? {} : { 'max-rate': textOf(rate) };
  const qos = { type: String(type), other_config: rates, external_ids: marked(topology) };
  return [
    ...numbered.map(([number, queue]) => [
      `--id=${queueSymbol(number)}`,
      'create',
      'Queue',
      ...assignments({}, { other_config: textsIn(queue), external_ids: marked(topology) }),
    ]),
    [`--id=${row}`, 'create', 'QoS', ...assignments({}, qos), ...references],
    ['set', 'Port', port, `qos=${row}`],
  ];
}

function destruction({ fields }: Resource): string[][] {
  const qos = fields[ROWS.qos];
  const queues = (fields[ROWS.queues] ?? []) as readonly string[];
  return [
    ...(typeof qos === 'string' ? [['--if-exists', 'destroy', 'QoS', qos]] : []),
    ...queues.map((queue) => ['--if-exists', 'destroy', 'Queue', queue]),
  ];
}

const textsIn = (fields: Fields): OvsMap =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, textOf(value)]));

const textOf = (value: Json | undefined): string => String(value);
