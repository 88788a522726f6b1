// Open vSwitch as others leave it: ports without devices, renamed ones, columns that several write, a daemon that is gone.
import type { ExecutionContext } from 'ava';
import { liveTest } from '../support/live-test.js';
import { patience } from '../support/process.js';
import { NIC, stage, TOPOLOGY, type Stage } from '../support/stage.js';

type Datapath = 'netdev' | 'system';

/** The same in the userspace datapath and in the kernel's; `type` is how others say it in `ovs-vsctl`. */
function inBoth(
  title: string,
  script: (datapath: Datapath) => string,
  implementation: (t: ExecutionContext, stage: Stage, datapath: Datapath) => Promise<void>,
  timeout = 120,
): void {
  for (const datapath of ['netdev', 'system'] as const) {
    const where = datapath === 'system' ? ', in the kernel’s datapath' : '';
    const needs = [
      'ovs',
      'veth',
      'htb',
      ...(datapath === 'system' ? (['openvswitch'] as const) : []),
    ] as const;
    liveTest(`${title}${where}`, { needs, timeout, again: datapath === 'system' }, async (t) =>
      implementation(t, await stage(t, script(datapath), { datapath }), datapath),
    );
  }
}
const nothing = () => '';
const topology = {
  namespaces: { ns: {} },
  bridges: { br0: { type: 'ovs', addresses: ['10.0.0.1/24', 'fd00::1/64'] } },
  veths: {
    v: {
      bridge: 'br0',
      tag: 10,
      peer: { namespace: 'ns', name: 'e', addresses: ['10.0.0.2/24', 'fd00::2/64'] },
    },
  },
};

inBoth('a port whose device was deleted is made again', nothing, async (_t, { host, settles, lives }) => {
  await lives(topology, async () => {
    await host.sh('ip link del v');
    await settles(topology);
  });
  await lives(topology, async () => {
    await host.sh('ip -n ns link del e');
  });
});

const rich = {
  bridges: {
    br0: {
      type: 'ovs',
      flows: [{ match: 'in_port=v,ip', actions: 'drop' }],
      mirrors: { m: { 'select-src-port': ['v'], 'output-vlan': 7 } },
    },
  },
  veths: {
    v: {
      bridge: 'br0',
      qos: { type: 'linux-htb', 'max-rate': 1000000, queues: { 1: {} } },
      peer: { name: 'w' },
    },
  },
};

inBoth(
  'what refers to a port whose device was deleted, or that was removed, is made again with it',
  nothing,
  async (_t, { host, settles, lives }) => {
    await lives(rich, async () => {
      await host.sh('ip link del v');
      await settles(rich);
      await host.sh('ovs-vsctl del-port v');
      await settles(rich);
      await settles({ bridges: { br0: { type: 'ovs' } } });
      await settles(rich);
    });
  },
);

inBoth(
  'after a restart of the host, of which OVSDB alone kept something, all is made again',
  nothing,
  async (_t, { host, settles, lives }) => {
    const reboot = async () => {
      await host.sh(
        'ip netns del ns; while ip link show v >/dev/null 2>&1; do sleep 0.1; done; rm -rf /run/netplan-ovs',
      );
    };
    await lives(topology, async () => {
      await reboot();
      await settles(topology);
    });
    await lives(topology, reboot);
  },
);

inBoth(
  'a device that was renamed while it was a port is made again under its name',
  nothing,
  async (t, { host, settles, lives }) => {
    await lives(topology, async () => {
      await host.sh('ip link set v down; ip link set v name other; ip link set other up');
      await settles(topology);
      t.is(await host.sh('ip link show other >/dev/null 2>&1 || echo gone'), 'gone\n');
    });
  },
);

inBoth(
  'Open vSwitch has no bridges, and no ports of its own, inside of namespaces',
  nothing,
  async (_t, { refuses }) => {
    const inside = (words: object) => ({ namespaces: { ns: words } });
    await refuses(
      inside({ bridges: { br0: { type: 'ovs' } } }),
      /has its bridges in the host’s namespace alone/,
    );
    const pair = { v: { peer: { namespace: 'ns', name: 'e', bridge: 'br0' } } };
    await refuses({ ...inside({}), bridges: { br0: { type: 'ovs' } }, veths: pair }, /br0/);
  },
);

inBoth(
  'what others write beside ours into OVSDB stays',
  () => 'ovs-vsctl set Open_vSwitch . external_ids:system-id=theirs other_config:theirs=1',
  async (t, { host, settles, lives }) => {
    const said = (value: string) => ({
      ...topology,
      bridges: {
        br0: {
          ...topology.bridges.br0,
          'external-ids': { ours: value, more: value },
          mirrors: { ours: { 'select-src-port': ['v'], 'output-vlan': Number(value) } },
        },
      },
      veths: {
        v: {
          ...topology.veths.v,
          'external-ids': { ours: value },
          qos: { type: 'linux-htb', 'max-rate': Number(value), queues: { 1: {} } },
        },
      },
    });
    await lives(said('1'), async () => {
      await host.sh(`ovs-vsctl set Bridge br0 external_ids:ovn=theirs -- set Port v external_ids:theirs=1 -- set Interface v external_ids:iface-id=theirs \
      -- add Bridge br0 mirrors @m -- --id=@m create Mirror name=theirs select_all=true \
      -- --id=@q create QoS type=linux-htb external_ids:theirs=1 -- --id=@k create Queue external_ids:theirs=1`);
      await settles(said('2'));
      await settles(topology);
      const kept = await host.sh(
        `ovs-vsctl get Bridge br0 external_ids:ovn -- get Port v external_ids:theirs -- get Interface v external_ids:iface-id \
      -- --columns=name list Mirror -- --columns=external_ids list QoS -- --columns=external_ids list Queue`,
      );
      t.regex(
        kept,
        /^theirs\n"1"\ntheirs\nname +: theirs\n\nexternal_ids +: \{theirs="1"\}\n\nexternal_ids +: \{theirs="1"\}\n$/,
      );
      await host.sh('ovs-vsctl --all destroy QoS -- --all destroy Queue');
    });
  },
);

const THEIRS = (
  datapath: Datapath,
) => `ovs-vsctl add-br br1 -- set Bridge br1 datapath_type=${datapath} -- add-br br00 -- set Bridge br00 datapath_type=${datapath} \\
        -- add-br br0-1 -- set Bridge br0-1 datapath_type=${datapath}
      ovs-vsctl add-br vlan7 br1 7 -- add-port br1 p1 -- set Interface p1 type=internal -- add-port br1 v9 -- set Interface v9 type=internal
      ovs-vsctl set Bridge br00 external_ids:netplan-ovs=${TOPOLOGY}2 -- set Port p1 external_ids:netplan=${TOPOLOGY}`;

inBoth(
  'bridges of others stay, fake ones and near names too',
  THEIRS,
  async (t, { host, lives, plans, refuses }) => {
    await lives(topology, async () => {
      t.deepEqual(await plans(topology), []);
      await host.sh('rm -rf /run/netplan-ovs');
    });
    await refuses({ bridges: { br1: { type: 'ovs' } } }, /ovs-bridge:br1 is there already/);
    await refuses({ bridges: { vlan7: { type: 'ovs' } } }, /vlan7/);
    await refuses(
      { bridges: { br0: { type: 'ovs' } }, veths: { v9: { bridge: 'br0', peer: { name: 'w' } } } },
      /v9/,
    );
  },
);

inBoth(
  'a NIC that is a port of somebody else’s bridge is not taken away from it',
  (datapath) =>
    `${NIC}; ovs-vsctl add-br br1 -- set Bridge br1 datapath_type=${datapath} -- add-port br1 up0`,
  async (_t, { refuses, lives }) => {
    await refuses({ bridges: { br0: { type: 'ovs' } }, interfaces: { up0: { bridge: 'br0' } } }, /up0/);
    await lives({ interfaces: { up0: { mtu: 1400 } } });
  },
);

inBoth(
  'without ovs-vswitchd nothing hangs, and what is left is said',
  () => 'kill -9 $(cat $OVS_RUNDIR/ovs-vswitchd.pid)',
  async (t, { host }) => {
    const text = JSON.stringify({ version: 1, name: TOPOLOGY, bridges: { br0: { type: 'ovs' } } });
    await host.run(['tee', '/run/topology.yaml'], { input: text });
    const words = ['apply', '/run/topology.yaml', '--timeout', String(7 * patience)];
    const { exitCode, stderr } = await host.netplan(words, { allowFailure: true });
    t.true(exitCode === 3 || exitCode === 4, stderr);
    t.regex(stderr, /ovs-vswitchd did not act in time/);
  },
);

inBoth(
  'the MTU of an Open vSwitch bridge is asked of Open vSwitch, and lasts',
  nothing,
  async (t, { host, lives, settles }) => {
    const at = (mtu: number, port: number) => ({
      bridges: { br0: { type: 'ovs', mtu } },
      veths: { v: { bridge: 'br0', mtu: port, peer: { name: 'w', mtu: port } } },
    });
    const becomes = (mtu: number) =>
      host.sh(`until ip -o link show br0 | grep -q ' mtu ${mtu} '; do sleep 0.1; done`);
    await lives(at(1400, 9000), async () => {
      await becomes(1400);
      await settles(at(1300, 1500));
      await becomes(1300);
      t.is(await host.ovs('get', 'Interface', 'br0', 'mtu_request'), '1300');
    });
  },
);
