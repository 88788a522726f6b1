// What the tools say of a host in; lines that are the same as long as nothing that a topology can change has changed out.

/**
 * Asks about every named network namespace and the host's own, one answer a line behind the namespace's name. It runs in the
 * host; nothing is ever inserted into it. IPv6 link-local addresses come by themselves some time after a link is up.
 */
export const SNAPSHOT_SCRIPT = String.raw`
each() {
  ns=$1; shift
  "$@" ip -j -d address show | sed "s|^|$ns link |"
  "$@" ip -j -d route show table all | sed "s|^|$ns route |"
  "$@" ip -j -d -6 route show table all | sed "s|^|$ns route6 |"
  "$@" ip -j rule show | sed "s|^|$ns rule |"
  "$@" ip -j -6 rule show | sed "s|^|$ns rule6 |"
  "$@" ip -j neighbour show nud permanent | sed "s|^|$ns neighbour |"
  "$@" bridge fdb show state static | sed "s|^|$ns fdb |"
  "$@" ip -j neighbour show proxy | sed "s|^|$ns neighbour |"
  ! command -v nft >/dev/null || "$@" nft -s list ruleset | sed "s|^|$ns nft |"
  "$@" sh -c 'cd /proc/sys/net && grep -rs "" ipv4 ipv6 bridge' | grep -v '^ipv6/conf/[^/]*/stable_secret' | sed "s|^|$ns sysctl |"
}
each host env
for ns in $(ls /run/netns); do each "$ns" ip netns exec "$ns"; done
if [ -S "$OVS_RUNDIR/db.sock" ]; then
  for table in Bridge Port Interface Mirror Controller Manager QoS Queue; do
    ovs-vsctl --timeout=50 --format=json --columns=_uuid list "$table" | sed "s|^|ovsdb $table |"
  done
  ovs-vsctl --timeout=50 --columns=bridges,external_ids,other_config list Open_vSwitch | sed 's|^|ovsdb |'
fi
exit 0
`;

/** The script's output as lines, without what changes by itself. */
export function snapshotOf(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [, head = '', json] = /^(\S+ (?:link|route6?|rule6?|neighbour)) (\[.*)$/.exec(line) ?? [];
      if (json === undefined) return [line];
      return (JSON.parse(json) as object[])
        .filter((entry) => !comesByItself(entry))
        .map((entry) => `${head} ${stable(entry)}`);
    })
    .sort();
}

/** What is in one snapshot and not in the other, a line each: `-` is gone, `+` is new. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [was, is] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !is.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !was.has(line)).map((line) => `+ ${line}`),
  ];
}

/**
 * Routes that the kernel makes of an IPv6 address once nobody else has been found to have it; the rule for VRFs, which it
 * makes with the first one of a namespace and keeps (vrf_add_fib_rules).
 */
function comesByItself(entry: { dst?: string; protocol?: string; dev?: string }): boolean {
  if ('l3mdev' in entry) return true;
  return entry.protocol === 'kernel' && entry.dst?.includes(':') === true;
}

const stable = (entry: object): string =>
  JSON.stringify(entry, (key, value: unknown) => {
    if (VOLATILE.has(key)) return undefined;
    if (key === 'addr_info' && Array.isArray(value))
      return (value as { scope?: string }[]).filter(({ scope }) => scope !== 'link');
    return value;
  });

/** Carrier and queues depend on the other end, life times and timers on the clock, the number of the other end's namespace on who asked. */
const VOLATILE = new Set([
  'operstate',
  'flags',
  'qdisc',
  'link_netnsid',
  'valid_life_time',
  'preferred_life_time',
  'tentative',
  'expires',
]);
