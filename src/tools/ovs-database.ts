// Open vSwitch's configuration: the question in, ovs-vsctl's JSON (RFC 7047, section 5.1) in, plain rows out.
import type { Settings } from '../settings.js';
import type {
  OvsBridge,
  OvsController,
  OvsInterface,
  OvsMirror,
  OvsPort,
  OvsQos,
  OvsQueue,
  OvsRoot,
  OvsState,
} from '../state.js';
import type { Process } from './tool.js';

/** How a column is given out: as one value, as one or null, as a list, as an object. */
type Shape = 'one' | 'optional' | 'set' | 'map';
type Shapes<Row> = { readonly [Column in keyof Row]: Shape };

/** Only the columns that somebody looks at: all of them take twice as long (statistics, most of it). */
const BRIDGE: Shapes<OvsBridge> = {
  name: 'one',
  ports: 'set',
  mirrors: 'set',
  controller: 'set',
  datapath_type: 'one',
  fail_mode: 'optional',
  protocols: 'set',
  stp_enable: 'one',
  rstp_enable: 'one',
  mcast_snooping_enable: 'one',
  other_config: 'map',
  external_ids: 'map',
};
const PORT: Shapes<OvsPort> = {
  _uuid: 'one',
  name: 'one',
  interfaces: 'set',
  tag: 'optional',
  trunks: 'set',
  vlan_mode: 'optional',
  protected: 'one',
  fake_bridge: 'one',
  qos: 'optional',
  bond_mode: 'optional',
  bond_updelay: 'one',
  bond_downdelay: 'one',
  lacp: 'optional',
  other_config: 'map',
  external_ids: 'map',
};
const INTERFACE: Shapes<OvsInterface> = {
  _uuid: 'one',
  name: 'one',
  type: 'one',
  options: 'map',
  mac: 'optional',
  mtu_request: 'optional',
  ingress_policing_rate: 'one',
  ingress_policing_burst: 'one',
  ofport: 'optional',
  error: 'optional',
  external_ids: 'map',
};
const CONTROLLER: Shapes<OvsController> = { _uuid: 'one', target: 'one' };

const ROOT: Shapes<OvsRoot> = { datapath_types: 'set', iface_types: 'set' };
const MIRROR: Shapes<OvsMirror> = {
  _uuid: 'one',
  name: 'one',
  select_all: 'one',
  select_src_port: 'set',
  select_dst_port: 'set',
  select_vlan: 'set',
  output_port: 'optional',
  output_vlan: 'optional',
  snaplen: 'optional',
  external_ids: 'map',
};
const QOS: Shapes<OvsQos> = {
  _uuid: 'one',
  type: 'one',
  queues: 'map',
  other_config: 'map',
  external_ids: 'map',
};
const QUEUE: Shapes<OvsQueue> = { _uuid: 'one', other_config: 'map', external_ids: 'map' };

const TABLES = {
  Bridge: BRIDGE,
  Port: PORT,
  Interface: INTERFACE,
  Controller: CONTROLLER,
  Open_vSwitch: ROOT,
  Mirror: MIRROR,
  QoS: QOS,
  Queue: QUEUE,
};

/** Asks for all tables in one transaction, so that they fit together. Needs no ovs-vswitchd, only the database. */
export const readDatabase = ({ ovsDb, timeoutMs }: Pick<Settings, 'ovsDb' | 'timeoutMs'>): Process => ({
  argv: [
    ...vsctl(ovsDb, timeoutMs),
    '--format=json',
    ...Object.entries(TABLES).flatMap(([table, shapes]) => list(table, shapes)),
  ],
  netns: null,
});

const list = (table: string, shapes: object): string[] => [
  '--',
  `--columns=${Object.keys(shapes).join(',')}`,
  'list',
  table,
];

/** The program with what every call of it needs. It would wait for ovs-vswitchd for ever: it gives up before we do. */
export const vsctl = (db: string | null, timeoutMs: number): string[] => [
  'ovs-vsctl',
  `--timeout=${String(Math.max(1, Math.floor(timeoutMs / 1000) - 5))}`,
  ...(db === null ? [] : [`--db=${db}`]),
];

/** What `readDatabase` printed: a line for each table. Throws when it is not that. */
export function readOvs(stdout: string): OvsState {
  const lines = stdout.split('\n');
  const names = Object.keys(TABLES);
  const rows = <Row>(table: keyof OvsState, shapes: Shapes<Row>): Row[] =>
    rowsOf(lines[names.indexOf(table)] ?? '', shapes);
  return {
    Bridge: rows('Bridge', BRIDGE),
    Port: rows('Port', PORT),
    Interface: rows('Interface', INTERFACE),
    Controller: rows('Controller', CONTROLLER),
    Open_vSwitch: rows('Open_vSwitch', ROOT),
    Mirror: rows('Mirror', MIRROR),
    QoS: rows('QoS', QOS),
    Queue: rows('Queue', QUEUE),
  };
}

interface Table {
  readonly headings: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

function rowsOf<Row>(line: string, shapes: Shapes<Row>): Row[] {
  const { headings, data } = JSON.parse(line) as Table;
  const columns = headings.map((name) => [name, shapes[name as keyof Row]] as const);
  return data.map(
    (cells) =>
      Object.fromEntries(columns.map(([name, shape], i) => [name, SHAPED[shape](plain(cells[i]))])) as Row,
  );
}

/** A set of one is printed as its element, an empty optional column as an empty set. */
const SHAPED: Readonly<Record<Shape, (value: unknown) => unknown>> = {
  one: (value) => value,
  optional: (value) => (Array.isArray(value) ? ((value as unknown[])[0] ?? null) : value),
  set: (value) => [value].flat(),
  map: (value) => value,
};

function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [tag, content] = value as
    ['uuid', string] | ['set', unknown[]] | ['map', [string | number, unknown][]];
  if (tag === 'uuid') return content;
  if (tag === 'set') return content.map(plain);
  return Object.fromEntries(content.map(([key, item]) => [key, plain(item)]));
}
