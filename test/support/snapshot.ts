// The whole state of a throw-away host: a host in, comparable plain data out.

import { setTimeout as delay } from 'node:timers/promises';
import { differences } from './difference.js';
import { namespaceStates, type NamespaceReading, type NamespaceState } from './namespace-state.js';
import { ovsdbState, type OvsdbTable } from './ovsdb.js';
import { patience } from './process.js';
import type { Host, Sandbox } from './sandbox.js';

/** The state of a host. */
export interface Snapshot {
  /** Its network namespaces by name; its own is `host`. */
  readonly namespaces: Readonly<Record<string, NamespaceState>>;
  /** Rows of the Open vSwitch database by table; empty when no Open vSwitch runs. */
  readonly ovsdb: Readonly<Record<string, unknown>>;
  /** OpenFlow flows by OVS bridge. */
  readonly flows: Readonly<Record<string, readonly string[]>>;
}

export interface SnapshotScope {
  /** Sysctls to read besides the usual ones: paths below /proc/sys/net, with wildcards if need be. */
  readonly sysctls?: readonly string[];
  /** Namespaces to read besides those in /run/netns, by the names they get in the snapshot. */
  readonly also?: Readonly<Record<string, Host>>;
}

/** Reads everything that a topology could have changed on a host. */
export async function snapshot(host: Sandbox, scope: SnapshotScope = {}): Promise<Snapshot> {
  const names = lines(await host.sh('ls /run/netns'));
  const named = Object.fromEntries(names.map((name) => [name, host.netns(name)]));
  const hosts = Object.entries({ host, ...named, ...scope.also });
  const [ovs, ...readings] = await Promise.all([
    readOvs(host),
    ...hosts.map(async ([name, each]) => [name, await readNamespace(each, scope.sysctls ?? [])] as const),
  ]);
  return { namespaces: namespaceStates(Object.fromEntries(readings)), ...ovs };
}

/** What differs between two snapshots, a line each; none when they are the same. */
export function diffSnapshots(before: Snapshot, after: Snapshot): string[] {
  return differences(before, after);
}

/**
 * What has changed on a host since a snapshot, a line each. Gives the kernel time to end what it does in the
 * background (it removes the links of a deleted namespace after `ip netns del` has returned). `isExpected` are left out.
 */
export async function changesSince(
  before: Snapshot,
  host: Sandbox,
  scope: SnapshotScope = {},
  isExpected: (line: string) => boolean = () => false,
): Promise<string[]> {
  const end = Date.now() + 10_000 * patience;
  for (;;) {
    const changes = diffSnapshots(before, await snapshot(host, scope)).filter((line) => !isExpected(line));
    if (changes.length === 0 || Date.now() > end) return changes;
    await delay(50);
  }
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

/** Between the answers of the tools that one script asks. */
const SEPARATOR = '\x1e';

const SYSCTLS = [
  'ipv4/ip_forward',
  'ipv4/conf/*/forwarding',
  'ipv4/conf/*/rp_filter',
  'ipv6/conf/*/disable_ipv6',
  'ipv6/conf/*/accept_ra',
  'ipv6/conf/*/forwarding',
];

/** Its arguments are patterns of sysctl files. */
const READ_NAMESPACE = String.raw`
next() { printf '\036'; }
if_there() { ! command -v "$1" >/dev/null || "$@"; }
ip -j -d addr show; next
ip -j -d route show table all; next
ip -j -d rule show; next
ip -j -d -6 rule show; next
ip -j neigh show nud permanent; next
ip -j neigh show proxy; next
ip -j netns list-id; next
bridge -j vlan show; next
bridge -j fdb show; next
if_there nft -j list ruleset; next
if_there iptables-save; if_there ip6tables-save; next
cd /proc/sys/net; grep -s '' $* /dev/null || : # not every interface has every family
`;

async function readNamespace(host: Host, sysctls: readonly string[]): Promise<NamespaceReading> {
  const { stdout } = await host.run(['sh', '-e', '-c', READ_NAMESPACE, 'sh', ...SYSCTLS, ...sysctls]);
  const [addresses, routes, rules, rules6, neighbours, proxies, ids, vlans, fdb, nft, iptables, values] =
    stdout.split(SEPARATOR);
  const parse = (text: string | undefined) => JSON.parse(text?.trim() || '[]');
  return {
    links: parse(addresses),
    routes: parse(routes),
    rules: [...parse(rules), ...parse(rules6).map((rule: object) => ({ family: 'inet6', ...rule }))],
    neighbours: [...parse(neighbours), ...parse(proxies)],
    namespaceIds: parse(ids),
    vlans: parse(vlans),
    fdb: parse(fdb),
    nft: parse(nft).nftables ?? [],
    iptables: lines(iptables ?? ''),
    sysctls: lines(values ?? '').map((line) => line.split(/:(.*)/s, 2) as [string, string]),
  };
}

const READ_OVS = String.raw`
[ -S "$OVS_RUNDIR/db.sock" ] || exit 0
ovsdb-client --timeout=50 --format=json dump "unix:$OVS_RUNDIR/db.sock" Open_vSwitch
ovs-vsctl --timeout=50 list-br | while read -r bridge; do
  [ "$(ovs-vsctl br-to-parent "$bridge")" = "$bridge" ] || continue # a VLAN of another bridge
  printf '\036%s\n' "$bridge"
  ovs-ofctl -O OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14,OpenFlow15 --names --no-stats dump-flows "$bridge"
done
`;

async function readOvs(host: Sandbox): Promise<Pick<Snapshot, 'ovsdb' | 'flows'>> {
  const [tables = '', ...bridges] = (await host.sh(READ_OVS)).split(SEPARATOR);
  const flows = bridges
    .map((text) => lines(text))
    .map(([name = '', ...flow]) => [name, flow.sort()] as const);
  return {
    ovsdb: ovsdbState(lines(tables).map((line) => JSON.parse(line) as OvsdbTable)),
    flows: Object.fromEntries(flows),
  };
}
