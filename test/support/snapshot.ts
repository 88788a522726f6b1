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
export async function snapshot(
  host: Sandbox,
  { sysctls = [], also = {} }: SnapshotScope = {},
): Promise<Snapshot> {
  const reading = ['sh', '-e', '-c', READ_NAMESPACE, 'sh', ...SYSCTLS, ...sysctls];
  const [whole, ...others] = await Promise.all([
    host.run(['sh', '-e', '-c', READ_HOST, ...reading]),
    ...Object.values(also).map((each) => each.run(reading)),
  ]);
  const [namespaces = '', ovs = ''] = whole.stdout.split(OVS);
  const named = namespaces
    .split(NAMESPACE)
    .slice(1)
    .map((answers) => answers.split(/\n(.*)/s, 2) as [string, string]);
  const all = [...named, ...Object.keys(also).map((name, i) => [name, others[i]!.stdout] as const)];
  const readings = all.map(([name, answers]) => [name, readingOf(answers)] as const);
  return { namespaces: namespaceStates(Object.fromEntries(readings)), ...ovsStateOf(ovs) };
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

/** Before each namespace's name and answers; between answers; before those of Open vSwitch. */
const [NAMESPACE, ANSWER, OVS] = ['\x1d', '\x1e', '\x1c'];

const SYSCTLS = [
  'ipv4/ip_forward',
  'ipv4/conf/*/forwarding',
  'ipv4/conf/*/rp_filter',
  'ipv6/conf/*/disable_ipv6',
  'ipv6/conf/*/accept_ra',
  'ipv6/conf/*/forwarding',
];

/**
 * Its arguments are patterns of sysctl files. It starts as few processes as it can, because each takes 0.05 s on an emulated
 * processor. Where nft shows no table, iptables has none but old ones, of which the kernel has a list.
 */
const READ_NAMESPACE = String.raw`
next() { printf '\036'; }
if_there() { ! command -v "$1" >/dev/null || "$@"; }
has_rules() {
  case $1 in '' | *'"table"'*) return 0 ;; esac
  for list in /proc/net/ip_tables_names /proc/net/ip6_tables_names; do
    [ ! -e $list ] || ! read -r _ <$list || return 0
  done
  return 1
}
ip -j -d -batch - <<'EOF'
addr show
route show table all
rule show
neigh show nud permanent
neigh show proxy
netns list-id
EOF
ip -6 -j -d rule show; next
bridge -j -batch - <<'EOF'
vlan show
fdb show
EOF
next
rules=$(if_there nft -j list ruleset)
printf '%s' "$rules"; next
! has_rules "$rules" || { if_there iptables-save; if_there ip6tables-save; }
next
cd /proc/sys/net; grep -s '' $* /dev/null || : # not every interface has every family
`;

/** Its arguments are the command that reads a namespace. */
const READ_HOST = String.raw`
printf '\035host\n'
"$0" "$@"
cd /run/netns
for netns in *; do
  [ -e "$netns" ] || continue # there is none
  printf '\035%s\n' "$netns"
  nsenter --net="$netns" -- "$0" "$@"
done
printf '\034'
[ -S "$OVS_RUNDIR/db.sock" ] || exit 0
ovsdb-client --timeout=50 --format=json dump "unix:$OVS_RUNDIR/db.sock" Open_vSwitch
ovs-vsctl --timeout=50 list-br | while read -r bridge; do
  [ "$(ovs-vsctl br-to-parent "$bridge")" = "$bridge" ] || continue # a VLAN of another bridge
  printf '\036%s\n' "$bridge"
  ovs-ofctl -O OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14,OpenFlow15 --names --no-stats dump-flows "$bridge"
done
`;

function readingOf(answers: string): NamespaceReading {
  const [ip = '', bridge = '', nft = '', iptables = '', sysctls = ''] = answers.split(ANSWER);
  // An array a line.
  const [links, routes, rules, neighbours, proxies, ids, rules6] = lines(ip).map((line) => JSON.parse(line));
  const [vlans, fdb] = lines(bridge).map((line) => JSON.parse(line));
  return {
    links,
    routes,
    rules: [...rules, ...rules6.map((rule: object) => ({ family: 'inet6', ...rule }))],
    neighbours: [...neighbours, ...proxies],
    namespaceIds: ids,
    vlans,
    fdb,
    nft: JSON.parse(nft.trim() || '{}').nftables ?? [],
    iptables: lines(iptables),
    sysctls: lines(sysctls).map((line) => line.split(/:(.*)/s, 2) as [string, string]),
  };
}

function ovsStateOf(answers: string): Pick<Snapshot, 'ovsdb' | 'flows'> {
  const [tables = '', ...bridges] = answers.split(ANSWER);
  const flows = bridges
    .map((text) => lines(text))
    .map(([name = '', ...flow]) => [name, flow.sort()] as const);
  return {
    ovsdb: ovsdbState(lines(tables).map((line) => JSON.parse(line) as OvsdbTable)),
    flows: Object.fromEntries(flows),
  };
}
