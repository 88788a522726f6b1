// What stands in the way of putting back a part of what was there does not keep the rest from being put back.
import { lab, needs, until } from '../support/lab-host.js';
import { liveTest } from '../support/live-test.js';
import { changesSince, snapshot } from '../support/snapshot.js';

liveTest(
  'what somebody has come to stand on stays, all else of a run that fails is undone',
  { needs: [...needs, 'macvlan'], timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    const bare = await snapshot(cli.box);
    const env = await cli.withIp(
      '[ "$calls" != 2 ] || { env PATH="${PATH#*:}" ip link add link br0 name theirs type macvlan; echo no >&2; exit 2; }',
    );
    const { stderr } = await cli.exits(4, ['apply', 'first.yaml'], { env });
    t.regex(
      stderr,
      /Not all of it can be undone:\n.*linux-bridge:br0 is to go, and would take `theirs` with it[^]*it lacks:\n {2}- linux-bridge:br0\n/,
    );
    t.deepEqual((await cli.links()).sort(), ['br0', 'lo', 'theirs']);
    t.deepEqual(await cli.box.ip('netns'), []);

    // Who asks for it again is told the same; when it is gone, the rest follows.
    t.regex((await cli.exits(1, ['rollback'])).stderr, /would take `theirs` with it/);
    await cli.box.sh('ip link del theirs');
    await cli.exits(0, ['rollback']);
    t.deepEqual(await changesSince(bare, cli.box), []);
  },
);

liveTest(
  'a pair whose other end nobody can find again is not made again, all else is',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    await cli.exits(0, ['apply', 'first.yaml']);
    await cli.box.sh('ip netns exec ns1 sleep 600 >/dev/null 2>&1 & sleep 0.3; ip netns del ns1');
    const env = await cli.withIp('[ "$calls" != 2 ] || { echo no >&2; exit 2; }');
    const { stderr } = await cli.exits(4, ['apply', 'second.yaml'], { env });
    t.regex(stderr, /veth:v1 cannot be: its other end was in a namespace that has no name/);
    t.regex(await cli.box.sh('ip -br addr show br0'), /10\.0\.0\.1\/24/);
    await cli.exits(0, ['apply', 'second.yaml']);
    await cli.exits(0, ['plan', 'second.yaml', '--detailed-exitcode']);
  },
);

const adopting = (mtu: number, address: string): string => `version: 1
name: lab
bridges: {br0: {type: linux, addresses: [${address}/24]}}
interfaces: {up0: {mtu: ${mtu}}}
`;

liveTest(
  'a change that nobody confirms is reverted but for the NIC that has gone',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    await cli.box.sh('ip link add up0 type veth peer name far');
    await cli.write('/run/first.yaml', adopting(1400, '10.0.0.1'));
    await cli.write('/run/second.yaml', adopting(1300, '10.0.9.1'));
    await cli.exits(0, ['apply', 'first.yaml']);
    await cli.exits(0, ['apply', 'second.yaml', '--confirm', '8s', '--allow-disruption']);
    await cli.box.sh('ip link del up0');
    await until(cli, 'ip -br addr show br0 | grep -q 10.0.0.1');
    const { stderr } = await cli.exits(1, ['rollback', '--wait', '60s']);
    t.regex(stderr, /there is no link `up0`/);
    await cli.box.sh('ip link add up0 type veth peer name far');
    await cli.exits(0, ['rollback', '--wait', '60s']);
    t.regex(await cli.box.sh('ip link show up0'), /mtu 1400/);
  },
);

liveTest(
  'what was in a container that has ended is not put back, all else is',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    const pid = (await cli.box.sh('unshare --net sleep 600 >/dev/null 2>&1 & sleep 0.3; echo $!')).trim();
    const inside = (address: string): string => `version: 1
name: lab
namespaces: {box: {from: "pid:${pid}"}}
bridges: {br0: {type: linux, addresses: [${address}/24]}}
veths: {v1: {bridge: br0, peer: {namespace: box, name: e, addresses: [10.0.0.2/24]}}}
`;
    await cli.write('/run/first.yaml', inside('10.0.0.1'));
    await cli.write('/run/second.yaml', inside('10.0.9.1'));
    await cli.exits(0, ['apply', 'first.yaml']);
    await cli.exits(0, ['apply', 'second.yaml']);
    await cli.box.sh(`kill ${pid}; while ip link show v1 >/dev/null 2>&1; do sleep 0.1; done`);
    const { stderr } = await cli.exits(4, ['rollback']);
    t.regex(stderr, /the namespace `box` is not there: no \/proc\/\d+\/ns\/net[^]*All else can be put back:/);
    t.regex(await cli.box.sh('ip -br addr show br0'), /10\.0\.0\.1\/24/);
  },
);
