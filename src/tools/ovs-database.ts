// Open vSwitch's configuration: the question in, ovs-vsctl's JSON (RFC 7047, section 5.1) in, plain rows out.
import type { Settings } from '../settings.js';
import type {
  OvsBridge,
  OvsController,
  OvsInterface,
  OvsMap,
  OvsMirror,
  OvsPort,
  OvsQos,
  OvsQueue,
  OvsRoot,
  OvsState,
} from '../state.js';
import { held, list, map, number, object, orNull, text, truth, unknown, type Shape } from './shape.js';
import type { Process } from './tool.js';

/** What a cell of a column stands for, and the shape of that. */
interface Column<Value> {
  readonly read: (cell: unknown) => unknown;
  readonly shape: Shape<Value>;
}
type Columns<Row> = { readonly [Name in keyof Row]: Column<Row[Name]> };

const one = <Value>(shape: Shape<Value>): Column<Value> => ({ read: (cell) => cell, shape });
/** One value or null: an empty optional column is printed as an empty set. */
const optional = <Value>(shape: Shape<Value>): Column<Value | null> => ({
  read: (cell) => (Array.isArray(cell) ? ((cell as unknown[])[0] ?? null) : cell),
  shape: orNull(shape),
});
/** A set of one is printed as its element. */
const set = <Value>(shape: Shape<Value>): Column<readonly Value[]> => ({
  read: (cell) => [cell].flat(),
  shape: list(shape),
});
const texts: Column<OvsMap> = one(map(text));

/** Only the columns that somebody looks at: all of them take twice as long (statistics, most of it). */
const BRIDGE: Columns<OvsBridge> = {
  name: one(text),
  ports: set(text),
  mirrors: set(text),
  controller: set(text),
  datapath_type: one(text),
  fail_mode: optional(text),
  protocols: set(text),
  stp_enable: one(truth),
  rstp_enable: one(truth),
  mcast_snooping_enable: one(truth),
  other_config: texts,
  external_ids: texts,
};
const PORT: Columns<OvsPort> = {
  _uuid: one(text),
  name: one(text),
  interfaces: set(text),
  tag: optional(number),
  trunks: set(number),
  vlan_mode: optional(text),
  protected: one(truth),
  fake_bridge: one(truth),
  qos: optional(text),
  bond_mode: optional(text),
  bond_updelay: one(number),
  bond_downdelay: one(number),
  lacp: optional(text),
  other_config: texts,
  external_ids: texts,
};
const INTERFACE: Columns<OvsInterface> = {
  _uuid: one(text),
  name: one(text),
  type: one(text),
  options: texts,
  mac: optional(text),
  mtu_request: optional(number),
  ingress_policing_rate: one(number),
  ingress_policing_burst: one(number),
  ofport: optional(number),
  error: optional(text),
  external_ids: texts,
};
const CONTROLLER: Columns<OvsController> = { _uuid: one(text), target: one(text) };

const ROOT: Columns<OvsRoot> = { datapath_types: set(text), iface_types: set(text) };
const MIRROR: Columns<OvsMirror> = {
  _uuid: one(text),
  name: one(text),
  select_all: one(truth),
  select_src_port: set(text),
  select_dst_port: set(text),
  select_vlan: set(number),
  output_port: optional(text),
  output_vlan: optional(number),
  snaplen: optional(number),
  external_ids: texts,
};
const QOS: Columns<OvsQos> = {
  _uuid: one(text),
  type: one(text),
  queues: texts,
  other_config: texts,
  external_ids: texts,
};
const QUEUE: Columns<OvsQueue> = { _uuid: one(text), other_config: texts, external_ids: texts };

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
    ...Object.entries(TABLES).flatMap(([table, columns]) => listing(table, columns)),
  ],
  netns: null,
});

const listing = (table: string, columns: object): string[] => [
  '--',
  `--columns=${Object.keys(columns).join(',')}`,
  'list',
  table,
];

/** The program with what every call of it needs. It would wait for ovs-vswitchd for ever: it gives up before we do. */
export const vsctl = (db: string | null, timeoutMs: number): string[] => [
  'ovs-vsctl',
  `--timeout=${String(Math.max(1, Math.floor(timeoutMs / 1000) - 5))}`,
  ...(db === null ? [] : [`--db=${db}`]),
];

/** What `readDatabase` printed: a line for each table. Throws a SyntaxError when it is not that. */
export function readOvs(stdout: string): OvsState {
  const lines = stdout.split('\n');
  const names = Object.keys(TABLES);
  const rows = <Row>(table: keyof OvsState, columns: Columns<Row>): Row[] =>
    rowsOf(lines[names.indexOf(table)] ?? '', table, columns);
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

const TABLE = object<Table>({ headings: list(text), data: list(list(unknown)) });

function rowsOf<Row>(line: string, table: string, columns: Columns<Row>): Row[] {
  const { headings, data } = held<Table>(JSON.parse(line), TABLE, table);
  const cells = Object.entries<Column<unknown>>(columns).map(
    ([name, column]) => [name, headings.indexOf(name), column] as const,
  );
  return data.map(
    (row, n) =>
      Object.fromEntries(
        cells.map(([name, at, { read, shape }]) => [
          name,
          held(read(plain(row[at])), shape, `${table}[${String(n)}].${name}`),
        ]),
      ) as Row,
  );
}

/** RFC 7047, section 5.1: `["uuid", …]`, `["set", […]]`, `["map", [[key, value], …]]`, or a plain value. */
function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [tag, content] = value as readonly unknown[];
  if (tag === 'uuid') return content;
  if (!Array.isArray(content)) return undefined;
  if (tag === 'set') return content.map(plain);
  const pairs = content.filter((pair): pair is [string, unknown] => Array.isArray(pair));
  return Object.fromEntries(pairs.map(([key, item]) => [key, plain(item)]));
}
