// Links and their namespaces, as others create, move and delete them: what peers of this program stumbled over.
import { liveTest } from '../support/live-test.js';
import { patience } from '../support/process.js';
import { changesSince, snapshot } from '../support/snapshot.js';
import { NIC, stage, TOPOLOGY } from '../support/stage.js';

const pair = (words: object = {}, peer: object = {}) => ({
  namespaces: { ns: {} },
  veths: { v: { ...words, peer: { namespace: 'ns', name: 'e', ...peer } } },
});

liveTest('a name has 15 bytes, not characters, and is never shortened', { needs: ['bridge'] }, async (t) => {
  const { lives, refuses } = await stage(t);
  const bridges = (...names: string[]) => ({
    bridges: Object.fromEntries(names.map((name) => [name, { type: 'linux' }])),
  });
  await lives(bridges('a'.repeat(15), `${'a'.repeat(14)}b`, 'ö'.repeat(7), '日本語日本'));
  await refuses(bridges('a'.repeat(16)), /has 16 bytes, and 15 is the most/);
  await refuses(bridges('ö'.repeat(8)), /has 16 bytes, and 15 is the most/);
  await refuses(bridges('verylongname0001', 'verylongname0002'), /verylongname0001[^]*verylongname0002/);
  // Name and namespace of a topology are no part of any name in the kernel.
  const name = `a${'.long-name'.repeat(3)}`;
  const { session } = await stage(t);
  await session.apply({ version: 1, name, ...pair() });
  t.deepEqual(await session.plan({ version: 1, name, ...pair() }), []);
});

liveTest(
  'a link is made in its namespace, whatever its name means elsewhere',
  { needs: ['veth', 'bridge'] },
  async (t) => {
    const { host, lives } = await stage(
      t,
      'ip link add name eth0 type bridge; ip link set eth0 up; ip netns add o; ip -n o link add name e type bridge',
    );
    const both = (name: string, at: string, n: number) => ({
      peer: { namespace: at, name, addresses: [`10.0.${n}.1/24`, `fd0${n}::1/64`] },
    });
    await lives(
      {
        namespaces: { a: {}, b: {}, c: { veths: { eth0: both('eth0', 'd', 4) } }, d: {} },
        veths: { v: both('eth0', 'a', 1), w: both('eth0', 'b', 2), e: both('e', 'a', 3) },
      },
      async () => {
        const [link] = (await host.ip('link', 'show', 'eth0')) as { linkinfo: { info_kind: string } }[];
        t.is(link?.linkinfo.info_kind, 'bridge');
      },
    );
  },
);

liveTest('where the other end’s name is taken, that name is told', { needs: ['veth'] }, async (t) => {
  const { refuses } = await stage(t, NIC);
  const taken = /error: `far`, the other end of veth:a0, is there already and was not made by netplan-ovs/;
  await refuses({ veths: { a0: { peer: { name: 'far' } } } }, taken);
});

liveTest(
  'ends of pairs are found although their indexes are the same in many namespaces',
  { needs: ['veth'] },
  async (t) => {
    const { host, lives, plans } = await stage(t);
    const names = ['a', 'b', 'c', 'd'];
    const ring = Object.fromEntries(
      names.map((name, i) => [
        name,
        {
          veths: {
            x: {
              peer: { namespace: names[(i + 1) % names.length], name: 'y', addresses: [`10.0.${i}.1/24`] },
            },
          },
        },
      ]),
    );
    await lives({ namespaces: ring }, async () => {
      const indexes = await Promise.all(
        names.map(
          async (name) =>
            (await host.netns(name).sh('cat /sys/class/net/*/ifindex || ip -o link | cut -d: -f1')).split(
              '\n',
            ).length,
        ),
      );
      t.is(new Set(indexes).size, 1);
    });
    t.is(
      (await plans({ namespaces: ring })).some((line) => line.startsWith('±')),
      false,
    );
  },
);

liveTest(
  'a pair with an end in a namespace without a name is no drift, and may be adopted',
  { needs: ['veth'] },
  async (t) => {
    const away = `${NIC}; unshare -n sleep 600 >/dev/null 2>&1 & sleep 0.3; ip link set far netns $!; ip link set up0 up`;
    const { lives, plans } = await stage(t, away);
    const topology = { interfaces: { up0: { addresses: ['10.0.0.1/24', 'fd00::1/64'] } } };
    await lives(topology, async () => {
      t.deepEqual(await plans(topology), []);
    });
  },
);

liveTest(
  'an end that was deleted has taken the other with it: destroy finds nothing, apply makes it again',
  { needs: ['veth'] },
  async (t) => {
    const { host, lives, settles } = await stage(t);
    const topology = pair({ addresses: ['10.0.0.1/24'] }, { addresses: ['10.0.0.2/24', 'fd00::2/64'] });
    await lives(topology, async () => {
      await host.sh('ip -n ns link del e');
    });
    await lives(topology, async () => {
      await host.sh('ip link del v');
      await settles(topology);
    });
  },
);

liveTest(
  'a namespace that was deleted, with processes in it or not, is made again and leaves nothing',
  { needs: ['veth'] },
  async (t) => {
    const { host, lives, settles } = await stage(t);
    const topology = pair({ addresses: ['10.0.0.1/24'] }, { addresses: ['10.0.0.2/24', 'fd00::2/64'] });
    await lives(topology, async () => {
      await host.sh('ip netns del ns');
    });
    await lives(topology, async () => {
      await host.sh('ip netns del ns');
      await settles(topology);
    });
    const kept = 'ip netns exec ns sleep 600 >/dev/null 2>&1 & sleep 0.3; ip netns del ns';
    await lives(topology, async () => {
      await host.sh(kept);
    });
    await lives(topology, async () => {
      await host.sh(kept);
      await settles(topology);
    });
  },
);

liveTest(
  'a namespace of ours with a link of somebody else’s in it is not deleted',
  { needs: ['veth'] },
  async (t) => {
    const { host, session, settles, destroys } = await stage(t, NIC);
    await settles(pair());
    await host.sh('ip link set up0 netns ns');
    const before = await snapshot(host);
    const outcome = await session.run({
      command: 'destroy',
      argument: '',
      options: { name: TOPOLOGY, format: 'text' },
    });
    t.is(outcome.exitCode, 1);
    t.regex(outcome.stderr, /would take `up0` with it, which netplan-ovs did not make/);
    t.deepEqual(await changesSince(before, host), []);
    await host.sh('ip -n ns link set up0 netns $$');
    await destroys();
  },
);

liveTest('names below /run/netns that are no namespace disturb nobody', { needs: ['veth'] }, async (t) => {
  const { host, session, settles, apply, destroys } = await stage(
    t,
    'touch /run/netns/stale; ln -s /proc/999999/ns/net /run/netns/dangling; mkdir /run/netns/folder',
  );
  await settles(pair());
  t.is((await session.run({ command: 'show', argument: '', options: { format: 'text' } })).exitCode, 0);
  await destroys();
  const { exitCode, stderr } = await apply({ namespaces: { stale: {} } });
  t.is(exitCode, 3, stderr);
  t.regex(
    stderr,
    /Cannot create namespace file "\/run\/netns\/stale": File exists[^]*The host is as it was before/,
  );
  t.is(await host.sh('ls /run/netns'), 'dangling\nfolder\nstale\n');
});

liveTest('a process that ended, and came back with another namespace', { needs: ['veth'] }, async (t) => {
  const { host, settles, plans, refuses, destroys } = await stage(t);
  const start = async () =>
    Number((await host.sh('unshare -n sleep 600 >/dev/null 2>&1 & sleep 0.3; echo $!')).trim());
  const at = (pid: number) => ({
    namespaces: { box: { from: `pid:${pid}` } },
    veths: { v: { peer: { namespace: 'box', name: 'e', addresses: ['10.0.0.2/24', 'fd00::2/64'] } } },
  });
  const first = await start();
  await settles(at(first));
  const second = await start();
  await host.sh(`kill ${first}; while ip link show v >/dev/null 2>&1; do sleep 0.1; done`);
  t.true((await plans(at(second))).includes('+ host/veth/v'));
  await settles(at(second));
  await destroys();
  await refuses(at(first), /the namespace `box` is not there: no \/proc\/\d+\/ns\/net/);
});

liveTest('lo is up in a new namespace, and IPv4 and IPv6 answer on it', {}, async (t) => {
  const { host, lives } = await stage(t);
  await lives({ namespaces: { ns: {} } }, async () => {
    await host.netns('ns').sh(`ping -c 1 -W ${2 * patience} 127.0.0.1; ping -c 1 -W ${2 * patience} ::1`);
  });
});

liveTest('run inside of a namespace, the host is that namespace', { needs: ['bridge'] }, async (t) => {
  const { host } = await stage(t, 'ip netns add inner');
  const text = `version: 1\nname: ${TOPOLOGY}\nbridges: {b: {type: linux, addresses: [10.0.0.1/24, "fd00::1/64"]}}\n`;
  const before = await snapshot(host);
  await host.run(['tee', '/run/topology.yaml'], { input: text });
  await host.netns('inner').netplan(['apply', '/run/topology.yaml']);
  t.is(
    (await host.netns('inner').netplan(['plan', '/run/topology.yaml', '--detailed-exitcode'])).exitCode,
    0,
  );
  t.regex(
    (await changesSince(before, host)).join('\n'),
    /^\+ namespaces inner (?:(?!namespaces host links)[^])*$/,
  );
  await host.netns('inner').netplan(['destroy', '/run/topology.yaml']);
  t.deepEqual(await changesSince(before, host), []);
});

liveTest('a namespace of several names is one namespace', { needs: ['veth'] }, async (t) => {
  const { host, lives, refuses } = await stage(
    t,
    'ip netns add one; touch /run/netns/two /run/three; mount --bind /run/netns/one /run/netns/two; mount --bind /run/netns/one /run/three',
  );
  const found = { from: 'path:/run/three' };
  const peer = { namespace: 'box', name: 'e', addresses: ['10.0.0.2/24', 'fd00::2/64'] };
  await lives({ namespaces: { box: found }, veths: { v: { peer } } }, async () => {
    t.is(((await host.netns('two').ip('address', 'show', 'e')) as unknown[]).length, 1);
  });
  await refuses(
    { namespaces: { box: found, other: { from: 'path:/run/netns/two' } }, veths: { v: { peer } } },
    /`other` and `box` are one and the same namespace/,
  );
  await refuses(
    { namespaces: { self: { from: 'path:/proc/self/ns/net' } } },
    /`self` and `host` are one and the same/,
  );
});

liveTest('a VLAN is as its line says, whatever its link does', { needs: ['bridge', '8021q'] }, async (t) => {
  const { settles, lives } = await stage(t);
  const both = (bridge: boolean, vlan: boolean) => ({
    bridges: { b: { type: 'linux', up: bridge } },
    vlans: { 'b.10': { link: 'b', id: 10, up: vlan, addresses: ['10.0.0.1/24', 'fd00::1/64'] } },
  });
  await lives(both(false, false), async () => {
    await settles(both(true, false)); // the kernel takes the VLAN up with the bridge
    await settles(both(true, true));
    await settles(both(false, false)); // and down
    await settles(both(true, true));
  });
});
