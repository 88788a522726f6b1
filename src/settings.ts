// What a run takes from its surroundings rather than from the topology: environment in, settings out.

export interface Settings {
  /** `--ovs-db`: where OVSDB answers (`unix:/…`, `tcp:…`); null for the socket in `ovsRundir`. */
  readonly ovsDb: string | null;
  readonly ovsRundir: string;
  /** The datapath of OVS bridges that do not say one. */
  readonly ovsDatapath: 'system' | 'netdev';
  /** How long one process of a tool may take, in ms. */
  readonly timeoutMs: number;
  /** How long to wait for another run that holds the lock, in ms. */
  readonly lockWaitMs: number;
  /** Where records and the lock are kept. */
  readonly stateDir: string;
  /** Users, by their numbers, who alone may be able to write a file that is applied; null: anybody. */
  readonly fileOwners: readonly number[] | null;
  /** True in a rehearsal, where what `match` seeks is stood in for by a link that is called after the entry. */
  readonly standIns: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `OVS_RUNDIR` is OVS's own variable; in a sandbox Open vSwitch has no kernel datapath unless it is told otherwise. */
export const settingsFrom = (env: Environment, given: Partial<Settings> = {}): Settings => ({
  ovsDb: null,
  ovsRundir: env['OVS_RUNDIR'] ?? '/var/run/openvswitch',
  ovsDatapath: datapathOf(env),
  timeoutMs: 60_000,
  lockWaitMs: 0,
  stateDir: '/run/netplan-ovs',
  fileOwners: ownersFor(env),
  standIns: env['NETPLAN_OVS_REHEARSAL'] !== undefined && env['NETPLAN_OVS_SANDBOX'] !== undefined,
  ...given,
});

/** Root's, and those of who has become root by sudo. In a sandbox nothing of the host can be written. */
function ownersFor(env: Environment): Settings['fileOwners'] {
  if (process.geteuid?.() !== 0 || env['NETPLAN_OVS_SANDBOX'] !== undefined) return null;
  return [0, ...(/^\d+$/.test(env['SUDO_UID'] ?? '') ? [Number(env['SUDO_UID'])] : [])];
}

function datapathOf(env: Environment): Settings['ovsDatapath'] {
  if (env['NETPLAN_OVS_DATAPATH'] === 'system') return 'system';
  return env['NETPLAN_OVS_SANDBOX'] === undefined && env['NETPLAN_OVS_DATAPATH'] !== 'netdev'
    ? 'system'
    : 'netdev';
}
