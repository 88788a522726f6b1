// Flows as others meet them: foreign ones beside ours, changed by hand, lost with ovs-vswitchd, of a file that has forgotten them.
import { cookieOf } from '../../src/marks.js';
import { liveTest } from '../support/live-test.js';
import { stage, TOPOLOGY } from '../support/stage.js';

const needs = ['ovs', 'veth'] as const;

const topology = (...flows: object[]) => ({
  namespaces: { a: {}, b: {} },
  bridges: { br0: { type: 'ovs', flows } },
  veths: {
    'v-a': { bridge: 'br0', peer: { namespace: 'a', name: 'eth0', addresses: ['10.0.0.1/24'] } },
    'v-b': { bridge: 'br0', peer: { namespace: 'b', name: 'eth0', addresses: ['10.0.0.2/24'] } },
  },
});
const DROP = { priority: 7, match: 'in_port=v-a,icmp', actions: 'drop' };
const ID = 'host/flow/br0/table=0,priority=7,in_port=v-a,icmp';

liveTest('a flow decides whether a ping comes through', { needs, timeout: 120 }, async (t) => {
  const { host, settles } = await stage(t, '', {});
  const reaches = async (): Promise<boolean> => {
    const ping = ['ping', '-c', '3', '-i', '0.2', '-W', '2', '10.0.0.2'];
    return (await host.netns('a').run(ping, { allowFailure: true })).exitCode === 0;
  };
  await settles(topology());
  t.true(await reaches());
  await settles(topology(DROP));
  t.false(await reaches());
  await settles(topology({ ...DROP, actions: 'output:v-b' }));
  t.true(await reaches());
  await settles(topology({ ...DROP, actions: 'output:LOCAL' }));
  t.false(await reaches());
  await settles(topology());
  t.true(await reaches());
});

liveTest(
  'flows of others stay, and ours go even after the record is lost',
  { needs, timeout: 120 },
  async (t) => {
    const { host, settles, plans, lives } = await stage(t, '', {});
    const theirs = [
      'cookie=0x5,priority=9,udp',
      'cookie=0x0,priority=8,ip',
      'cookie=0x6e706f7600000001,priority=6',
    ];
    const shown = async (): Promise<string> => host.sh('ovs-ofctl --no-stats --names dump-flows br0');
    await lives(topology(DROP, { match: 'arp', actions: 'NORMAL' }), async () => {
      for (const flow of theirs) await host.run(['ovs-ofctl', 'add-flow', 'br0', `${flow},actions=flood`]);
      t.deepEqual(await plans(topology(DROP, { match: 'arp', actions: 'NORMAL' })), []);
      t.true((await shown()).includes(cookieOf(TOPOLOGY)));
      await host.sh('rm -rf /run/netplan-ovs');
      await settles(topology());
      const left = await shown();
      t.false(left.includes(cookieOf(TOPOLOGY)), left);
      for (const word of ['priority=9,udp', 'priority=8,ip', 'cookie=0x6e706f7600000001'])
        t.true(left.includes(word), left);
    });
  },
);

liveTest(
  'a flow of somebody else’s in the place of ours is not overwritten',
  { needs, timeout: 120 },
  async (t) => {
    const { host, settles, refuses } = await stage(t, '', {});
    await settles(topology());
    await host.sh('ovs-ofctl add-flow br0 priority=7,icmp,in_port=v-a,actions=flood');
    await refuses(topology(DROP), /flow:br0\/table=0,priority=7,in_port=v-a,icmp is there already/);
  },
);

liveTest('a flow that somebody changed or removed is put right', { needs, timeout: 120 }, async (t) => {
  const { host, settles, plans } = await stage(t, '', {});
  const said = topology(DROP);
  await settles(said);
  await host.sh('ovs-ofctl mod-flows br0 icmp,actions=flood');
  t.deepEqual(await plans(said), [`~ ${ID} actions`]);
  await settles(said);
  await host.sh('ovs-ofctl del-flows br0 icmp');
  t.deepEqual(await plans(said), [`+ ${ID}`]);
  await settles(said);
  await host.sh(`ovs-ofctl add-flow br0 cookie=${cookieOf(TOPOLOGY)},priority=70,icmp,actions=flood`);
  t.deepEqual(await plans(said), ['- host/flow/br0/table=0,priority=70,icmp']);
  await settles(said);
});

liveTest(
  'when ovs-vswitchd was restarted, the next plan brings the flows back',
  { needs, timeout: 180 },
  async (t) => {
    const { host, settles, plans } = await stage(t, '', {});
    const said = topology(DROP);
    await settles(said);
    await host.sh(`pid=$(cat $OVS_RUNDIR/ovs-vswitchd.pid); kill $pid; while kill -0 $pid 2>/dev/null; do sleep 0.1; done
    ovs-vswitchd --verbose=console:off --no-chdir --detach --log-file --pidfile --disable-system unix:$OVS_RUNDIR/db.sock`);
    t.true((await plans(said)).includes(`+ ${ID}`));
    await settles(said);
    t.regex(await host.sh('ovs-ofctl --names dump-flows br0'), /icmp,in_port="?v-a"? actions=drop/);
  },
);

liveTest(
  'a bridge that cannot be asked for flows stops nobody who has none on it',
  { needs, timeout: 120 },
  async (t) => {
    const { host, settles, destroys } = await stage(t, '', {});
    const bridges = { br0: { type: 'ovs', datapath: 'netdev', protocols: ['OpenFlow15'] } };
    await settles({ bridges });
    await host.sh('rm -rf /run/netplan-ovs');
    await settles({ bridges });
    await host.sh('rm -rf /run/netplan-ovs');
    await destroys();
    t.is(await host.ovs('list-br'), '');
  },
);

liveTest('the same flow in other words is the same flow', { needs, timeout: 120 }, async (t) => {
  const { settles, plans, refuses } = await stage(t, '', {});
  const spelt = (match: string) => topology({ table: 2, match, actions: 'load:5->NXM_NX_REG1[],output:v-b' });
  await settles(spelt('tcp_dst=80,tcp,nw_dst=10.0.0.7/24'));
  t.deepEqual(
    await plans(spelt('eth_type=0x800, ip_proto=6, nw_dst=10.0.0.0/255.255.255.0, tp_dst=0x50')),
    [],
  );
  await refuses(
    topology({ match: 'tcp,tcp_dst=80', actions: 'drop' }, { match: 'tcp,tp_dst=80', actions: 'drop' }),
    /is the same flow as/,
  );
});

liveTest(
  'what ovs-ofctl does not take is said before the first write',
  { needs, timeout: 120 },
  async (t) => {
    const { refuses } = await stage(t, '', {});
    await refuses(
      topology({ match: 'ip,nw_dst=nowhere', actions: 'drop' }),
      /topology\.yaml:\d+.*nw_dst|nowhere/,
    );
    await refuses(topology({ match: 'ip', actions: 'fly' }), /fly/);
    await refuses(topology({ match: 'nw_dst=10.0.0.1', actions: 'drop' }), /without the protocol/);
  },
);
