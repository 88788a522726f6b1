// What others may write in, as root; and what an ordinary user may do.
import type { Cli } from '../support/cli.js';
import { liveTest } from '../support/live-test.js';
import { lab, needs } from '../support/lab-host.js';
import { changesSince, snapshot } from '../support/snapshot.js';

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
  const applied = await run(['apply', 'plan.json', '--insecure-file']);
  t.is(applied.exitCode, 0, applied.stderr);
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
