// What others have on a link that our change takes down: it is told beforehand, stays wherever it can, and is lost to no roll-back.
import { liveTest } from '../support/live-test.js';
import { NIC, stage, TOPOLOGY, type Stage } from '../support/stage.js';
import type { Document } from '../support/session.js';
import { changesSince, snapshot } from '../support/snapshot.js';

/** All that a change of the link could take along, with all the words that tell one from another. */
const OTHERS = `${NIC}
ip addr add 10.0.0.1/24 brd + dev up0; ip addr add 10.0.0.2/24 dev up0 label up0:x valid_lft 50000 preferred_lft 40000
ip addr add 10.5.0.1 peer 10.6.0.1/32 dev up0 scope link
ip addr add fd00::1/64 dev up0 nodad; ip addr add fd00::2 peer fd00::3 dev up0 nodad metric 77
ip addr add fd00::4/64 dev up0 nodad noprefixroute
ip route add default via 10.0.0.9 proto dhcp src 10.0.0.2 metric 100
ip route add 10.9.0.0/16 via 10.0.0.9 proto bird mtu 1400 advmss 1300 initcwnd 10 rto_min 300ms congctl reno
ip route add 10.10.0.0/16 dev up0 proto zebra metric 7 table 100; ip route add 10.11.0.1 via 10.99.0.1 dev up0 onlink
ip route add 10.12.0.0/16 nexthop via 10.0.0.8 dev up0 weight 3 nexthop via 10.0.0.9 dev up0
ip -6 route add fd01::/64 via fd00::9 proto static pref high hoplimit 5; ip -6 route add fd02::/64 dev up0 metric 9
ip neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev up0 nud permanent; ip neigh add proxy 10.0.0.78 dev up0`;

/** Applied with a check that cannot come true: all is done, and all is undone. */
async function fails({ session }: Stage, topology: Document): Promise<string> {
  const checks = [{ 'no-ping': { from: 'host', to: '127.0.0.1' } }];
  const text = JSON.stringify({ version: 1, name: TOPOLOGY, ...topology, checks });
  const options = { format: 'text', within: '1s' };
  const asked = { command: 'apply', argument: '/run/topology.yaml', text, options };
  const { exitCode, stdout, stderr } = await session.run(asked);
  if (exitCode !== 6) throw new Error(`apply ended with ${exitCode}: ${stdout}${stderr}`);
  return stdout;
}

liveTest('a link that is taken down: what goes with it comes again', { needs: ['veth'] }, async (t) => {
  const scene = await stage(t, OTHERS);
  const before = await snapshot(scene.host);
  const down = { interfaces: { up0: { up: false } } };
  const changes = await scene.session.plan({ version: 1, name: TOPOLOGY, ...down });
  const [reason = ''] = changes.map((change) => change.reason);
  t.regex(reason, /^ends of others until this is undone: address up0\/fd00::\w, .*route \S+, .* more$/);
  await fails(scene, down);
  t.deepEqual(await changesSince(before, scene.host), []);
  await scene.settles(down);
  t.not((await changesSince(before, scene.host)).length, 0);
  await scene.settles(down);
  await scene.settles({ interfaces: { up0: {} } });
  t.deepEqual(await changesSince(before, scene.host), []);
  await scene.lives(down);
});

liveTest(
  'what its owner has made again, or what has no link any more, is not made again',
  { needs: ['veth'] },
  async (t) => {
    const scene = await stage(
      t,
      `${NIC}; ip addr add 10.0.0.1/24 dev up0; ip route add 10.9.0.0/16 via 10.0.0.9`,
    );
    await scene.settles({ interfaces: { up0: { up: false } } });
    await scene.host.sh('ip route add unreachable 10.9.0.0/16');
    await scene.destroys();
    t.regex(await scene.host.sh('ip route show 10.9.0.0/16'), /^unreachable 10\.9\.0\.0\/16\s*$/);
    await scene.host.sh('ip route del unreachable 10.9.0.0/16; ip route add 10.9.0.0/16 via 10.0.0.9');
    await scene.settles({ interfaces: { up0: { up: false } } });
    await scene.host.sh('ip link del up0');
    await scene.destroys();
    t.is(await scene.host.sh('ip route show 10.9.0.0/16'), '');
  },
);

liveTest('a link of ours that is made anew keeps the routes of others', { needs: ['veth'] }, async (t) => {
  const scene = await stage(t);
  const topology = (queues: object) => ({
    namespaces: { ns1: {}, ns2: {} },
    veths: { v0: { addresses: ['10.0.0.1/24'], peer: { name: 'eth0', ...queues } } },
  });
  await scene.settles(topology({ namespace: 'ns1' }));
  await scene.host.sh('ip route add 10.9.0.0/16 via 10.0.0.9 proto bird metric 5');
  const routes = (): Promise<string> => scene.host.sh('ip route show proto bird');
  const before = await routes();
  await scene.settles(topology({ namespace: 'ns2' }));
  t.is(await routes(), before);
});

/** What others see of a link, whatever it has joined; of the routes, those of the given tables. */
async function seen({ host }: Stage, tables: readonly string[]): Promise<string> {
  const routes = tables.flatMap((table) =>
    ['-4', '-6'].map((family) => `ip ${family} route show table ${table} | grep -v 'proto kernel' || :`),
  );
  const lines = [
    'ip -4 addr show up0; ip -6 addr show up0 scope global; ip neigh show dev up0 nud permanent; ip neigh show proxy dev up0',
    ...routes,
  ];
  const texts = await Promise.all(lines.map((line) => host.sh(line)));
  return texts.join('').replace(/^\d+: up0@.*|valid_lft .*/gm, '');
}

liveTest('a link that joins a bond keeps what others have on it', { needs: ['bond'] }, async (t) => {
  const scene = await stage(t, OTHERS);
  const [before, there] = [await snapshot(scene.host), await seen(scene, ['main', '100'])];
  const bonds = { b0: { mode: 'active-backup', interfaces: ['up0'] } };
  const topology = { interfaces: { up0: {} }, bonds };
  t.regex(await fails(scene, topology), /route:main\/default\/metric 100 .*not ours: made again as it was/s);
  t.deepEqual(await changesSince(before, scene.host), []);
  await scene.settles(topology);
  t.is(await seen(scene, ['main', '100']), there);
  await scene.destroys();
  t.deepEqual(await changesSince(before, scene.host), []);
});

liveTest(
  'a link that joins a VRF keeps what others have on it, but for routes of other tables, which come again',
  { needs: ['vrf'] },
  async (t) => {
    const scene = await stage(t, `${OTHERS}; ip route add 10.13.0.0/16 via 10.0.0.9 table 10 proto bird`);
    const [before, there] = [await snapshot(scene.host), await seen(scene, ['10'])];
    const topology = { interfaces: { up0: {} }, vrfs: { red: { table: 10, interfaces: ['up0'] } } };
    t.regex(await fails(scene, topology), /vrf-port:up0 .*ends of others until this is undone: route/s);
    t.deepEqual(await changesSince(before, scene.host), []);
    await scene.settles(topology);
    t.is(await seen(scene, ['10']), there);
    t.is(await scene.host.sh('ip route show default'), '');
    await scene.destroys();
    t.deepEqual(await changesSince(before, scene.host), []);
  },
);
