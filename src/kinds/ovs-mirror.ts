// A mirror of an Open vSwitch bridge: an entry of its `mirrors` in, a row of OVSDB that the bridge refers to out.
import { desired, type DeclaredLink, type Kind, type Names } from '../kind.js';
import { HOST, type Desired, type Fields, type Json, type Resource } from '../model.js';
import type { OvsMirror } from '../state.js';
import { assignments, ovsCommand, symbol, updates, type Row } from '../tools/ovs-words.js';
import { portsAt } from './ovs-bridge-ports.js';
import { marked, ownerIn, OVSDB } from './ovs-ids.js';
import { lostPorts } from './ovs-listening.js';
import { mirrorFields } from './ovs-mirror-fields.js';
import { bridgeId, ovsAdvice, portName } from './ovs-port-rows.js';
import { vlanIds, vlanRanges } from './port-fields.js';

export const ovsMirror: Kind = {
  name: 'mirror',
  called: 'a mirror of an Open vSwitch bridge',
  noun: 'mirror',
  fields: mirrorFields,

  live: (host) => {
    const { ovs } = host;
    const lost = lostPorts(host);
    const kept = (ovs?.Port ?? []).filter(({ name }) => !lost.has(name));
    const ports = new Map(kept.map(({ _uuid, name }) => [_uuid, name]));
    const mirrors = new Map(ovs?.Mirror.map((row) => [row._uuid, row]));
    return (ovs?.Bridge ?? []).flatMap(({ name: bridge, mirrors: uuids }) =>
      uuids.flatMap((uuid) => {
        const row = mirrors.get(uuid);
        if (row === undefined) return [];
        const fields = { ...fieldsIn(row, ports), [ROW]: uuid };
        return [{ ...idsOf(bridge, row.name, fields), fields, given: [ROW], owner: ownerIn(row) }];
      }),
    );
  },

  make(resource, { topology }) {
    const { bridge, name } = placeOf(resource);
    const row = symbol(`mirror ${bridge} ${name}`);
    return ovsCommand(
      ...references(resource, PORT_COLUMNS),
      [`--id=${row}`, 'create', 'Mirror', ...createWords(resource, topology)],
      ['add', 'Bridge', bridge, 'mirrors', row],
    );
  },

  change(before, after, changed) {
    const uuid = String(before.fields[ROW]);
    const columns = PORT_COLUMNS.filter(([field]) => changed.includes(field));
    const words = columns.map((column) => portWord(after, column));
    return ovsCommand(
      ...references(after, columns),
      ...(words.length === 0 ? [] : [['set', 'Mirror', uuid, ...words]]),
      ...updates('Mirror', uuid, rowOf(before.fields), rowOf(after.fields)),
    );
  },

  reads: () => [OVSDB],
  advice: (body, name) => ({ ...ovsAdvice(body, name), free: 'choose another name for the mirror' }),
  remove: (resource) =>
    ovsCommand(['remove', 'Bridge', placeOf(resource).bridge, 'mirrors', String(resource.fields[ROW])]),
};

/** The mirrors that a bridge's entry says. */
export function mirrorsOf(bridge: DeclaredLink, names: Names): Desired[] {
  const ports = portsAt(bridge, names);
  const device = (key: Json): string => ports.get(String(key))?.device ?? String(key);
  return Object.entries((bridge.value['mirrors'] ?? {}) as Readonly<Record<string, Fields>>)
    .filter(([name]) => !name.startsWith('x-'))
    .map(([name, said]) => {
      const fields = fieldsOf(said, device);
      const at = [...bridge.path, 'mirrors', name];
      return desired({ ...idsOf(bridge.device, name, fields), fields, ownership: 'owned', at });
    });
}

/** The row of what is there: a name need not be the only one. */
const ROW = 'row';

const PORT_COLUMNS = [
  ['select-src-port', 'select_src_port'],
  ['select-dst-port', 'select_dst_port'],
  ['output-port', 'output_port'],
] as const;
type PortColumn = (typeof PORT_COLUMNS)[number];

const idsOf = (bridge: string, name: string, fields: Fields) => ({
  id: `${HOST}/mirror/${bridge}/${name}`,
  kind: 'mirror',
  body: HOST,
  needs: [
    bridgeId(bridge),
    ...new Set(PORT_COLUMNS.flatMap(([field]) => portsIn(fields, field).map(portName))),
  ],
  diesWith: [bridgeId(bridge)],
  provides: [],
});

function placeOf({ id }: Resource): { readonly bridge: string; readonly name: string } {
  const [, , bridge = '', name = ''] = id.split('/');
  return { bridge, name };
}

const fieldsOf = (said: Fields, device: (key: Json) => string): Fields => ({
  'select-all': said['select-all'] ?? false,
  'select-src-port': listed(said['select-src-port']).map(device).sort(),
  'select-dst-port': listed(said['select-dst-port']).map(device).sort(),
  'select-vlan': vlanRanges(vlanIds(listed(said['select-vlan']))),
  'output-port': said['output-port'] === undefined ? null : device(said['output-port']),
  'output-vlan': said['output-vlan'] ?? null,
  snaplen: said['snaplen'] ?? null,
});

function fieldsIn(row: OvsMirror, ports: ReadonlyMap<string, string>): Fields {
  const names = (uuids: readonly string[]): string[] => uuids.flatMap((uuid) => ports.get(uuid) ?? []).sort();
  return {
    'select-all': row.select_all,
    'select-src-port': names(row.select_src_port),
    'select-dst-port': names(row.select_dst_port),
    'select-vlan': vlanRanges(row.select_vlan),
    'output-port': row.output_port === null ? null : (ports.get(row.output_port) ?? null),
    'output-vlan': row.output_vlan,
    snaplen: row.snaplen,
  };
}

const listed = (value: Json | undefined): readonly Json[] => (value ?? []) as readonly Json[];

/** The columns that hold no references. */
const rowOf = (fields: Fields): Row => ({
  select_all: fields['select-all'] as boolean,
  select_vlan: vlanIds(listed(fields['select-vlan'])),
  output_vlan: fields['output-vlan'] as number | null,
  snaplen: fields['snaplen'] as number | null,
});

function createWords(resource: Resource, topology: string): string[] {
  const { name } = placeOf(resource);
  const row: Row = { name, ...rowOf(resource.fields), external_ids: marked(topology) };
  const columns = PORT_COLUMNS.filter(([field]) => portsIn(resource.fields, field).length > 0);
  return [...assignments({}, row), ...columns.map((column) => portWord(resource, column))];
}

/** The ports that a field names. */
const portsIn = (fields: Fields, field: string): string[] => {
  const value = fields[field] ?? null;
  return value === null ? [] : ([value].flat() as string[]);
};

/** A name for each port's row, of which there can be one in a transaction: so it tells the mirror, too. */
const portSymbol = ({ id }: Resource, port: string): string => symbol(`${id} ${port}`);

function references(resource: Resource, columns: readonly PortColumn[]): string[][] {
  const ports = new Set(columns.flatMap(([field]) => portsIn(resource.fields, field)));
  return [...ports].map((port) => [`--id=${portSymbol(resource, port)}`, 'get', 'Port', port]);
}

function portWord(resource: Resource, [field, column]: PortColumn): string {
  const symbols = portsIn(resource.fields, field).map((port) => portSymbol(resource, port));
  return `${column}=${symbols.length === 0 ? '[]' : symbols.join(',')}`;
}
