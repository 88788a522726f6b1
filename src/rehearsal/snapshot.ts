// What the tools say of a host in; lines that are the same as long as nothing that a topology can change has changed out.

/**
 * Asks about every named network namespace and the host's own, one answer a line behind the namespace's name. It runs in the
 * host; nothing is ever inserted into it. IPv6 link-local addresses come by themselves some time after a link is up.
 */
export const SNAPSHOT_SCRIPT = String.raw`
one='
echo == ip
ip -j -d -batch - <<EOF
address show
route show table all
rule show
neighbour show nud permanent
neighbour show proxy
EOF
ip -j -6 rule show
echo == fdb
bridge fdb show state static
echo == nft
! command -v nft >/dev/null || nft -s list ruleset
echo == sysctl
cd /proc/sys/net && grep -rs "" ipv4 ipv6 bridge
'
echo = host
sh -c "$one"
cd /run/netns
for netns in *; do
  [ -e "$netns" ] || continue
  echo "= $netns"
  nsenter --net="$netns" -- sh -c "$one"
done
echo = host
echo == ovsdb
if [ -S "$OVS_RUNDIR/db.sock" ]; then
  ovs-vsctl --timeout=50 --format=json \
    -- list Bridge -- list Port -- list Interface -- list Mirror -- list Controller -- list Manager -- list QoS -- list Queue
  ovs-vsctl --timeout=50 --columns=bridges,external_ids,other_config list Open_vSwitch
fi
exit 0
`;

/** What the script asks of `ip` in each namespace, in its order. */
const ASKED = ['link', 'route', 'rule', 'neighbour', 'neighbour', 'rule6'];

/** The script's output as lines, each behind its namespace and what was asked, without what changes by itself. */
export function snapshotOf(output: string): readonly string[] {
  const lines: string[] = [];
  let [place, part, answers] = ['', '', 0];
  for (const line of output.split('\n').filter((one) => one !== '')) {
    const [, mark, name = ''] = /^(==?) (.*)$/.exec(line) ?? [];
    if (mark === '=') [place, part, answers] = [name, '', 0];
    else if (mark === '==') part = name;
    else if (part !== 'ip') lines.push(`${place} ${part} ${line}`);
    else lines.push(...entriesOf(line).map((entry) => `${place} ${ASKED[answers]} ${entry}`));
    if (part === 'ip' && mark === undefined) answers += 1;
  }
  return lines.filter((line) => !CHANCE.test(line)).sort();
}

/** What the kernel chooses by chance as a namespace begins. */
const CHANCE = / sysctl ipv6\/conf\/[^/]*\/stable_secret:/;

/** An answer of `ip`, an array, as lines. */
const entriesOf = (line: string): string[] =>
  (JSON.parse(line) as object[]).filter((entry) => !comesByItself(entry)).map(stable);

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
