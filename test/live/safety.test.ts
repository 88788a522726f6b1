// The program on a host that can only be reached over the network it changes: undone, confirmed, gated, locked, guarded.
import type { ExecutionContext } from 'ava';
import { Cli } from '../support/cli.js';
import { liveTest } from '../support/live-test.js';
import { changesSince, snapshot } from '../support/snapshot.js';

const needs = ['veth', 'bridge'] as const;

const FIRST = `version: 1
name: lab
bridges: {br0: {type: linux, addresses: [10.0.0.1/24]}}
namespaces: {ns1: {}}
veths: {v1: {bridge: br0, peer: {namespace: ns1, name: eth0, addresses: [10.0.0.2/24]}}}
checks:
  - ping: {from: ns1, to: 10.0.0.1}
`;

/** Another address, another MTU, and a namespace more. */
const SECOND = `version: 1
name: lab
bridges: {br0: {type: linux, addresses: [10.0.1.1/24]}}
namespaces: {ns1: {}, ns2: {}}
veths:
  v1: {bridge: br0, peer: {namespace: ns1, name: eth0, mtu: 1400, addresses: [10.0.1.2/24]}}
  v2: {bridge: br0, peer: {namespace: ns2, name: eth0, addresses: [10.0.1.3/24]}}
`;

async function lab(t: ExecutionContext): Promise<Cli> {
  const cli = await Cli.open(t);
  await cli.write('/run/first.yaml', FIRST);
  await cli.write('/run/second.yaml', SECOND);
  return cli;
}

/** An \`ip\` that ends the run, whoever started it, before or after its n-th call that writes. */
const killing = (call: number, when: 'before' | 'after'): string => {
  const kill = `kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' /run/netplan-ovs/lock)`;
  return `[ "$calls" != ${call} ] || { ${when === 'after' ? 'env PATH="${PATH#*:}" ip "$@";' : ''} ${kill}; exit 9; }`;
};

/** Waits for what happens by itself. */
const until = (cli: Cli, condition: string) => cli.box.sh(`until ${condition}; do sleep 0.1; done`);

const REVERTED = '[ ! -e /run/netplan-ovs/lab.journal ]';

liveTest('rollback undoes the last apply, and the last destroy, once', { needs, timeout: 180 }, async (t) => {
  const cli = await lab(t);
  const bare = await snapshot(cli.box);
  await cli.exits(0, ['apply', 'first.yaml']);
  const first = await snapshot(cli.box);
  await cli.exits(0, ['apply', 'second.yaml']);
  t.regex((await cli.exits(0, ['rollback'])).stdout, /Plan: .*\nDone: /);
  t.deepEqual(await changesSince(first, cli.box), []);
  t.regex((await cli.exits(1, ['rollback'])).stderr, /there is no apply or destroy to undo/);
  await cli.exits(0, ['plan', 'first.yaml', '--detailed-exitcode']);

  await cli.exits(0, ['destroy', '--name', 'lab']);
  t.deepEqual(await changesSince(bare, cli.box), []);
  await cli.exits(0, ['rollback', '--name', 'lab']);
  t.deepEqual(await changesSince(first, cli.box), []);
  await cli.exits(0, ['destroy', '--name', 'lab']);
  t.deepEqual(await changesSince(bare, cli.box), []);
  t.regex((await cli.exits(1, ['rollback', '--name', '../lab'])).stderr, /not the name of a topology/);
});

for (const when of ['before', 'after'] as const) {
  liveTest(
    `a run that was killed ${when} a command is told of, and undone or finished`,
    { needs, timeout: 300 },
    async (t) => {
      const cli = await lab(t);
      await cli.exits(0, ['apply', 'first.yaml']);
      const first = await snapshot(cli.box);
      let calls = 0;
      for (; ; calls += 1) {
        const env = await cli.withIp(killing(calls + 1, when));
        const words = [process.execPath, cli.program, 'apply', 'second.yaml'];
        const { exitCode } = await cli.box.run(words, { cwd: '/run', env, allowFailure: true });
        if (exitCode === 0) break;
        if (calls % 2 === 0) {
          t.regex(
            (await cli.exits(0, ['apply', 'second.yaml'])).stderr,
            /An earlier run \(apply second\.yaml, process \d+, since 2.*\) ended on the way, at \d+ of \d+ commands/,
          );
          await cli.exits(0, ['plan', 'second.yaml', '--detailed-exitcode']);
        }
        // What is undone is what was there before the run that was killed, also after another one has finished it.
        await cli.exits(0, ['rollback']);
        t.deepEqual(await changesSince(first, cli.box), []);
      }
      t.log(`killed at each of ${calls} calls`);
      t.true(calls >= 2);
    },
  );
}

liveTest(
  'what fails after a killed run goes back to what was there before that',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await lab(t);
    await cli.exits(0, ['apply', 'first.yaml']);
    const first = await snapshot(cli.box);
    const words = [process.execPath, cli.program, 'apply', 'second.yaml'];
    const killed = await cli.withIp(killing(2, 'before'));
    t.not((await cli.box.run(words, { cwd: '/run', env: killed, allowFailure: true })).exitCode, 0);
    for (const look of [['plan', 'first.yaml'], ['show']])
      t.regex((await cli.exits(0, look)).stderr, /An earlier run .* ended on the way/, look.join(' '));
    const env = await cli.withIp('[ "$calls" != 1 ] || { echo "RTNETLINK answers: No" >&2; exit 2; }');
    await cli.exits(3, ['apply', 'second.yaml'], { env });
    t.deepEqual(await changesSince(first, cli.box), []);
    t.notRegex((await cli.exits(0, ['apply', 'second.yaml'])).stderr, /ended on the way/);
  },
);

liveTest(
  'checks that passed before, and new ones, have to pass, or all is undone',
  { needs, timeout: 300 },
  async (t) => {
    const cli = await lab(t);
    await cli.exits(0, ['apply', 'first.yaml']);
    const first = await snapshot(cli.box);
    const moved = FIRST.replace('10.0.0.2/24', '10.0.9.2/24');
    await cli.write('/run/moved.yaml', moved);
    const { stdout, stderr } = await cli.exits(6, ['apply', 'moved.yaml']);
    t.regex(stdout, /FAIL ping from ns1 to 10\.0\.0\.1 .* moved\.yaml:7:5\n/);
    t.regex(stderr, /a check fails that has to pass\n\nThe host is as it was before\./);
    t.deepEqual(await changesSince(first, cli.box), []);

    await cli.write('/run/new.yaml', `${FIRST}  - ping: {from: ns1, to: 10.0.0.9, within: 500ms}\n`);
    await cli.exits(6, ['apply', 'new.yaml']); // nothing was to be done, so nothing is undone
    await cli.write(
      '/run/new.yaml',
      `${FIRST}  - ping: {from: ns1, to: 10.0.0.8, within: 500ms}\nsysctls: {net.ipv4.ip_forward: 1}\n`,
    );
    await cli.exits(6, ['apply', 'new.yaml']);
    t.deepEqual(await changesSince(first, cli.box), []);

    // What fails already was not broken by this.
    await cli.exits(6, ['apply', 'moved.yaml', '--no-rollback']);
    await cli.exits(0, ['plan', 'moved.yaml', '--detailed-exitcode']);
    await cli.write('/run/moved.yaml', `${moved}sysctls: {net.ipv4.ip_forward: 1}\n`);
    t.regex((await cli.exits(6, ['apply', 'moved.yaml'])).stdout, /Done: 1 change;[^]*FAIL/);
    await cli.exits(0, ['plan', 'moved.yaml', '--detailed-exitcode']);
  },
);

liveTest('a step that fails with --no-rollback leaves what was done', { needs, timeout: 180 }, async (t) => {
  const cli = await lab(t);
  const bare = await snapshot(cli.box);
  const env = await cli.withIp('[ "$calls" != 2 ] || { echo "RTNETLINK answers: No" >&2; exit 2; }');
  const { stderr } = await cli.exits(4, ['apply', 'first.yaml', '--no-rollback'], { env });
  t.regex(stderr, /To be so again, it lacks:\n( {2}- .*\n)+ {2}hint: `netplan-ovs rollback --name lab`/);
  t.true((await cli.links()).includes('br0'));
  await cli.exits(0, ['rollback', '--name', 'lab']);
  t.deepEqual(await changesSince(bare, cli.box), []);
});

liveTest('what nobody confirms is reverted', { needs, timeout: 300 }, async (t) => {
  const cli = await lab(t);
  await cli.exits(0, ['apply', 'first.yaml']);
  const first = await snapshot(cli.box);
  const { stderr } = await cli.exits(0, ['apply', 'second.yaml', '--confirm', '1s']);
  t.regex(stderr, /It is reverted in 1 second unless it is confirmed: `netplan-ovs confirm --name lab`/);
  await until(cli, REVERTED);
  t.deepEqual(await changesSince(first, cli.box), []);
  t.regex((await cli.exits(1, ['confirm'])).stderr, /nothing waits to be confirmed/);
  await cli.exits(0, ['plan', 'first.yaml', '--detailed-exitcode']);
});

liveTest('a revert that fails is tried until it does not', { needs, timeout: 300 }, async (t) => {
  const cli = await lab(t);
  await cli.exits(0, ['apply', 'first.yaml']);
  const first = await snapshot(cli.box);
  const isRevert = `grep -q '"what":"revert"' /run/netplan-ovs/lab.journal`;
  const env = await cli.withIp(`[ ! -e /run/no ] || ! ${isRevert} || { echo "ip: not now" >&2; exit 2; }`);
  await cli.box.sh('touch /run/no');
  await cli.exits(0, ['apply', 'second.yaml', '--confirm', '1s'], { env });
  await until(cli, 'grep -q "ip: not now" /run/netplan-ovs/lab.revert.log');
  await cli.box.sh('rm /run/no');
  await until(cli, REVERTED);
  t.deepEqual(await changesSince(first, cli.box), []);
});

liveTest('what is confirmed stays', { needs, timeout: 180 }, async (t) => {
  const cli = await lab(t);
  await cli.exits(0, ['apply', 'first.yaml', '--confirm', '1h']);
  for (const words of [
    ['apply', 'second.yaml'],
    ['destroy', '--name', 'lab'],
  ])
    t.regex(
      (await cli.exits(1, words)).stderr,
      /the last change to lab \(apply first\.yaml\) waits to be confirmed/,
    );
  const watcher = (
    await cli.box.sh('sed -n \'s/.*"watcher":\\([0-9]*\\).*/\\1/p\' /run/netplan-ovs/lab.journal')
  ).trim();
  await cli.box.sh(`kill -HUP ${watcher}; kill -0 ${watcher}`);
  t.is((await cli.exits(0, ['confirm'])).stdout, 'Confirmed: lab stays as it is.\n');
  await until(cli, `! kill -0 ${watcher} 2>/dev/null`);
  await cli.exits(0, ['plan', 'first.yaml', '--detailed-exitcode']);
  await cli.exits(1, ['confirm']);
  await cli.exits(0, ['apply', 'second.yaml']);
});

liveTest('what a killed run has begun on trial is reverted', { needs, timeout: 300 }, async (t) => {
  const cli = await lab(t);
  await cli.exits(0, ['apply', 'first.yaml']);
  const first = await snapshot(cli.box);
  const env = await cli.withIp(killing(2, 'after'));
  const words = [process.execPath, cli.program, 'apply', 'second.yaml', '--confirm', '3s'];
  t.not((await cli.box.run(words, { cwd: '/run', env, allowFailure: true })).exitCode, 0);
  t.true((await cli.links()).includes('v2'));
  await until(cli, REVERTED);
  t.deepEqual(await changesSince(first, cli.box), []);
});

liveTest(
  'on a terminal it asks whether to keep it; without an answer, or when the terminal goes, it is reverted',
  { needs, timeout: 300 },
  async (t) => {
    const cli = await lab(t);
    const bare = await snapshot(cli.box);
    const trial = ['apply', 'first.yaml', '--confirm', '1h'];
    t.regex(
      await cli.onTerminal(0, trial, 'y\n', 'y\n'),
      /Keep lab as it is now\?[^]*Confirmed: lab stays as it is/,
    );
    await cli.exits(0, ['destroy', '--name', 'lab']);
    t.regex(await cli.onTerminal(3, trial, 'y\n', 'n\n'), /Reverted: lab is as it was before/);
    t.deepEqual(await changesSince(bare, cli.box), []);
    t.regex(
      await cli.onTerminal(3, ['apply', 'first.yaml', '--confirm', '1s'], 'y\n'),
      /Reverted: lab is as it was before/,
    );
    t.deepEqual(await changesSince(bare, cli.box), []);

    const line = `${process.execPath} ${cli.program} apply first.yaml --confirm 2s`;
    const child = cli.box.start([
      'env',
      '--chdir=/run',
      'TERM=xterm',
      'SHELL=/bin/sh',
      'script',
      '-qec',
      line,
      '/dev/null',
    ]);
    child.stdin!.write('y\n');
    await until(cli, 'grep -q isComplete /run/netplan-ovs/lab.journal');
    child.kill('SIGKILL');
    await until(cli, REVERTED);
    t.deepEqual(await changesSince(bare, cli.box), []);
  },
);

liveTest('a trial whose watcher does not start is not begun', { needs, timeout: 180 }, async (t) => {
  const cli = await lab(t);
  const bare = await snapshot(cli.box);
  await cli.exits(1, ['apply', 'first.yaml', '--confirm', 'soon']);
  await cli.box.sh('mkdir -p -m 700 /run/netplan-ovs/lab.revert.log');
  await cli.exits(1, ['apply', 'first.yaml', '--confirm', '1h']);
  t.deepEqual(await changesSince(bare, cli.box), []);
  t.regex((await cli.exits(1, ['rollback'])).stderr, /there is no apply or destroy to undo/);
});

liveTest('runs that wait for the lock come one after the other', { needs, timeout: 300 }, async (t) => {
  const cli = await lab(t);
  const env = await cli.withIp('until [ -e /run/go-on ]; do sleep 0.05; done');
  const first = cli.exits(0, ['apply', 'first.yaml'], { env });
  await until(cli, '[ -s /run/netplan-ovs/lock ]');
  t.regex(
    (await cli.exits(5, ['destroy', '--name', 'lab', '--wait', '50ms'])).stderr,
    /process \d+ \(apply first\.yaml\), since 20/,
  );
  const second = cli.exits(0, ['apply', 'second.yaml', '--wait', '10m', '--allow-disruption']);
  await cli.box.sh('sleep 0.3; touch /run/go-on');
  await Promise.all([first, second]);
  await cli.exits(0, ['plan', 'second.yaml', '--detailed-exitcode']);
});

liveTest(
  'twenty runs at once, of one topology and of several, all end well',
  { needs, timeout: 600 },
  async (t) => {
    const cli = await lab(t);
    const bare = await snapshot(cli.box);
    const other = (i: number) =>
      `version: 1\nname: lab${i}\nnamespaces: {n${i}: {}}\nveths: {w${i}: {addresses: [10.1.${i}.1/24], peer: {namespace: n${i}, name: e}}}\n`;
    const numbers = Array.from({ length: 10 }, (_, i) => i);
    for (const i of numbers) await cli.write(`/run/lab${i}.yaml`, other(i));
    const wait = ['--wait', '10m'];
    await Promise.all([
      ...numbers.map((i) => cli.exits(0, ['apply', `lab${i}.yaml`, ...wait])),
      ...numbers.map(() => cli.exits(0, ['apply', 'first.yaml', ...wait])),
    ]);
    for (const file of ['first', ...numbers.map((i) => `lab${i}`)])
      await cli.exits(0, ['plan', `${file}.yaml`, '--detailed-exitcode']);
    await Promise.all(
      ['first', ...numbers.map((i) => `lab${i}`)].map((file) =>
        cli.exits(0, ['destroy', `${file}.yaml`, ...wait]),
      ),
    );
    t.deepEqual(await changesSince(bare, cli.box), []);
  },
);

const UPLINK = `ip link add up0 type veth peer name far; ip link set up0 up; ip link set far up
  ip link add up1 type veth peer name far1; ip link set up1 up; ip link set far1 up
  ip addr add 203.0.113.2/24 dev up0; ip addr add 203.0.113.3/24 dev up0; ip route add default via 203.0.113.1
  ip addr add 192.0.2.2/24 dev up1; ip route add 198.51.100.0/24 via 192.0.2.1`;

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
  ['interfaces: {far: {mtu: 1400}}', /link:far interrupts far, which carries the default route /],
];

const HARMLESS = [
  'interfaces: {up1: {mtu: 1400}}',
  'interfaces: {up0: {description: uplink, addresses: [203.0.113.9/24]}}',
  'routes: [{to: 198.51.100.0/28, via: 203.0.113.1}]',
  'routes: [{to: 198.51.0.0/16, via: 203.0.113.1}]\nprotect: [198.51.100.7]',
  'routes: [{to: default, via: 192.0.2.1, metric: 100}]',
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

liveTest('what others may write in is not believed', { needs, timeout: 120 }, async (t) => {
  const cli = await lab(t);
  await cli.box.sh('mkdir -p /run/netplan-ovs; chmod 777 /run/netplan-ovs');
  t.regex(
    (await cli.exits(1, ['apply', 'first.yaml'])).stderr,
    /\/run\/netplan-ovs may be written by others/,
  );
  await cli.box.sh(
    'mv /run/netplan-ovs /run/elsewhere; chmod 700 /run/elsewhere; ln -s elsewhere /run/netplan-ovs',
  );
  t.regex((await cli.exits(1, ['apply', 'first.yaml'])).stderr, /\/run\/netplan-ovs is not a directory/);
  t.deepEqual(await cli.links(), ['lo']);
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

/** As root outside of any sandbox, as far as the program can tell. */
const asRoot = (cli: Cli) => (words: readonly string[]) =>
  cli.box.run(
    ['env', '-u', 'NETPLAN_OVS_SANDBOX', '-u', 'SUDO_UID', process.execPath, cli.program, ...words],
    { cwd: '/run', allowFailure: true },
  );

liveTest('as root, a file that others may write is not applied', { needs, timeout: 120 }, async (t) => {
  const cli = await lab(t);
  await cli.box.sh('chmod 666 /run/first.yaml');
  const run = asRoot(cli);
  const refused = await run(['apply', 'first.yaml']);
  t.is(refused.exitCode, 1);
  t.regex(refused.stderr, /first\.yaml: error: others may write it\n[^]*--insecure-file/);
  t.is((await run(['plan', 'first.yaml', '--out', 'plan.json'])).exitCode, 0);
  await cli.box.sh('chmod 666 /run/plan.json');
  t.regex((await run(['apply', 'plan.json'])).stderr, /plan\.json is not to be trusted: others may write it/);
  t.deepEqual(await cli.links(), ['lo']);
  t.is((await run(['apply', 'plan.json', '--insecure-file'])).exitCode, 0);
  t.regex((await run(['destroy', 'first.yaml'])).stderr, /others may write it/);
  t.is((await run(['destroy', 'first.yaml', '--insecure-file'])).exitCode, 0);
});

liveTest(
  'a namespace that others may exchange for another one is not changed',
  { needs, timeout: 120 },
  async (t) => {
    const cli = await lab(t);
    const run = asRoot(cli);
    await cli.box.sh('ip netns add o; mkdir -m 777 /run/theirs; ln -s /run/netns/o /run/theirs/ns');
    await cli.write(
      '/run/found.yaml',
      'version: 1\nname: lab\nnamespaces: {web: {from: "path:/run/theirs/ns", interfaces: {lo: {addresses: [192.0.2.1/32]}}}}\n',
    );
    t.is((await run(['plan', 'found.yaml'])).exitCode, 0);
    const before = await snapshot(cli.box);
    const refused = await run(['apply', 'found.yaml']);
    t.is(refused.exitCode, 1, refused.stderr);
    t.regex(
      refused.stderr,
      /`web` \(\/run\/theirs\/ns\) is not to be trusted: \/run\/theirs\/ns: others may replace it/,
    );
    // It leads to the host: what stands in it would be done there.
    await cli.box.sh('ln -sf /proc/self/ns/net /run/theirs/ns');
    t.regex(
      (await run(['apply', 'found.yaml', '--insecure-file'])).stderr,
      /`web` and `host` are one and the same/,
    );
    await cli.box.sh('ln -sf /proc/self/ns/net /run/netns/web');
    await cli.write('/run/made.yaml', 'version: 1\nname: lab\nnamespaces: {web: {}}\n');
    t.regex((await run(['apply', 'made.yaml'])).stderr, /`web` and `host` are one and the same/);
    await cli.box.sh('rm /run/netns/web');
    t.deepEqual(await changesSince(before, cli.box), []);
    await cli.box.sh('ln -sf /run/netns/o /run/theirs/ns');
    t.is((await run(['apply', 'found.yaml', '--insecure-file'])).exitCode, 0);
  },
);

liveTest(
  'an ordinary user may plan with what the kernel shows to everybody',
  { needs, timeout: 120 },
  async (t) => {
    const cli = await lab(t);
    await cli.box.sh('ip link add up0 type veth peer name far; ip netns add o');
    await cli.exits(0, ['apply', 'first.yaml']);
    const before = await snapshot(cli.box);
    const user =
      'setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all'.split(' ');
    const run = (...words: string[]) =>
      cli.box.run([...user, process.execPath, cli.program, ...words], { cwd: '/run', allowFailure: true });
    const other = 'version: 1\nname: other\ninterfaces: {up0: {mtu: 1400}}\nbridges: {br7: {type: linux}}\n';
    await cli.write('/run/other.yaml', other);
    const planned = await run('plan', 'other.yaml', '--detailed-exitcode');
    t.is(planned.exitCode, 2, planned.stderr);
    t.regex(planned.stdout, /\+ linux-bridge:br7 [^]*~ link:up0 +mtu 1500 → 1400/);
    t.regex(planned.stderr, /^Without root this sees what the kernel shows to everybody/);
    t.is((await run('show')).exitCode, 0);
    // What it may not see it does not take for missing.
    const refused = await run('plan', 'first.yaml');
    t.is(refused.exitCode, 1);
    t.regex(refused.stderr, /\/run\/netns\/ns1[^]*Operation not permitted\n {2}hint: .* needs root/);
    t.regex(
      (await run('apply', 'other.yaml')).stderr,
      /\/run\/netplan-ovs is root’s\n {2}hint: .* needs root/,
    );
    t.deepEqual(await changesSince(before, cli.box), []);
  },
);
