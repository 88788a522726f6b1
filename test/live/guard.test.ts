// What the host is reached by, and many removals: refused unless that is allowed.
import { liveTest } from '../support/live-test.js';
import { lab, needs, REVERTED, until } from '../support/lab-host.js';
import { changesSince, snapshot } from '../support/snapshot.js';

const UPLINK = `ip link add up0 type veth peer name far; ip link set up0 up; ip link set far up
  ip link add up1 type veth peer name far1; ip link set up1 up; ip link set far1 up
  ip addr add 203.0.113.2/24 dev up0; ip addr add 203.0.113.3/24 dev up0; ip route add default via 203.0.113.1
  ip addr add 192.0.2.2/24 dev up1; ip route add 198.51.100.0/24 via 192.0.2.1
  ip rule add to 198.51.100.0/24 lookup 70 priority 700; ip rule add to 10.77.0.0/16 lookup 77 priority 701
  ip route add 10.77.0.0/16 via 192.0.2.1 table 77`;

const GUARDED: readonly (readonly [topology: string, words: RegExp])[] = [
  [
    'bridges: {br0: {type: linux}}\ninterfaces: {up0: {bridge: br0}}',
    /bridge-port:up0 moves up0, which carries the default route /,
  ],
  ['interfaces: {up0: {up: false}}', /link:up0 takes down up0, which carries the default route /],
  ['interfaces: {up0: {mtu: 1400}}', /link:up0 interrupts up0, which carries the default route /],
  [
    'interfaces: {up1: {mtu: 1400}}\nprotect: [192.0.2.2]',
    /link:up1 interrupts up1, which carries 192\.0\.2\.2 \(protect\) /,
  ],
  [
    'interfaces: {up1: {mtu: 1400}}\nprotect: [198.51.100.7]',
    /link:up1 interrupts up1, which carries 198\.51\.100\.7 \(protect\) /,
  ],
  [
    'routes: [{to: 198.51.100.0/28, via: 203.0.113.1}]\nprotect: [198.51.100.7]',
    /route:main\/198\.51\.100\.0\/28 leads 198\.51\.100\.7 \(protect\) another way/,
  ],
  [
    'routes: [{to: 198.51.0.0/16, via: 203.0.113.1, table: 70}]\nprotect: [198.51.100.7]',
    /route:70\/198\.51\.0\.0\/16 leads 198\.51\.100\.7 \(protect\) another way/,
  ],
  [
    'routes: [{to: 198.51.0.0/16, via: 203.0.113.1, table: 80}]\nrules: [{to: 198.51.100.0/24, table: 80}]\nprotect: [198.51.100.7]',
    /rule:20000\/to 198\.51\.100\.0\/24 leads 198\.51\.100\.7 \(protect\) another way/,
  ],
  [
    'rules: [{to: 198.51.100.0/24, type: blackhole}]\nprotect: [198.51.100.7]',
    /rule:20000\/to 198\.51\.100\.0\/24 leads 198\.51\.100\.7 \(protect\) another way/,
  ],
  [
    'interfaces: {up1: {mtu: 1400}}\nprotect: [10.77.0.1]',
    /link:up1 interrupts up1, which carries 10\.77\.0\.1 \(protect\) /,
  ],
  ['interfaces: {far: {mtu: 1400}}', /link:far interrupts far, which carries the default route /],
];

const HARMLESS = [
  'interfaces: {up1: {mtu: 1400}}',
  'interfaces: {up0: {description: uplink, addresses: [203.0.113.9/24]}}',
  'routes: [{to: 198.51.100.0/28, via: 203.0.113.1}]',
  'routes: [{to: 198.51.0.0/16, via: 203.0.113.1}]\nprotect: [198.51.100.7]',
  'routes: [{to: default, via: 192.0.2.1, metric: 100}]',
  'routes: [{to: default, via: 192.0.2.1, table: 80}]\nrules: [{mark: 7, table: 80}, {from: 192.0.2.2, table: 80}]\nprotect: [203.0.113.9]',
  'rules: [{to: 198.51.100.0/24, table: 81}]\nprotect: [198.51.100.7]',
];

liveTest(
  'what the host is reached by is not touched unless that is allowed',
  { needs, timeout: 300 },
  async (t) => {
    const cli = await lab(t);
    await cli.box.sh(UPLINK);
    const bare = await snapshot(cli.box);
    const guarded = async (topology: string, words: RegExp, env: NodeJS.ProcessEnv = {}) => {
      await cli.write('/run/guarded.yaml', `version: 1\nname: lab\n${topology}\n`);
      t.regex((await cli.exits(1, ['apply', 'guarded.yaml'], { env })).stderr, words);
      t.regex((await cli.exits(0, ['plan', 'guarded.yaml'], { env })).stderr, words);
    };
    for (const [topology, words] of GUARDED) await guarded(topology, words);
    const ssh = { SSH_CONNECTION: '198.51.100.9 40000 192.0.2.2 22' };
    await guarded(
      'interfaces: {up1: {mtu: 1400}}',
      /up1 interrupts up1, which carries this SSH connection /,
      ssh,
    );
    await guarded(
      'routes: [{to: 198.51.100.9, via: 203.0.113.1}]',
      /leads this SSH connection another way/,
      ssh,
    );
    await guarded(
      'routes: [{to: default, via: 203.0.113.1, table: 80}]\nrules: [{from: 192.0.2.2, table: 80}]',
      /rule:20000\/from 192\.0\.2\.2\/32 leads this SSH connection another way/,
      ssh,
    );
    t.deepEqual(await changesSince(bare, cli.box), []);

    for (const topology of HARMLESS) {
      await cli.write('/run/harmless.yaml', `version: 1\nname: lab\n${topology}\n`);
      const { stdout } = await cli.exits(0, ['plan', 'harmless.yaml', '--format', 'json']);
      t.deepEqual((JSON.parse(stdout) as { objections: unknown }).objections, [], topology);
      await cli.exits(0, ['apply', 'harmless.yaml']);
      await cli.exits(0, ['destroy', '--name', 'lab', '--allow-disruption']);
    }
    t.deepEqual(await changesSince(bare, cli.box), []);

    await cli.write('/run/guarded.yaml', `version: 1\nname: lab\ninterfaces: {up0: {mtu: 1400}}\n`);
    t.regex(
      (await cli.exits(0, ['apply', 'guarded.yaml', '--allow-disruption'])).stderr,
      /warning: mind what this would do/,
    );
    const { stderr: why } = await cli.exits(1, ['destroy', '--name', 'lab']);
    t.regex(why, /interrupts up0/);
    t.notRegex(why, /--confirm/); // which destroy does not have
    await cli.exits(1, ['destroy', '--name', 'lab', '--allow-disruption', '--max-disruption', 'none']);
    await cli.exits(0, ['rollback']);
    t.deepEqual(await changesSince(bare, cli.box), []);
    await cli.exits(0, ['apply', 'guarded.yaml', '--confirm', '1s']);
    await until(cli, REVERTED);
    t.deepEqual(await changesSince(bare, cli.box), []);
  },
);

liveTest('more removals than usual have to be allowed', { needs, timeout: 180 }, async (t) => {
  const cli = await lab(t);
  const many = (count: number) =>
    `version: 1\nname: lab\nnamespaces: {${Array.from({ length: count }, (_, i) => `n${i}: {}`).join(', ')}}\n`;
  await cli.write('/run/many.yaml', many(8));
  await cli.exits(0, ['apply', 'many.yaml']);
  await cli.write('/run/few.yaml', many(2));
  t.regex(
    (await cli.exits(1, ['apply', 'few.yaml'])).stderr,
    /removes 6 of the 8 things that the topology owns, and 5 are allowed in one go/,
  );
  await cli.exits(1, ['apply', 'few.yaml', '--max-removals', '70%']);
  await cli.exits(1, ['apply', 'few.yaml', '--max-removals', 'all']);
  await cli.exits(1, ['apply', 'few.yaml', '--max-disruption', 'flap', '--max-removals', '6']);
  await cli.exits(0, ['apply', 'few.yaml', '--max-removals', '75%']);
  await cli.exits(0, ['destroy', '--name', 'lab']);
});

liveTest(
  'what a file protects stays so for whoever destroys it by its name',
  { needs, timeout: 120 },
  async (t) => {
    const cli = await lab(t);
    await cli.box.sh(UPLINK);
    const bare = await snapshot(cli.box);
    const topology = 'version: 1\nname: lab\ninterfaces: {up1: {mtu: 1400}}\nprotect: [192.0.2.2]\n';
    await cli.write('/run/guarded.yaml', topology);
    await cli.exits(0, ['apply', 'guarded.yaml', '--allow-disruption']);
    const refused = await cli.exits(1, ['destroy', '--name', 'lab']);
    t.regex(refused.stderr, /up1 interrupts up1, which carries 192\.0\.2\.2 \(protect\)/);
    await cli.exits(0, ['destroy', '--name', 'lab', '--allow-disruption']);
    t.deepEqual(await changesSince(bare, cli.box), []);
  },
);

liveTest(
  'a connection to an address of a VRF goes by the table of that VRF',
  { needs: [...needs, 'vrf'], timeout: 120 },
  async (t) => {
    const cli = await lab(t);
    await cli.box.sh(`ip link add mgmt type vrf table 10; ip link set mgmt up
      ip link add up0 type veth peer name far; ip link set up0 master mgmt up; ip link set far up
      ip addr add 192.0.2.2/24 dev up0; ip route add default via 192.0.2.1 table 10`);
    const env = { SSH_CONNECTION: '198.51.100.9 40000 192.0.2.2 22' };
    const plan = async (topology: string): Promise<string> => {
      await cli.write('/run/guarded.yaml', `version: 1\nname: lab\n${topology}\n`);
      return (await cli.exits(0, ['plan', 'guarded.yaml'], { env })).stderr;
    };
    const LED = /leads this SSH connection another way/;
    t.regex(await plan('routes: [{to: 198.51.100.0/24, via: 192.0.2.9, table: 10}]'), LED);
    t.notRegex(await plan('routes: [{to: 203.0.113.0/24, via: 192.0.2.9, table: 10}]'), LED);
    t.notRegex(await plan('dummies: {d0: {addresses: [198.51.100.1/24]}}'), LED);
    t.regex(await plan('interfaces: {up0: {mtu: 1400}}'), /which carries this SSH connection/);
  },
);
