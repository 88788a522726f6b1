// Whose things are: those of two topologies, of nobody, and with names close to ours.
import { liveTest } from '../support/live-test.js';
import { changesSince, snapshot } from '../support/snapshot.js';
import { NIC, stage, TOPOLOGY } from '../support/stage.js';

/** A topology whose routes bear the same protocol number as the stage's (marks.ts). */
const TWIN = 'twin17';

const UPLINK = `${NIC}; ip address add 10.0.0.1/24 dev up0; ip address add fd00::1/64 dev up0 nodad`;

liveTest(
  'two topologies whose routes bear the same number leave each other’s alone',
  { needs: ['veth'] },
  async (t) => {
    const { host, session, settles, destroys } = await stage(t, UPLINK);
    const before = await snapshot(host);
    const routes = (n: number) => [
      { to: `10.${n}.0.0/16`, via: '10.0.0.9' },
      { to: `fd0${n}::/16`, via: 'fd00::9' },
    ];
    const drops = (n: number) => [
      { to: `10.${n}.7.0/24`, type: 'blackhole' },
      { to: `fd0${n}:7::/32`, type: 'blackhole' },
    ];
    const of = (n: number) => ({ interfaces: { up0: { routes: routes(n) } }, routes: drops(n) });
    const twin = { version: 1, name: TWIN, ...of(2) };
    await session.apply(twin);
    const theirs = await snapshot(host);
    await settles(of(1));
    const found = (await host.ip('route', 'show', 'root', '10.0.0.0/8')) as { protocol: string }[];
    const protocols = new Set(found.map(({ protocol }) => protocol));
    t.is([...protocols].filter((name) => name !== 'kernel').length, 1, 'they do bear the same number');
    t.deepEqual(await session.plan(twin), []);
    await destroys();
    t.deepEqual(await changesSince(theirs, host), []);
    await session.destroy(TWIN);
    t.deepEqual(await changesSince(before, host), []);
  },
);

liveTest(
  'what is removed is known by marks, not by patterns of names',
  { needs: ['veth', 'bridge', 'nat'] },
  async (t) => {
    const like = `${TOPOLOGY}2`;
    const { host, lives } = await stage(
      t,
      `ip netns add ns2; ip netns add ns-1; ip link add name br0x type bridge; ip link add name br00 type bridge
     ip link set br00 alias netplan-ovs:${like}; ip link set br0x alias "not netplan-ovs:${TOPOLOGY}"; ip link add name v1 type veth peer name v2
     ip link add name grp type bridge; ip link set grp group 7; ip link set v1 alias netplan-ovs:
     nft add table inet netplan-ovs-${like}; nft add table ip netplan-ovs-${TOPOLOGY}; nft add table inet netplan-ovs
     nft add chain inet netplan-ovs-${like} c; mkdir -p /run/netplan-ovs; ip netns add ${TOPOLOGY}`,
    );
    await lives(
      {
        namespaces: { ns: {}, 'ns-': {} },
        bridges: { br0: { type: 'linux' } },
        veths: { v: { bridge: 'br0', peer: { namespace: 'ns', name: 'v1' } } },
        nat: [{ masquerade: { out: 'br0' } }],
      },
      async () => {
        // Not even without the record.
        await host.sh(`rm -rf /run/netplan-ovs`);
      },
    );
  },
);

liveTest(
  'names that foreign things hold are refused with the holder',
  { needs: ['veth', 'bridge', 'nat'] },
  async (t) => {
    const { refuses } = await stage(
      t,
      `ip netns add ns; ip link add name br0 type bridge; ip link add name v type veth peer name w; ip netns add o; ip -n o link add name e type bridge
     nft add table inet netplan-ovs-${TOPOLOGY}; nft add chain inet netplan-ovs-${TOPOLOGY} theirs`,
    );
    await refuses(
      { namespaces: { ns: {} } },
      /namespace:ns is there already and was not made by netplan-ovs/,
    );
    await refuses({ bridges: { br0: { type: 'linux' } } }, /linux-bridge:br0 is there already/);
    await refuses(
      { bridges: { v: { type: 'linux' } } },
      /linux-bridge:v is there already.*a link of type veth/,
    );
    await refuses(
      { veths: { br0: { peer: { name: 'x' } } } },
      /veth:br0 is there already.*a link of type bridge/,
    );
    await refuses({ veths: { x: { peer: { name: 'w' } } } }, /is there already.*a link of type veth/);
    const found = { namespaces: { o: { from: 'path:/run/netns/o' } } };
    await refuses(
      { ...found, veths: { x: { peer: { namespace: 'o', name: 'e' } } } },
      /is there already.*a link of type bridge/,
    );
    await refuses(
      { bridges: { b: { type: 'linux' } }, nat: [{ masquerade: { out: 'b' } }] },
      /nat.* is there already/,
    );
  },
);

/** An `ip` that kills the program as soon as it has written anything. */
const KILLING = `#!/bin/sh
PATH=\${PATH#*:}
case " $* " in *" -json "*) exec ip "$@" ;; esac
ip "$@"; kill -9 $PPID
`;

liveTest('a namespace that a run made, and was killed before it marked it, stays ours', {}, async (t) => {
  const { host, plans, settles, destroys } = await stage(t, 'mkdir /run/bin');
  const before = await snapshot(host);
  const topology = { namespaces: { a: {} } };
  await host.run(['tee', '/run/bin/ip'], { input: KILLING });
  const PATH = `/run/bin:${(await host.sh('chmod +x /run/bin/ip; echo "$PATH"')).trim()}`;
  const input = JSON.stringify({ version: 1, name: TOPOLOGY, ...topology });
  await host.netplan(['apply', '-', '--yes'], { input, env: { PATH }, allowFailure: true });
  t.is((await host.sh('ip -n a -j link show lo')).includes('netplan-ovs'), false);
  t.deepEqual(await plans(topology), ['~ a/link/lo up']);
  await settles(topology);
  await settles(topology);
  await destroys();
  t.deepEqual(await changesSince(before, host), []);
});
