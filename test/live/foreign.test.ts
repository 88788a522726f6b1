// Foreign things beside ours, some with names and marks close to ours: a topology's whole life leaves every byte of them.
import type { ExecutionContext } from 'ava';
import { groupOf, protocolOf } from '../../src/marks.js';
import { liveTest } from '../support/live-test.js';
import { openSandbox, type Sandbox, type SandboxWishes } from '../support/sandbox.js';
import { Session, type Document } from '../support/session.js';
import { changesSince, diffSnapshots, snapshot } from '../support/snapshot.js';

const NAME = 'lab';
const [GROUP, PROTOCOL] = [groupOf(NAME), protocolOf(NAME)];

/**
 * What others have made. Our name stands in aliases without our group and in a group under another alias, in tables,
 * comments and external_ids; names begin like ours, and ours begin like theirs.
 */
const FOREIGN = `
ip link add nic0 type veth peer name far0; ip link set nic0 up; ip link set far0 up
ip addr add 203.0.113.3/24 dev nic0; ip addr add 203.0.113.4/24 dev nic0; ip addr add 2001:db8:9::3/64 dev nic0 nodad
ip link add fa type veth peer name fb; ip link set fa up; ip link set fb up
ip link set fa alias 'netplan-ovs:${NAME}'; ip link set fb alias 'netplan-ovs:${NAME}2 words'
ip link add fc group ${GROUP} type veth peer name fd group ${GROUP}
ip link set fc alias uplink; ip link set fd alias 'netplan-ovs:la'
ip link add v00 type bridge; ip link set v00 up; ip link set fa master v00
ip link add vx0 type vxlan id 8 local 127.0.0.1 remote 127.0.0.2 dstport 4790; ip link set vx0 up
ip netns add ns; ip netns add ns10; ip netns add foreign
ip -n ns link set lo alias 'netplan-ovs:la'; ip -n ns10 link set lo alias '${NAME}'
ip link add fe type veth peer name eth0 netns foreign; ip -n foreign link set eth0 alias 'netplan-ovs:${NAME}' up
ip -n foreign addr add 192.0.2.66/26 dev eth0
ip addr add 10.9.0.1/24 dev fb; ip addr add fd09::1/64 dev fb nodad
ip route add 198.51.100.0/24 via 203.0.113.9 proto static
ip route add 198.51.100.0/24 via 203.0.113.9 table 100 proto bird
ip route add 198.51.101.0/24 dev fb proto ${PROTOCOL === 254 ? 200 : PROTOCOL + 1} table 100
ip route add blackhole 192.0.2.128/25 proto zebra; ip -6 route add 2001:db8:7::/48 dev fb metric 77 proto static
ip -n foreign route add default via 192.0.2.65 proto static
ip rule add fwmark 7 lookup 100 pref 100; ip -6 rule add from fd09::/64 lookup 100 pref 101
ip neigh add 203.0.113.77 lladdr 02:00:00:00:00:77 dev nic0 nud permanent; ip neigh add proxy 203.0.113.78 dev nic0
bridge fdb add 02:00:00:00:00:07 dev fa master static; bridge fdb append 00:00:00:00:00:00 dev vx0 dst 127.0.0.3
echo 2 >/proc/sys/net/ipv4/conf/fb/rp_filter; ip netns exec foreign sysctl -qw net.ipv4.ip_forward=1
nft -f - <<'NFT'
table ip netplan-ovs-${NAME} { chain c { type nat hook postrouting priority 100; ip saddr 10.0.0.0/8 masquerade comment "netplan-ovs:${NAME}"; }; }
table inet netplan-ovs-${NAME}2 { comment "netplan-ovs:${NAME}"; set s { type ipv4_addr; elements = { 192.0.2.9 }; }; }
table inet ${NAME} { map m { type inet_service : ipv4_addr; }; chain netplan-ovs-${NAME} { }; }
NFT
iptables -t nat -A POSTROUTING -s 10.1.0.0/16 -j MASQUERADE -m comment --comment netplan-ovs:${NAME}
ip6tables -A FORWARD -i v0 -j ACCEPT; iptables -N netplan-ovs-${NAME}
iptables-legacy -A INPUT -s 10.2.0.0/16 -j DROP 2>/dev/null || :
ovs-vsctl add-br ovs00 -- set Bridge ovs00 datapath_type=netdev external_ids:netplan-ovs=${NAME}2 \
  -- add-port ovs00 fc tag=10 -- set Port fc external_ids:netplan-ovs=la -- set Interface fc external_ids:netplan-ovs=la \
  -- add-port ovs00 p0 -- set Interface p0 type=internal external_ids:other=${NAME}
ovs-vsctl add-br ovs1 -- set Bridge ovs1 datapath_type=netdev external_ids:netplan-ovs-name=${NAME} \
  -- add-port ovs1 t0 -- set Interface t0 type=vxlan options:remote_ip=203.0.113.9 options:key=8
ovs-ofctl add-flow ovs1 'priority=7,ip,actions=drop'
`;

/** A topology of ours beside all that, with two of its own: how it begins, and what it becomes. */
const before: Document = {
  version: 1,
  name: NAME,
  interfaces: {
    nic0: {
      mtu: 1450,
      addresses: ['203.0.113.2/24', '2001:db8:9::2/64'],
      neighbours: [{ to: '203.0.113.79', macaddress: '02:00:00:00:00:79' }],
      routes: [
        { to: '198.51.100.128/25', via: '203.0.113.9' },
        { to: '198.51.103.0/24', via: '203.0.113.9', table: 100 },
        { to: '2001:db8:8::/48', via: '2001:db8:9::9' },
      ],
    },
  },
  namespaces: { ns1: { sysctls: { 'net.ipv4.ip_forward': 1 } } },
  bridges: { br0: { type: 'linux', addresses: ['192.0.2.1/26'] }, ovs0: { type: 'ovs' } },
  veths: {
    v0: { bridge: 'br0', peer: { namespace: 'ns1', name: 'eth0', addresses: ['192.0.2.2/26'] } },
    v1: { bridge: 'ovs0', tag: 10, peer: { namespace: 'ns1', name: 'eth1' } },
  },
  tunnels: { vx: { mode: 'vxlan', id: 9, local: '127.0.0.1', remote: '127.0.0.2', port: 4791 } },
  routes: [{ to: '198.51.104.0/24', type: 'blackhole' }],
  nat: [{ masquerade: { source: '192.0.2.0/26', out: 'nic0' } }],
};

const after: Document = {
  version: 1,
  name: NAME,
  interfaces: {
    nic0: { addresses: ['203.0.113.5/24'], routes: [{ to: '198.51.100.128/25', via: '203.0.113.8' }] },
  },
  namespaces: { ns2: {} },
  bridges: { br0: { type: 'ovs', addresses: ['192.0.2.3/26'] }, ovs0: { type: 'linux' } },
  veths: {
    v0: { bridge: 'ovs0', peer: { namespace: 'ns2', name: 'eth0', addresses: ['192.0.2.2/26'] } },
    v2: { bridge: 'br0', tag: 20, peer: { namespace: 'ns2', name: 'eth1' } },
  },
  tunnels: { vx: { mode: 'vxlan', id: 10, bridge: 'br0', remote: '203.0.113.9' } },
  nat: [{ dnat: { in: 'nic0', protocol: 'tcp', port: 8080, to: '192.0.2.2:80' } }],
};

liveTest(
  'foreign things survive apply, change and destroy untouched',
  { needs: ['veth', 'bridge', 'vxlan', 'nat', 'ovs'], timeout: 120 },
  async (t) => {
    const { box, session } = await opened(t);
    await box.sh(FOREIGN);
    const [state, made] = [await snapshot(box), await identities(box)];
    const untouched = async (when: string, ...told: string[]) => {
      const lines = diffSnapshots(state, await snapshot(box)).filter((line) => !isAddition(line));
      t.deepEqual(lines, told, when);
      const still = new Set(await identities(box));
      t.deepEqual(
        made.filter((line) => !still.has(line)),
        [],
        `${when}: made anew`,
      );
    };

    await session.apply(before);
    await untouched('apply', '~ namespaces host links nic0 mtu: 1500 → 1450');
    await session.apply(after);
    await untouched('change');
    await session.apply(before);
    await untouched('change back', '~ namespaces host links nic0 mtu: 1500 → 1450');
    await session.destroy(NAME);
    t.deepEqual(await changesSince(state, box), []);
    await untouched('destroy');

    // Without a record only marks say what is ours; an address of somebody else's link bears none, and the MTU of before is
    // known to nobody.
    await session.apply(after);
    await box.sh('rm -rf /run/netplan-ovs');
    await session.destroy(NAME);
    const left = (await changesSince(state, box)).filter((line) => !line.includes('203.0.113.5'));
    t.deepEqual(left, []);
    await untouched('destroy without a record');
  },
);

/** The row of the whole Open vSwitch names all bridges; these have rows of their own. */
const isAddition = (line: string) => line.startsWith('+ ') || line.startsWith('- ovsdb Open_vSwitch: ');

/** What tells a thing from another one that looks the same: numbers of links, inodes of namespaces, rows, handles; and iptables’ own bytes. */
async function identities(box: Sandbox): Promise<string[]> {
  const text = await box.sh(`
    for ns in ns ns10 foreign; do ip -n $ns -o link | sed "s/^/$ns /; s/ mtu .*//"; done
    ip -o link | sed 's/ mtu .*//; s/^/host /'; stat -c '%n %i' /run/netns/*
    if [ -S "$OVS_RUNDIR/db.sock" ]; then
      for table in Bridge Port Interface Controller; do ovs-vsctl --bare --columns=_uuid list $table; done
    fi
    nft -a -n list ruleset | sed 's/counter packets [0-9]* bytes [0-9]*//'
    iptables-legacy-save 2>/dev/null | sed '/^#/d; s/\\[[0-9:]*\\]//' | sed 's/^/legacy /' || :`);
  return text.split('\n').filter((line) => line.trim() !== '');
}

const veths = (name: string, device: string, bridge: string): Document => ({
  version: 1,
  name,
  interfaces: {
    nic0: {
      addresses: [`203.0.113.${device.charCodeAt(0)}/24`],
      routes: [{ to: `198.51.${device.charCodeAt(0)}.0/24`, via: '203.0.113.9' }],
    },
  },
  namespaces: { [`n${device}`]: {} },
  bridges: { [`b${device}`]: { type: 'linux' }, [`o${device}`]: { type: 'ovs' } },
  veths: {
    [`l${device}`]: { bridge: `b${device}`, peer: { namespace: `n${device}`, name: 'eth0', mtu: 1400 } },
    [`p${device}`]: { bridge: `o${device}`, tag: 10, peer: { namespace: `n${device}`, name: 'eth1' } },
  },
  routes: [{ to: `192.0.2.${device.charCodeAt(0)}/32`, type: 'blackhole' }],
  nat: [{ masquerade: { source: bridge, out: 'nic0' } }],
});

/** Another name whose routes bear the same protocol number: there are but 55 of them. */
const twin = Array.from({ length: 1000 }, (_, i) => `${NAME}-${i}`).find(
  (name) => protocolOf(name) === PROTOCOL,
)!;

for (const [relation, other] of [
  ['a name that begins with ours', `${NAME}2`],
  ['a name that ours begins with', 'la'],
  ['the protocol number of our routes', twin],
] as const) {
  liveTest(
    `two topologies side by side: another with ${relation}`,
    { needs: ['veth', 'bridge', 'nat', 'ovs'], timeout: 120 },
    async (t) => {
      const { box, session } = await opened(t);
      await box.sh(
        'ip link add nic0 type veth peer name far0; ip link set nic0 up; ip link set far0 up; ip addr add 203.0.113.1/24 dev nic0',
      );
      const empty = await snapshot(box);
      const [ours, theirs] = [veths(NAME, 'a', '10.0.0.0/24'), veths(other, 'b', '10.0.1.0/24')];
      await session.apply(theirs);
      const alone = await snapshot(box);
      await session.apply(ours);
      t.deepEqual(await session.plan(theirs), []);
      t.deepEqual(await session.plan(ours), []);
      await session.destroy(NAME);
      t.deepEqual(await changesSince(alone, box), []);
      t.deepEqual(await session.plan(theirs), []);

      await session.apply(ours);
      await session.destroy(other);
      t.deepEqual(await session.plan(ours), []);
      await session.destroy(NAME);
      t.deepEqual(await changesSince(empty, box), []);
    },
  );
}

/** What somebody else has, what a file wants of the same name, and what is said about it. */
const TAKEN: readonly (readonly [thing: string, script: string, wants: object, ...says: RegExp[]])[] = [
  [
    'a link',
    'ip link add v0 type veth peer name v1',
    { veths: { v0: { peer: { name: 'w0' } } } },
    /veth:v0 is there already and was not made by netplan-ovs\n/,
    /list `v0` under `interfaces`/,
  ],
  [
    'a link that a veth’s other end is to be called like',
    'ip link add v1 type bridge',
    { veths: { v0: { peer: { name: 'v1' } } } },
    /is there already and was not made by netplan-ovs \(a link of type bridge\)/,
  ],
  [
    'a Linux bridge',
    'ip link add br0 type bridge',
    { bridges: { br0: { type: 'linux' } } },
    /br0 is there already and was not made by netplan-ovs/,
    /list `br0` under `interfaces`/,
  ],
  [
    'a Linux bridge where one of Open vSwitch is wanted',
    'ip link add br0 type bridge',
    { bridges: { br0: { type: 'ovs' } } },
    /br0 is there already and was not made by netplan-ovs/,
  ],
  [
    'an Open vSwitch bridge',
    'ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev',
    { bridges: { br0: { type: 'ovs' } } },
    /br0 is there already and was not made by netplan-ovs/,
  ],
  [
    'a port of an Open vSwitch bridge',
    `ovs-vsctl add-br other -- set Bridge other datapath_type=netdev
     ovs-vsctl add-port other v0 -- set Interface v0 type=vxlan options:remote_ip=192.0.2.9`,
    {
      bridges: { br0: { type: 'ovs' } },
      tunnels: { v0: { mode: 'gre', bridge: 'br0', remote: '192.0.2.8' } },
    },
    /v0 is there already and was not made by netplan-ovs/,
  ],
  [
    'a namespace',
    'ip netns add ns1',
    { namespaces: { ns1: {} } },
    /ns1 is there already and was not made by netplan-ovs/,
    /from: "path:\/run\/netns\/ns1"/,
  ],
  [
    'a route to the same network by another gateway',
    'ip route add 198.51.100.0/24 via 203.0.113.9 proto static',
    { interfaces: { nic0: { routes: [{ to: '198.51.100.0/24', via: '203.0.113.8' }] } } },
    /198\.51\.100\.0\/24 is there already, was not made by netplan-ovs, and is another: via 203\.0\.113\.9 instead of 203\.0\.113\.8/,
  ],
  [
    'a link of another topology',
    `ip link add v0 group ${groupOf('lab2')} type veth peer name v1; ip link set v0 alias netplan-ovs:lab2`,
    { veths: { v0: { peer: { name: 'w0' } } } },
    /veth:v0 and 1 other thing are there already and belong to topology `lab2`/,
    /netplan-ovs destroy --name lab2/,
  ],
];

for (const [thing, script, wants, ...says] of TAKEN) {
  liveTest(
    `refused before any write: ${thing}`,
    { needs: ['veth', 'bridge', 'ovs'], timeout: 60 },
    async (t) => {
      const { box, session } = await opened(t);
      await box.sh(
        `ip link add nic0 type veth peer name far0; ip link set nic0 up; ip link set far0 up; ip addr add 203.0.113.1/24 dev nic0\n${script}`,
      );
      const state = await snapshot(box);
      const text = JSON.stringify({ version: 1, name: NAME, interfaces: { nic0: {} }, ...wants }, null, 1);
      const request = { argument: '/run/topology.yaml', text, options: { format: 'text' } };
      for (const command of ['plan', 'apply']) {
        const { exitCode, stderr, stdout } = await session.run({ command, ...request });
        t.is(exitCode, 1, stdout);
        for (const words of says) t.regex(stderr, words);
        t.regex(stderr, /topology\.yaml:\d+:\d+/);
      }
      t.deepEqual(await changesSince(state, box), []);
      t.is(await box.sh('cat /run/netplan-ovs/*.json 2>/dev/null || :'), '');
    },
  );
}

/** What somebody hangs on a thing of ours; what destroying it then says; and how it can go after all. */
const HANGING: readonly (readonly [what: string, script: string, says: RegExp, freed: string])[] = [
  [
    'a foreign link in a namespace of ours',
    'ip link add fa type veth peer name fb netns ns1',
    /ns1 is to go, and would take `fb` with it, which netplan-ovs did not make/,
    'ip -n ns1 link set fb netns $$',
  ],
  [
    'a foreign port of an Open vSwitch bridge of ours',
    'ip link add fa type veth peer name fb; ovs-vsctl add-port ovs0 fa tag=7',
    /ovs0 is to go, and would take `fa` with it, which netplan-ovs did not make/,
    'ovs-vsctl del-port fa',
  ],
  [
    'a foreign link upon one of ours',
    'ip link add link br0 name fa type macvlan',
    /br0 is to go, and would take `fa` with it, which netplan-ovs did not make/,
    'ip link del fa',
  ],
  [
    'a foreign link upon one of ours, from another namespace',
    'ip netns add far; ip link add link br0 name fa type macvlan; ip link set fa netns far',
    /br0 is to go, and would take `fa` with it, which netplan-ovs did not make/,
    'ip netns del far',
  ],
];

const small: Document = {
  version: 1,
  name: NAME,
  namespaces: { ns1: {} },
  bridges: { br0: { type: 'linux' }, ovs0: { type: 'ovs' } },
  veths: { v0: { bridge: 'br0', peer: { namespace: 'ns1', name: 'eth0' } } },
};

liveTest('what we had and gave up belongs to whoever makes it next', { needs: ['veth'] }, async (t) => {
  const { box, session } = await opened(t);
  await box.sh('ip link add nic9 type veth peer name far9; ip link set nic9 up; ip link set far9 up');
  const base = { version: 1, name: NAME, namespaces: { ns1: {} } };
  await session.apply({ ...base, interfaces: { nic9: { addresses: ['10.9.9.5/24'] } } });
  await box.sh('ip addr del 10.9.9.5/24 dev nic9');
  await session.apply({ ...base, interfaces: { nic9: {} } }); // finds nothing to do
  await box.sh('ip addr add 10.9.9.5/24 dev nic9');
  t.deepEqual(await session.plan({ ...base, interfaces: { nic9: {} } }), []);
  await session.destroy(NAME);
  const [nic9] = await box.ip('address', 'show', 'nic9');
  t.true(nic9.addr_info.some(({ local }: { local: string }) => local === '10.9.9.5'));
});

for (const [what, script, says, freed] of HANGING) {
  liveTest(
    `nothing foreign goes with ours: ${what}`,
    { needs: ['veth', 'bridge', 'macvlan', 'ovs'], timeout: 60 },
    async (t) => {
      const { box, session } = await opened(t);
      await session.apply(small);
      await box.sh(script);
      t.deepEqual(await session.plan(small), []);
      const state = await snapshot(box);
      const destroy = { command: 'destroy', argument: '', options: { name: NAME, format: 'text' } } as const;
      const { exitCode, stderr, stdout } = await session.run(destroy);
      t.is(exitCode, 1, stdout);
      t.regex(stderr, says);
      t.deepEqual(await changesSince(state, box), []);
      await box.sh(freed);
      await session.destroy(NAME);
      t.is(await box.sh(`ip -o link show group ${GROUP}`), '');
    },
  );
}

liveTest(
  'a foreign port of a Linux bridge of ours is told that it will stand alone, and stays',
  { needs: ['veth', 'bridge', 'ovs'], timeout: 60 },
  async (t) => {
    const { box, session } = await opened(t);
    await box.sh('ip link add fa type veth peer name fb; ip link set fa up; ip addr add 10.9.0.1/24 dev fa');
    const state = await snapshot(box);
    await session.apply(small);
    await box.sh('ip link set fa master br0');
    t.deepEqual(await session.plan(small), []);
    const options = { name: NAME, format: 'text' };
    const { exitCode, stdout, stderr } = await session.run({ command: 'destroy', argument: '', options });
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /- linux-bridge:br0 .*leaves fa without it/s);
    t.deepEqual(await changesSince(state, box), []);
  },
);

async function opened(
  t: ExecutionContext,
  wishes: SandboxWishes = {},
): Promise<{ box: Sandbox; session: Session }> {
  const box = await openSandbox(wishes);
  t.teardown(() => box.close());
  return { box, session: new Session(box) };
}
