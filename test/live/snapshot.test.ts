// The snapshot of a throw-away host: it shows every kind of change, and is the same again when the change is undone.
import { changesSince, diffSnapshots, snapshot } from '../support/snapshot.js';
import { liveTest } from '../support/live-test.js';
import { openSandbox } from '../support/sandbox.js';

liveTest('two snapshots of an idle host are the same', { needs: ['ovs'] }, async (t) => {
  const box = await openSandbox();
  t.teardown(() => box.close());
  await box.sh(`
    ip netns add blue; ip link add v0 type veth peer name eth0 netns blue; ip link set v0 up
    ip -n blue addr add 192.0.2.1/24 dev eth0; ip -n blue link set eth0 up
    ip link add br0 type bridge; ip link set v0 master br0; ip link set br0 up
    ovs-vsctl add-br ovs0 -- set Bridge ovs0 datapath_type=netdev
    nft add table inet other; iptables -A INPUT -s 192.0.2.7 -j DROP`);
  const before = await snapshot(box);
  t.deepEqual(await changesSince(before, box), []);
});

/** A change, its undoing, and the lines that a comparison prints. */
const CHANGES: readonly (readonly [does: string, undo: string, ...shows: readonly RegExp[]])[] = [
  ['ip link set v0 mtu 1400', 'ip link set v0 mtu 1500', /^~ namespaces host links v0 mtu: 1500 → 1400$/],
  ['ip link set v0 alias "a b"', 'ip link set v0 alias ""', /^\+ namespaces host links v0 ifalias: "a b"$/],
  ['ip link add x0 type bridge', 'ip link del x0', /^\+ namespaces host links x0: /],
  [
    'ip addr add 192.0.2.9/24 dev v0',
    'ip addr del 192.0.2.9/24 dev v0',
    /^\+ namespaces host links v0 addr_info: .*192\.0\.2\.9/,
  ],
  [
    'ip route add blackhole 203.0.113.0/24 table 77',
    'ip route del blackhole 203.0.113.0/24 table 77',
    /^\+ namespaces host routes: .*"table":"77"/,
  ],
  [
    'ip -6 route add blackhole 2001:db8::/64',
    'ip -6 route del blackhole 2001:db8::/64',
    /^\+ namespaces host routes: .*2001:db8::/,
  ],
  [
    'ip rule add from 192.0.2.0/24 table 77',
    'ip rule del from 192.0.2.0/24 table 77',
    /^\+ namespaces host rules: /,
  ],
  [
    'ip -6 rule add from 2001:db8::/64 table 77',
    'ip -6 rule del from 2001:db8::/64 table 77',
    /^\+ namespaces host rules: .*inet6/,
  ],
  [
    'ip neigh add 192.0.2.8 lladdr 02:00:00:00:00:08 dev v0',
    'ip neigh del 192.0.2.8 dev v0',
    /^\+ namespaces host neighbours: /,
  ],
  [
    'ip neigh add proxy 192.0.2.6 dev v0',
    'ip neigh del proxy 192.0.2.6 dev v0',
    /^\+ namespaces host neighbours: /,
  ],
  [
    'bridge fdb add 02:00:00:00:00:07 dev v0 master static',
    'bridge fdb del 02:00:00:00:00:07 dev v0 master',
    /^\+ namespaces host fdb: /,
  ],
  [
    'ip -n blue link set eth0 name eth1',
    'ip -n blue link set eth1 name eth0',
    /^- namespaces blue links eth0/,
  ],
  ['ip netns add red', 'ip netns del red', /^\+ namespaces red: /],
  ['nft add table ip x', 'nft delete table ip x', /^\+ namespaces host nft: .*"name":"x"/],
  [
    'iptables -A INPUT -j DROP',
    'iptables -D INPUT -j DROP',
    /^\+ namespaces host iptables: "-A INPUT -j DROP"$/,
  ],
  [
    'sysctl -qw net.ipv4.ip_forward=1',
    'sysctl -qw net.ipv4.ip_forward=0',
    /^~ namespaces host sysctls ipv4\/ip_forward: "0" → "1"$/,
  ],
  [
    'sysctl -qw net.ipv4.conf.v0.arp_ignore=2',
    'sysctl -qw net.ipv4.conf.v0.arp_ignore=0',
    /^~ .* ipv4\/conf\/v0\/arp_ignore: "0" → "2"$/,
  ],
];

liveTest('a snapshot shows every kind of change of a kernel', {}, async (t) => {
  const box = await openSandbox({ ovs: false });
  t.teardown(() => box.close());
  await box.sh(`
    ip netns add blue; ip link add v0 type veth peer name eth0 netns blue
    ip link add br0 type bridge; ip link set v0 master br0; iptables -A INPUT -s 192.0.2.7 -j DROP`);
  const scope = { sysctls: ['ipv4/conf/*/arp_ignore'] };
  const before = await snapshot(box, scope);
  for (const [change, undo, ...expected] of CHANGES) {
    await box.sh(change);
    const shown = diffSnapshots(before, await snapshot(box, scope));
    for (const line of expected)
      t.true(
        shown.some((each) => line.test(each)),
        `${change}: ${shown.join('\n')}`,
      );
    await box.sh(undo);
    t.deepEqual(await changesSince(before, box, scope), [], undo);
  }
});

liveTest('a snapshot shows every kind of change of Open vSwitch', { needs: ['ovs'] }, async (t) => {
  const box = await openSandbox();
  t.teardown(() => box.close());
  await box.ovs(
    'add-br',
    'br0',
    '--',
    'set',
    'Bridge',
    'br0',
    'datapath_type=netdev',
    '--',
    'add-port',
    'br0',
    'p0',
    '--',
    'set',
    'Interface',
    'p0',
    'type=internal',
  );
  const before = await snapshot(box);
  for (const [change, undo, line] of [
    ['ovs-vsctl set Port p0 tag=10', 'ovs-vsctl clear Port p0 tag', /^~ ovsdb Port p0 tag: \[\] → 10$/],
    [
      'ovs-vsctl set Bridge br0 external_ids:a=b',
      'ovs-vsctl clear Bridge br0 external_ids',
      /^\+ ovsdb Bridge br0 external_ids a: "b"$/,
    ],
    [
      'ovs-vsctl -- --id=@m create Mirror name=m -- set Bridge br0 mirrors=@m',
      'ovs-vsctl clear Bridge br0 mirrors',
      /^\+ ovsdb Mirror: /,
    ],
    [
      'ovs-vsctl set-controller br0 tcp:127.0.0.1:1',
      'ovs-vsctl del-controller br0',
      /^~ ovsdb Bridge br0 controller: \[\] → .*tcp:127/,
    ],
    ['ovs-vsctl create QoS type=linux-htb', 'ovs-vsctl --all destroy QoS', /^\+ ovsdb QoS: /],
    [
      'ovs-ofctl add-flow br0 priority=7,actions=drop',
      'ovs-ofctl --strict del-flows br0 priority=7',
      /^\+ flows br0: .*priority=7/,
    ],
    [
      'ovs-vsctl add-br br1 -- set Bridge br1 datapath_type=netdev',
      'ovs-vsctl del-br br1',
      /^\+ ovsdb Bridge br1: /,
    ],
  ] as const) {
    await box.sh(change);
    const shown = diffSnapshots(before, await snapshot(box));
    t.true(
      shown.some((each) => line.test(each)),
      `${change}: ${shown.join('\n')}`,
    );
    await box.sh(undo);
    t.deepEqual(await changesSince(before, box), [], undo);
  }
});
