// What stands in the way of putting back a part of what was there does not keep the rest from being put back.
import { Cli } from '../support/cli.js';
import { killing, lab, needs, until } from '../support/lab-host.js';
import { liveTest } from '../support/live-test.js';
import { changesSince, snapshot } from '../support/snapshot.js';

liveTest(
  'names that somebody has taken stay theirs, all else is put back, and the rest when they are free',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    await cli.exits(0, ['apply', 'first.yaml']);
    const first = await snapshot(cli.box);
    await cli.exits(0, ['destroy', '--name', 'lab']);
    await cli.box.sh('ip link add v1 type veth peer name theirs');
    const { stderr, stdout } = await cli.exits(4, ['rollback']);
    t.regex(
      stderr,
      /veth:v1 is there already and was not made by netplan-ovs[^]*All else can be put back:\n/,
    );
    t.regex(stdout, /\+ linux-bridge:br0/);
    t.deepEqual((await cli.links()).sort(), ['br0', 'lo', 'theirs', 'v1']);
    t.deepEqual(await cli.box.ip('netns'), [{ name: 'ns1' }]);
    t.regex((await cli.exits(1, ['rollback'])).stderr, /veth:v1 is there already/);
    await cli.box.sh('ip link del v1');
    await cli.exits(0, ['rollback']);
    t.deepEqual(await changesSince(first, cli.box), []);
  },
);

liveTest(
  'where something that has to go holds what is somebody else’s, nothing is undone until that is gone',
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
      /Not all of it can be undone:\n.*linux-bridge:br0 is to go, and would take `theirs` with it/,
    );
    t.regex((await cli.exits(1, ['rollback'])).stderr, /would take `theirs` with it/);
    await cli.box.sh('ip link del theirs');
    await cli.exits(0, ['rollback']);
    t.deepEqual(await changesSince(bare, cli.box), []);
  },
);

liveTest(
  'a destroy is undone, and an undoing that fails leaves no namespace behind',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    await cli.exits(0, ['apply', 'first.yaml']);
    const first = await snapshot(cli.box);
    await cli.exits(0, ['destroy', '--name', 'lab']);
    const bare = await snapshot(cli.box);
    const env = await cli.withIp(
      '[ "$calls" != 1 ] || { env PATH="${PATH#*:}" ip "$@"; echo no >&2; exit 2; }',
    );
    await cli.exits(3, ['rollback'], { env });
    t.deepEqual(await changesSince(bare, cli.box), []);
    await cli.exits(0, ['rollback']);
    t.deepEqual(await changesSince(first, cli.box), []);
    await cli.exits(0, ['plan', 'first.yaml', '--detailed-exitcode']);
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
    await until(cli, 'grep -q \'"trial":null\' /run/netplan-ovs/lab.journal');
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

const nics = (mtu: number, other: string): string => `version: 1
name: lab
interfaces: {up0: {mtu: ${mtu}}${other}}
`;

liveTest(
  'what is put back is remembered, though not all can be: it has its own values again in the end',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    await cli.box.sh('ip link add up1 type veth peer name far1; ip link set up1 up');
    await cli.write('/run/first.yaml', nics(1400, ', up1: {mtu: 1450, addresses: [10.0.0.1/24]}'));
    await cli.write('/run/second.yaml', nics(1300, ''));
    const NIC = 'ip link add up0 type veth peer name far';
    for (const ending of ['apply', 'destroy']) {
      await cli.box.sh(NIC);
      await cli.exits(0, ['apply', 'first.yaml']);
      await cli.exits(0, ['apply', 'second.yaml']);
      await cli.box.sh('ip link del up0');
      await cli.exits(4, ['rollback']);
      t.regex(await cli.box.sh('ip addr show up1'), /mtu 1450[^]*10\.0\.0\.1\/24/);
      if (ending === 'apply') await cli.box.sh(NIC);
      await cli.exits(0, [ending, 'second.yaml']);
      t.regex(await cli.box.sh('ip addr show up1'), /mtu 1500/);
      t.notRegex(await cli.box.sh('ip addr show up1'), /10\.0\.0\.1/);
      if (ending === 'apply') await cli.box.sh('ip link del up0');
    }
  },
);

liveTest(
  'a row of Open vSwitch whose device has gone does not hide that a NIC is missing',
  { needs: [...needs, 'ovs'], timeout: 180 },
  async (t) => {
    const cli = await Cli.open(t, { ovs: true });
    const pid = (await cli.box.sh('unshare --net sleep 600 >/dev/null 2>&1 & sleep 0.3; echo $!')).trim();
    await cli.box.sh('ip link add up0 type veth peer name far');
    const switched = (address: string, rest: string): string => `version: 1
name: lab
bridges: {ovs0: {type: ovs}, br0: {type: linux, addresses: [${address}/24]}}
${rest}`;
    await cli.write(
      '/run/first.yaml',
      switched(
        '10.0.0.1',
        `namespaces: {box: {from: "pid:${pid}"}}
veths: {v1: {bridge: ovs0, peer: {namespace: box, name: e}}}
interfaces: {up0: {mtu: 1400, bridge: ovs0}}
`,
      ),
    );
    await cli.write(
      '/run/second.yaml',
      switched('10.0.9.1', 'interfaces: {up0: {mtu: 1300, bridge: ovs0}}\n'),
    );
    await cli.exits(0, ['apply', 'first.yaml']);
    await cli.box.sh(`kill ${pid}; while ip link show v1 >/dev/null 2>&1; do sleep 0.1; done`);
    const env = await cli.withIp(killing(1, 'after'));
    const words = [process.execPath, cli.program, 'apply', 'second.yaml'];
    t.not((await cli.box.run(words, { cwd: '/run', env, allowFailure: true })).exitCode, 0);
    await cli.box.sh('ip link del up0');
    t.regex((await cli.exits(4, ['rollback'])).stderr, /there is no link `up0`/);
    t.regex(await cli.box.sh('ip -br addr show br0'), /10\.0\.0\.1\/24/);
  },
);
