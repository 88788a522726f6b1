// Bonds by traffic: one of two cables fails and the ping goes on; and what becomes of links that join and leave.
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { liveTest } from '../support/live-test.js';
import { patience } from '../support/process.js';
import type { Host } from '../support/sandbox.js';
import { changesSince, snapshot } from '../support/snapshot.js';
import { NIC, stage, TOPOLOGY } from '../support/stage.js';

const MEMBERS = ['m0', 'm1'] as const;
const far = (member: string): string => member.replace('m', 'f');

/** Two cables from here to `other`, which has the far ends as `ends` says. */
const cables = (other: string, ends: object = {}) =>
  Object.fromEntries(
    MEMBERS.map((member) => [member, { peer: { namespace: other, name: far(member), ...ends } }]),
  );

const WATCHED = { 'mii-monitor-interval': 100 };

/** Until it is true; false when that takes too long. */
async function becomes(isTrue: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + 60_000 * patience;
  while (!(await isTrue())) {
    if (Date.now() > end) return false;
    await delay(100);
  }
  return true;
}

/** Pings without end, and fails the cable that most of it leaves by: more answers must come after that. */
async function survives(
  t: ExecutionContext,
  host: Host,
  from: Host,
  to: string,
  fail: (member: string) => string,
) {
  const ping = from.start(['ping', '-n', '-i', '0.2', to]);
  let answers = 0;
  ping.stdout!.on('data', (data: Buffer) => (answers += data.toString().split('bytes from').length - 1));
  t.teardown(() => void process.kill(-ping.pid!, 'SIGKILL'));
  const moreAnswers = (count: number): Promise<boolean> => {
    const enough = answers + count;
    return becomes(() => Promise.resolve(answers >= enough));
  };
  t.true(await moreAnswers(3), 'no answers before');
  const before = await sentBy(host);
  t.true(await moreAnswers(10), 'no answers before');
  const after = await sentBy(host);
  const [busiest] = [...MEMBERS].sort((a, b) => after[b]! - before[b]! - (after[a]! - before[a]!));
  await host.sh(fail(busiest!));
  t.true(await moreAnswers(20), `no answers without ${busiest}`);
}

async function sentBy(host: Host): Promise<Record<string, number>> {
  const links = (await host.ip('-s', 'link', 'show')) as {
    ifname: string;
    stats64: { tx: { packets: number } };
  }[];
  return Object.fromEntries(links.map(({ ifname, stats64 }) => [ifname, stats64.tx.packets]));
}

const farEndDown = (other: string) => (member: string) => `ip -n ${other} link set ${far(member)} down`;

/** Another switch, that knows nothing of bonds. */
const intoSwitch = {
  namespaces: { other: { bridges: { sw: { type: 'linux', addresses: ['10.0.0.2/24', 'fd00::2/64'] } } } },
  veths: cables('other', { bridge: 'sw' }),
};

liveTest(
  'Linux: a bond of active and backup goes on with one member down',
  { needs: ['bond', 'bridge'], timeout: 180 },
  async (t) => {
    const { host, lives } = await stage(t);
    const bonds = {
      b: { mode: 'active-backup', ...WATCHED, interfaces: MEMBERS, addresses: ['10.0.0.1/24', 'fd00::1/64'] },
    };
    await lives({ ...intoSwitch, bonds }, async () => {
      await survives(t, host, host, '10.0.0.2', farEndDown('other'));
    });
  },
);

liveTest(
  'Linux: two bonds that speak LACP go on with one member down',
  { needs: ['bond'], timeout: 300 },
  async (t) => {
    const { host, lives } = await stage(t);
    const bond = (interfaces: readonly string[], n: number) => ({
      b: { mode: '802.3ad', 'lacp-rate': 'fast', interfaces, addresses: [`10.0.0.${n}/24`, `fd00::${n}/64`] },
    });
    const topology = {
      namespaces: { other: { bonds: bond(MEMBERS.map(far), 2) } },
      veths: cables('other'),
      bonds: bond(MEMBERS, 1),
    };
    await lives(topology, async () => {
      t.true(await becomes(async () => (await aggregated(host)) === 2), 'LACP has not agreed on both cables');
      await survives(t, host, host, '10.0.0.2', farEndDown('other'));
    });
  },
);

async function aggregated(host: Host): Promise<number> {
  const [bond] = (await host.ip('link', 'show', 'b')) as {
    linkinfo: { info_data: { ad_info?: { num_ports: number } } };
  }[];
  return bond?.linkinfo.info_data.ad_info?.num_ports ?? 0;
}

for (const datapath of ['netdev', 'system'] as const) {
  const [where, needs] =
    datapath === 'netdev'
      ? (['', ['ovs', 'bridge']] as const)
      : ([', in the kernel’s datapath', ['openvswitch', 'bridge']] as const);
  liveTest(
    `Open vSwitch: a bond of active and backup goes on with one member down${where}`,
    { needs, timeout: 180, again: datapath === 'system' },
    async (t) => {
      const { host, lives } = await stage(t, '', { datapath });
      const topology = {
        ...intoSwitch,
        bridges: { br0: { type: 'ovs', addresses: ['10.0.0.1/24', 'fd00::1/64'] } },
        bonds: { b: { bridge: 'br0', mode: 'active-backup', ...WATCHED, interfaces: MEMBERS } },
      };
      await lives(topology, async () => {
        await survives(t, host, host, '10.0.0.2', farEndDown('other'));
      });
    },
  );

  liveTest(
    `Open vSwitch: two bonds that speak LACP go on with one member down${where}`,
    { needs, timeout: 300 },
    async (t) => {
      const { host, lives } = await stage(t, '', { datapath });
      const bond = (bridge: string, interfaces: readonly string[], lacp: string) => ({
        [`b-${bridge}`]: { bridge, mode: 'balance-tcp', lacp, 'lacp-rate': 'fast', interfaces },
      });
      const end = (namespace: string, n: number) => ({
        namespace,
        name: 'eth0',
        addresses: [`10.0.0.${n}/24`, `fd00::${n}/64`],
      });
      const topology = {
        namespaces: { one: {}, two: {} },
        bridges: { br0: { type: 'ovs' }, br1: { type: 'ovs' } },
        veths: {
          ...cables('host'),
          v0: { bridge: 'br0', peer: end('one', 1) },
          v1: { bridge: 'br1', peer: end('two', 2) },
        },
        bonds: { ...bond('br0', MEMBERS, 'active'), ...bond('br1', MEMBERS.map(far), 'passive') },
      };
      await lives(topology, async () => {
        const fail = (member: string) => `ip link set ${far(member)} down`;
        await survives(t, host, host.netns('one'), '10.0.0.2', fail);
        await host.sh(MEMBERS.map((member) => `ip link set ${far(member)} up`).join('; '));
      });
    },
  );
}

const nicBond = (words: object = {}) => ({
  interfaces: { up0: {} },
  bonds: { b: { mode: 'active-backup', ...WATCHED, mtu: 1400, interfaces: ['up0'], ...words } },
});

liveTest(
  'a NIC that leaves a bond has its state, its MTU and its MAC address back',
  { needs: ['bond'], timeout: 180 },
  async (t) => {
    for (const state of ['up', 'down']) {
      const script = `${NIC}; ip link set up0 ${state} mtu 1450 address 02:00:00:00:00:07`;
      const { host, lives, settles } = await stage(t, script);
      const before = await snapshot(host);
      await lives(nicBond(), async () => {
        const [nic] = (await host.ip('link', 'show', 'up0')) as { master?: string; mtu: number }[];
        t.is(nic?.master, 'b');
        t.is(nic?.mtu, 1400);
        await settles(nicBond({ mtu: 9000, macaddress: '02:00:00:00:00:b0' }));
        await settles({ interfaces: { up0: {} } });
        t.deepEqual(await changesSince(before, host), []);
        await settles(nicBond());
      });
    }
  },
);

liveTest(
  'an address moves from a NIC to the bond that it joins, and back',
  { needs: ['bond'], timeout: 180 },
  async (t) => {
    const { lives, settles, host } = await stage(t, NIC);
    const words = {
      addresses: ['10.0.0.1/24', 'fd00::1/64'],
      routes: [{ to: '10.9.0.0/16', via: '10.0.0.2' }],
      neighbours: [{ to: '10.0.0.3', macaddress: '02:00:00:00:00:03' }],
    };
    const onNic = { interfaces: { up0: words } };
    await lives(onNic, async () => {
      await settles(nicBond(words));
      t.regex(await host.sh('ip route get 10.9.0.1'), /dev b /);
      await settles(onNic);
      t.regex(await host.sh('ip route get 10.9.0.1'), /dev up0 /);
    });
  },
);

liveTest(
  'a link moves between a bridge, a bond of the kernel and one of Open vSwitch',
  { needs: ['bond', 'bridge', 'ovs'], timeout: 300 },
  async (t) => {
    const { lives, settles, plans } = await stage(t, '', {});
    const base = {
      bridges: { br: { type: 'linux' }, sw: { type: 'ovs' } },
      veths: { v: { peer: { name: 'w' } }, x: { peer: { name: 'y' } } },
    };
    const at = (bridge: string | undefined, bonds: object) => ({
      ...base,
      veths: { ...base.veths, v: { ...base.veths.v, ...(bridge === undefined ? {} : { bridge }) } },
      bonds,
    });
    const linux = { b: { mode: 'active-backup', ...WATCHED, interfaces: ['v', 'x'] } };
    const ovs = { b: { bridge: 'sw', mode: 'active-backup', ...WATCHED, interfaces: ['v', 'x'] } };
    const without = { c: { mode: 'active-backup', ...WATCHED, interfaces: ['v'] } };
    const places = [
      at('br', {}),
      at(undefined, linux),
      at('sw', {}),
      at(undefined, ovs),
      at('br', {}),
      at(undefined, ovs),
      at(undefined, linux),
      at(undefined, without),
      at('sw', {}),
      at(undefined, {}),
    ];
    await lives(base, async () => {
      for (const place of places) {
        await settles(place);
        t.deepEqual(await plans(place), []);
      }
      await settles(base);
    });
  },
);

liveTest(
  'a NIC that is found by its MAC address is still found as a member of a bond',
  { needs: ['bond'], timeout: 120 },
  async (t) => {
    const nics = [0, 1]
      .map((n) => `ip link add nic${n} address 02:00:00:00:00:0${n + 1} type veth peer name far${n}`)
      .join('; ');
    const { lives, plans } = await stage(t, nics);
    const topology = {
      interfaces: {
        one: { match: { macaddress: '02:00:00:00:00:01' } },
        two: { match: { macaddress: '02:00:00:00:00:02' } },
      },
      bonds: { b: { mode: 'active-backup', ...WATCHED, interfaces: ['one', 'two'] } },
    };
    await lives(topology, async () => {
      t.deepEqual(await plans(topology), []);
    });
  },
);

liveTest(
  'a bond is a port of a bridge and carries VLANs, and a member that was taken away comes back',
  { needs: ['bond', 'bridge', '8021q', 'vlan-filtering'], timeout: 180 },
  async (t) => {
    const { host, lives, plans, settles } = await stage(t);
    const topology = {
      veths: cables('host'),
      bridges: { br: { type: 'linux' } },
      bonds: {
        b: {
          bridge: 'br',
          trunks: [10, 20],
          mode: 'balance-xor',
          ...WATCHED,
          mtu: 9000,
          interfaces: MEMBERS,
        },
        c: { mode: 'balance-xor', ...WATCHED, mtu: 9000, interfaces: MEMBERS.map(far) },
      },
      vlans: { 'c.10': { link: 'c', id: 10, mtu: 9000, addresses: ['10.0.10.1/24', 'fd10::1/64'] } },
    };
    await lives(topology, async () => {
      await host.sh('ip link set m0 nomaster; ip link set f1 down');
      t.deepEqual((await plans(topology)).sort(), [
        '+ host/port/m0',
        '~ host/link/f1 up',
        '~ host/link/m0 up',
      ]);
      await settles(topology);
    });
  },
);

liveTest(
  'a link that somebody else has put into a bond of ours stays as it is, and is told of when the bond goes',
  { needs: ['bond'], timeout: 120 },
  async (t) => {
    const { host, settles, session } = await stage(t, NIC);
    const topology = {
      veths: { v: { peer: { name: 'w' } } },
      bonds: { b: { mode: 'active-backup', ...WATCHED, interfaces: ['v'] } },
    };
    await settles(topology);
    await host.sh('ip link set up0 down; ip link set up0 master b');
    await settles(topology);
    const [nic] = (await host.ip('link', 'show', 'up0')) as { master?: string }[];
    t.is(nic?.master, 'b');
    const changes = await session.plan({ version: 1, name: TOPOLOGY, veths: topology.veths });
    t.regex(changes.find(({ id }) => id === 'host/bond/b')?.reason ?? '', /leaves up0 without it/);
    await session.destroy(TOPOLOGY);
  },
);
