// Open vSwitch's JSON (RFC 7047, section 5.1): tables as the tools print them in, rows as plain objects out.

/** A table as `ovs-vsctl --format=json` and `ovsdb-client --format=json` print it. */
export interface OvsdbTable {
  /** `Bridge table`; ovs-vsctl prints none. */
  readonly caption?: string;
  readonly headings: readonly string[];
  readonly data: readonly (readonly unknown[])[];
}

/** A row: sets are arrays (but a set of one is its element), maps are objects, a reference is `{ uuid }`. */
export type OvsdbRow = Record<string, unknown>;

/** The rows of a table. */
export function ovsdbRows({ headings, data }: OvsdbTable): OvsdbRow[] {
  return data.map((cells) => Object.fromEntries(headings.map((column, i) => [column, plain(cells[i])])));
}

function plain(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const [tag, content] = value as ['uuid', string] | ['set', unknown[]] | ['map', [unknown, unknown][]];
  if (tag === 'uuid') return { uuid: content };
  if (tag === 'set') return content.map(plain);
  return Object.fromEntries(content.map(([key, item]) => [String(plain(key)), plain(item)]));
}

/**
 * A whole database in comparable form, without what ovs-vswitchd writes by itself. Bridges, ports and interfaces stand
 * under their names, of which the database has each once, and are referred to by them. Any other row stands where it
 * is referred to, and in a list of its table: QoS and Queue rows outlive the last reference.
 */
export function ovsdbState(tables: readonly OvsdbTable[]): Record<string, unknown> {
  const read = tables.map((table) => configuredRows(table));
  const byUuid = new Map(read.flatMap(({ rows }) => rows.map((row) => [row.uuid, row] as const)));
  return Object.fromEntries(
    read.map(({ name, rows }) => {
      const contents = rows.map(({ columns }) => dereference(columns, byUuid) as OvsdbRow);
      return [name, NAMED.has(name) ? byName(contents) : contents];
    }),
  );
}

interface Row {
  readonly uuid: string;
  /** What refers to this row shows. */
  readonly label: string | undefined;
  readonly columns: OvsdbRow;
}

function configuredRows(table: OvsdbTable): { name: string; rows: Row[] } {
  const name = (table.caption ?? '').replace(/ table$/, '');
  const rows = ovsdbRows(table).map((row) => {
    const kept = Object.entries(row).filter(([column]) => column !== '_uuid' && !isState(name, column));
    const label = NAMED.has(name) ? (row['name'] as string) : undefined;
    return { uuid: (row['_uuid'] as { uuid: string }).uuid, label, columns: Object.fromEntries(kept) };
  });
  return { name, rows };
}

/** The value with names or contents in the place of references. */
function dereference(value: unknown, rows: ReadonlyMap<string, Row>): unknown {
  if (Array.isArray(value)) return inOrder(value.map((item) => dereference(item, rows)));
  if (value === null || typeof value !== 'object') return value;
  const row = rows.get((value as { uuid?: string }).uuid ?? '');
  if (row?.label !== undefined) return row.label;
  const entries = Object.entries(row?.columns ?? value);
  return Object.fromEntries(entries.map(([key, item]) => [key, dereference(item, rows)]));
}

/** A set has no order; printed, it is in that of random UUIDs. */
const inOrder = (items: readonly unknown[]) =>
  items
    .map((item) => ({ item, text: JSON.stringify(item) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ item }) => item);

const byName = (rows: readonly OvsdbRow[]) =>
  Object.fromEntries(rows.map((row) => [row['name'] as string, row]));

/** Tables in which `name` is an index (ovs: vswitchd/vswitch.ovsschema). */
const NAMED: ReadonlySet<string> = new Set(['Bridge', 'Port', 'Interface']);

/** Columns that ovs-vswitchd(8) fills from what it finds (ovs: vswitchd/vswitch.xml calls them status and statistics). */
const isState = (table: string, column: string) =>
  EVERYWHERE.has(column) || (STATE[table]?.includes(column) ?? false);
const EVERYWHERE: ReadonlySet<string> = new Set(['status', 'statistics', 'is_connected', 'role']);
const STATE: Readonly<Record<string, readonly string[]>> = {
  Open_vSwitch: [
    ...['cur_cfg', 'next_cfg', 'datapath_types', 'iface_types', 'db_version', 'ovs_version'],
    ...['dpdk_initialized', 'dpdk_version', 'system_type', 'system_version', 'datapaths'],
  ],
  Bridge: ['datapath_id', 'datapath_version', 'rstp_status'],
  Port: ['bond_active_slave', 'rstp_statistics', 'rstp_status'],
  Interface: [
    ...[
      'admin_state',
      'link_state',
      'link_speed',
      'link_resets',
      'duplex',
      'mtu',
      'ifindex',
      'mac_in_use',
      'ofport',
    ],
    ...[
      'error',
      'bfd_status',
      'lacp_current',
      'cfm_fault',
      'cfm_fault_status',
      'cfm_flap_count',
      'cfm_health',
    ],
    ...['cfm_remote_mpids', 'cfm_remote_opstate'],
  ],
  Datapath: ['capabilities', 'datapath_version'],
};
