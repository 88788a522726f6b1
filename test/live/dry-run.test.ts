// A dry run does not write: strace sees every call of the program and of each tool that it starts.
import { Cli } from '../support/cli.js';
import { liveTest } from '../support/live-test.js';
import { changesSince, snapshot } from '../support/snapshot.js';
import { TRACED, writesIn } from '../support/trace.js';

const needs = ['veth', 'bridge', 'vxlan', 'nat', 'ovs', 'strace'] as const;

const TOPOLOGY = (mtu: number) => `version: 1
name: lab
interfaces: {nic0: {mtu: ${mtu}, addresses: [203.0.113.2/24]}}
sysctls: {net.ipv4.ip_forward: 1}
namespaces: {ns1: {}}
bridges: {br0: {type: linux, addresses: [192.0.2.1/26]}, ovs0: {type: ovs, datapath: netdev, flows: [{actions: normal}]}}
veths:
  v0: {bridge: br0, peer: {namespace: ns1, name: eth0, addresses: [192.0.2.2/26], routes: [{to: default, via: 192.0.2.1}]}}
  v1: {bridge: ovs0, tag: 10, peer: {name: w1}}
tunnels: {vx: {mode: vxlan, id: 9, local: 192.0.2.1, remote: 192.0.2.5, fdb: [{mac: "02:00:00:00:00:09", remote: 192.0.2.6}]}}
rules: [{from: 192.0.2.0/26, table: 100, priority: 500}]
nat: [{masquerade: {source: 192.0.2.0/26, out: nic0}}]
`;

const COMMANDS = [
  ['validate', 'lab.yaml'],
  ['plan', 'lab.yaml'],
  ['plan', 'lab.yaml', '--format', 'json'],
  ['plan', 'lab.yaml', '--format', 'script'],
  ['show'],
  ['schema'],
];

liveTest(
  'validate, plan, show and schema make not one call that writes',
  { needs, timeout: 300 },
  async (t) => {
    const cli = await Cli.open(t, {});
    await cli.box.sh('ip link add nic0 type veth peer name far0; ip link set nic0 up; ip link set far0 up');
    const dry = async (words: readonly string[], when: string) => {
      const command = ['strace', '-ff', '-qq', '-s', '10000', '-e', `trace=${TRACED}`, '-o', '/run/trace/of'];
      await cli.box.sh('rm -rf /run/trace; mkdir /run/trace');
      const { exitCode, stderr, stdout } = await cli.box.run(
        [...command, process.execPath, cli.program, ...words],
        {
          cwd: '/run',
          allowFailure: true,
        },
      );
      t.is(exitCode, 0, stderr + stdout);
      const trace = await cli.box.sh('cat /run/trace/of.*');
      t.regex(trace, words[0] === 'plan' ? /RTM_GETLINK/ : /openat/);
      t.deepEqual(writesIn(trace), [], `${words.join(' ')}, ${when}`);
    };
    const bare = await snapshot(cli.box);
    await cli.write('/run/lab.yaml', TOPOLOGY(1450));
    for (const words of COMMANDS) await dry(words, 'where nothing is');
    t.deepEqual(await changesSince(bare, cli.box), []);
    await cli.exits(0, ['apply', 'lab.yaml']);
    for (const words of COMMANDS) await dry(words, 'where all is');
    await cli.write('/run/lab.yaml', TOPOLOGY(1400));
    for (const words of COMMANDS.slice(1, 3)) await dry(words, 'where something is to change');
  },
);
