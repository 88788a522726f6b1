// The program as a user runs it, on a real kernel: exit statuses, saved plans, marks without a record, names, other Open vSwitches.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commands } from '../../src/commands/index.js';
import { Cli } from '../support/cli.js';
import { liveTest } from '../support/live-test.js';
import { projectRoot } from '../support/sandbox.js';
import { planOf } from '../support/session.js';
import { changesSince, snapshot } from '../support/snapshot.js';

const LAB = `version: 1
name: lab
bridges:
  br0: {type: linux, addresses: [10.0.0.254/24]}
namespaces:
  ns1: {}
  ns2: {}
veths:
  v1: {bridge: br0, peer: {namespace: ns1, name: eth0, addresses: [10.0.0.1/24]}}
  v2: {bridge: br0, peer: {namespace: ns2, name: eth0, addresses: [10.0.0.2/24]}}
checks:
  - ping: {from: ns1, to: 10.0.0.2}
`;

const needs = ['veth', 'bridge'] as const;

liveTest('0, 2 and 6: done, changes pending, a check that fails', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  await cli.write('/run/lab.yaml', LAB);
  await cli.exits(2, ['plan', 'lab.yaml', '--detailed-exitcode']);
  await cli.exits(0, ['plan', 'lab.yaml']);
  await cli.exits(6, ['verify', 'lab.yaml']);
  const { stdout } = await cli.exits(0, ['apply', 'lab.yaml']);
  t.regex(stdout, /Done: \d+ changes; looked again, and nothing is left to do\.\n/);
  t.regex(stdout, /ok {3}ping from ns1 to 10\.0\.0\.2 \(answered/);
  await cli.exits(0, ['plan', 'lab.yaml', '--detailed-exitcode']);
  await cli.exits(0, ['apply', 'lab.yaml']);

  await cli.write('/run/lab.yaml', `${LAB}  - ping: {from: ns1, to: 10.0.0.77, within: 0.2}\n`);
  const failed = await cli.exits(6, ['apply', 'lab.yaml']);
  t.regex(failed.stdout, /FAIL ping from ns1 to 10\.0\.0\.77 .* lab\.yaml:13:5\n/);
  await cli.exits(0, ['apply', 'lab.yaml', '--no-checks']);
});

liveTest(
  '1: usage, an invalid file, a name that a foreign link holds',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await Cli.open(t);
    const said = async (...words: string[]): Promise<string> => (await cli.exits(1, words)).stderr;
    t.regex(await said('plna', 'lab.yaml'), /unknown command 'plna'\n\(Did you mean plan\?\)/);
    t.regex(await said('plan', '--fromat', 'json', 'lab.yaml'), /'--fromat'\n\(Did you mean --format\?\)/);
    t.regex(await said('plan', '--format', 'yaml', 'lab.yaml'), /Allowed choices are text, json, script/);
    t.regex(await said('plan'), /missing required argument 'FILE'/);
    t.regex(await said('plan', 'lab.yaml', '--timeout', '0'), /--timeout takes a time like/);
    t.regex(await said('destroy'), /either a file or --name/);
    t.regex(await said('plan', 'lab.yaml'), /lab\.yaml: error: .*no such file/i);
    t.regex(await said(), /Usage: netplan-ovs/);

    await cli.write('/run/lab.yaml', LAB.replace('bridges:', 'bridgs:'));
    t.regex(await said('apply', 'lab.yaml'), /lab\.yaml:3:1: error: .*`bridgs`/);
    await cli.write('/run/lab.yaml', LAB);
    await cli.box.sh('ip link add br0 type bridge');
    t.regex(
      await said('apply', 'lab.yaml'),
      /lab\.yaml:4:3: error: linux-bridge:br0 is there already and was not made by/,
    );
    t.is((await cli.exits(0, ['show'])).stdout, 'Nothing on this host was made by netplan-ovs.\n');
  },
);

liveTest('every command has a help', { needs: [], timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  const { stdout: all } = await cli.exits(0, ['--help']);
  t.regex(all, /Exit status:\n(.*\n)+ {2}6 {2}a check failed\n$/);
  for (const { name, summary, options, hidden } of commands) {
    if (hidden === true) continue;
    t.true(all.replaceAll(/\s+/g, ' ').includes(summary), name);
    const { stdout } = await cli.exits(0, [name, '--help']);
    t.true(stdout.startsWith(`Usage: netplan-ovs ${name}`));
    t.regex(stdout, /\nExamples:\n {2}\S/);
    for (const option of options) t.true(stdout.includes(`\n  ${option.name}`), `${name} ${option.name}`);
    t.is((await cli.exits(0, ['help', name])).stdout, stdout);
  }
});

liveTest('3: a command fails, and the host is as it was before', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  await cli.write('/run/lab.yaml', LAB);
  const before = await snapshot(cli.box);
  const env = await cli.withIp(
    'if [ "$calls" -ge 2 ] && mkdir /run/failed 2>/dev/null; then echo "RTNETLINK answers: Not today" >&2; exit 2; fi',
  );
  const { stderr } = await cli.exits(3, ['apply', 'lab.yaml'], { env });
  t.regex(stderr, /lab\.yaml:\d+:\d+: error: \S+ could not be made/);
  t.regex(stderr, /ip says: RTNETLINK answers: Not today/);
  t.regex(stderr, /The host is as it was before\.\n$/);
  t.deepEqual(await changesSince(before, cli.box), []);
  await cli.exits(0, ['apply', 'lab.yaml']);
});

liveTest(
  '4: a command fails, and so does undoing it: what is left is said',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await Cli.open(t);
    await cli.write('/run/lab.yaml', LAB);
    const env = await cli.withIp(
      'if [ "$calls" -ge 2 ]; then echo "RTNETLINK answers: Never" >&2; exit 2; fi',
    );
    const { stderr, stdout } = await cli.exits(4, ['apply', 'lab.yaml', '--format', 'json'], { env });
    t.regex(stderr, /The host is not as it was before\. To be so again, it lacks:\n( {2}[-~±+] .*\n)+/);
    const outcome = JSON.parse(stdout);
    t.is(outcome.status, 'broken');
    t.is(outcome.failure.tool, 'ip');
    t.true(
      outcome.left.some(
        ({ id, action }: Record<string, string>) => id === 'host/bridge/br0' && action === 'remove',
      ),
    );
    // As it says: applying again goes on from here.
    await cli.exits(0, ['apply', 'lab.yaml']);
    await cli.exits(0, ['destroy', '--name', 'lab']);
    t.deepEqual(await cli.links(), ['lo']);
  },
);

liveTest('5: another run holds the lock', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  await cli.write('/run/lab.yaml', LAB);
  const env = await cli.withIp('until [ -e /run/go-on ]; do sleep 0.05; done');
  const first = cli.exits(0, ['apply', 'lab.yaml'], { env });
  await cli.box.sh('until [ -s /run/netplan-ovs/lock ]; do sleep 0.05; done');
  for (const words of [
    ['apply', 'lab.yaml'],
    ['destroy', '--name', 'lab'],
  ]) {
    const { stderr } = await cli.exits(5, words);
    t.regex(stderr, /another run holds the lock: process \d+ \(apply lab\.yaml\), since \d{4}-/);
  }
  await cli.exits(0, ['plan', 'lab.yaml']);
  await cli.box.sh('touch /run/go-on');
  await first;
  await cli.exits(0, ['destroy', 'lab.yaml']);
});

liveTest('a saved plan is applied as it was shown, once', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  await cli.write('/run/lab.yaml', LAB);
  const planned = await cli.exits(0, ['plan', 'lab.yaml', '--out', 'plan.json']);
  t.regex(planned.stdout, /\nSaved: `netplan-ovs apply plan\.json` does exactly this\.\n$/);
  t.is((await cli.box.sh('stat -c %a /run/plan.json')).trim(), '600');
  await cli.box.sh('rm /run/lab.yaml');
  const { stdout } = await cli.exits(0, ['apply', 'plan.json']);
  t.regex(stdout, /Checks: it passed\.\n$/);
  t.regex(
    (await cli.exits(1, ['apply', 'plan.json'])).stderr,
    /the host has changed since plan\.json was made/,
  );
});

liveTest(
  'a saved plan is refused when the host, or the plan, has changed',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await Cli.open(t);
    await cli.write('/run/lab.yaml', LAB);
    await cli.exits(0, ['apply', 'lab.yaml']);
    await cli.write('/run/lab.yaml', LAB.replace('10.0.0.2/24', '10.0.0.3/24'));
    await cli.exits(0, ['plan', 'lab.yaml', '--out', 'plan.json']);
    await cli.box.sh('sed s/10.0.0.3/10.0.0.4/ /run/plan.json >/run/edited.json');
    t.regex(
      (await cli.exits(1, ['apply', 'edited.json'])).stderr,
      /edited\.json is not as `plan --out` wrote it/,
    );

    await cli.box.sh('ip link set v1 txqueuelen 500');
    const { stderr } = await cli.exits(1, ['apply', 'plan.json']);
    t.regex(
      stderr,
      /changed since plan\.json was made:\n {2}host\/link\/v1: now to update\n {2}hint: make the plan again/,
    );
    await cli.box.sh('ip link set v1 txqueuelen 1000; ip link add other type bridge');
    await cli.exits(0, ['apply', 'plan.json', '--no-checks']);
  },
);

liveTest('destroy finds what is ours by its marks alone', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  await cli.write('/run/lab.yaml', LAB);
  const before = await snapshot(cli.box);
  await cli.exits(0, ['apply', 'lab.yaml']);
  await cli.box.sh('rm -rf /run/netplan-ovs');
  t.regex((await cli.exits(0, ['show'])).stdout, /^lab\n/);
  const owned = JSON.parse((await cli.exits(0, ['show', '--name', 'lab', '--format', 'json'])).stdout);
  t.true(owned.topologies[0].resources.some(({ id }: { id: string }) => id === 'ns1/address/eth0/10.0.0.1'));
  t.is((await cli.exits(0, ['show', '--name', 'other'])).stdout, 'Nothing on this host belongs to other.\n');
  await cli.exits(0, ['destroy', '--name', 'lab']);
  t.deepEqual(await changesSince(before, cli.box), []);
  const { stdout } = await cli.exits(0, ['destroy', '--name', 'lab']);
  t.is(stdout, 'Nothing to change: nothing of lab is there.\n');
});

liveTest(
  'another name for a topology that is there is refused, once, with a hint',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await Cli.open(t);
    await cli.write('/run/lab.yaml', LAB);
    await cli.exits(0, ['apply', 'lab.yaml']);
    await cli.write('/run/lab.yaml', LAB.replace('name: lab', 'name: office'));
    const { stderr } = await cli.exits(1, ['apply', 'lab.yaml']);
    t.is(stderr.match(/error:/g)?.length, 1);
    t.regex(stderr, /other things are there already and belong to topology `lab`/);
    t.regex(
      stderr,
      /hint: if this topology was called `lab` before, call it so again: a name cannot be changed/,
    );
  },
);

/** Ctrl-D. */
const END_OF_INPUT = '\x04';

liveTest('on a terminal it asks, and only yes is yes', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  await cli.write('/run/lab.yaml', LAB);
  for (const typed of ['\n', 'n\n', 'yesterday\n', END_OF_INPUT]) {
    const shown = await cli.onTerminal(1, ['apply', 'lab.yaml'], typed);
    t.regex(shown, /Plan: \d+ to create.*\n(.*\n)*Do these \d+ changes\? \[y\/N\]/);
    t.regex(shown, /Nothing was done\./);
  }
  t.deepEqual(await cli.links(), ['lo']);
  t.regex(await cli.onTerminal(0, ['apply', 'lab.yaml'], 'y\n'), /\[y\/N\] [^]*Done: \d+ changes/);
  t.regex(await cli.onTerminal(0, ['destroy', 'lab.yaml'], 'YES\n'), /\[y\/N\] [^]*Done: \d+ changes/);
  t.notRegex(await cli.onTerminal(0, ['apply', 'lab.yaml', '--yes'], ''), /\[y\/N\]/);
  t.notRegex(await cli.onTerminal(0, ['apply', 'lab.yaml'], ''), /\[y\/N\]/);
});

liveTest('a topology comes from standard input, too', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  const { stdout } = await cli.exits(0, ['apply', '-'], { input: LAB });
  t.regex(stdout, /^Changes to lab \(<stdin>\)/);
  await cli.exits(0, ['plan', '-', '--detailed-exitcode'], { input: LAB });
  t.regex((await cli.exits(1, ['plan', '-'], { input: 'version: 2\n' })).stderr, /<stdin>:1:10: error/);
  await cli.exits(0, ['destroy', '-'], { input: LAB });
});

liveTest('OVS_RUNDIR and --ovs-db choose the Open vSwitch', { needs: ['veth'], timeout: 180 }, async (t) => {
  const cli = await Cli.open(t, { ovs: true });
  await cli.write('/run/lab.yaml', 'version: 1\nname: lab\nbridges: {br0: {type: ovs}}\n');
  const directory = (await cli.box.sh('echo "$OVS_RUNDIR"')).trim();
  await cli.box.sh(`ln -s ${directory} /run/elsewhere`);
  const { stderr } = await cli.exits(1, ['apply', 'lab.yaml'], { env: { OVS_RUNDIR: '/run/nowhere' } });
  t.regex(
    stderr,
    /lab\.yaml:3:11: error: ovs-bridge:br0 needs Open vSwitch, which is not there: no \/run\/nowhere\/db\.sock\n[^]* {2}hint: .*OVS_RUNDIR.*--ovs-db/,
  );
  await cli.exits(0, ['apply', 'lab.yaml'], { env: { OVS_RUNDIR: '/run/elsewhere' } });
  t.is(await cli.box.ovs('br-exists', 'br0'), '');
  const db = ['--ovs-db', `unix:${directory}/db.sock`];
  await cli.exits(0, [...db, 'plan', 'lab.yaml', '--detailed-exitcode'], {
    env: { OVS_RUNDIR: '/run/nowhere' },
  });
  await cli.exits(0, ['destroy', 'lab.yaml', ...db], { env: { OVS_RUNDIR: '/run/nowhere' } });
  t.is(await cli.box.ovs('list-br'), '');
});

liveTest(
  'rehearse for a program: one document, with all stages of every host',
  { needs, timeout: 180 },
  async (t) => {
    const cli = await Cli.open(t);
    const good = JSON.parse(
      (await cli.exits(0, ['rehearse', '-', '--format', 'json'], { input: LAB })).stdout,
    );
    t.like(good, {
      format: 1,
      passed: true,
      hosts: [{ file: '-', topology: 'lab', differences: [] }],
    });
    t.is(good.hosts[0].apply.status, 'done');
    t.true(good.hosts[0].checks.checks[0].passed);
    t.deepEqual(good.hosts[0].secondPlan.changes, []);
    t.is(good.hosts[0].destroy.status, 'done');
    const text = LAB.replace('to: 10.0.0.2', 'to: 10.0.0.77, within: 0.2');
    const bad = JSON.parse(
      (await cli.exits(6, ['rehearse', '-', '--format', 'json'], { input: text })).stdout,
    );
    t.like(bad, { passed: false, hosts: [{ file: '-', differences: [] }] });
  },
);

liveTest('a rehearsal leaves files outside of its own /run alone', { needs }, async (t) => {
  const cli = await Cli.open(t);
  const folder = await mkdtemp(path.join(tmpdir(), 'netplan-ovs-kept-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'file');
  await writeFile(file, 'as it was');
  for (const way of [file, `/run/..${file}`, path.join(folder, 'new')]) {
    const input = `version: 1\nname: lab\nnamespaces: {x: {from: "path:${way}"}}\n`;
    const { stderr } = await cli.exits(1, ['rehearse', '-'], { input });
    t.regex(stderr, /`x` is found outside of \/run/);
  }
  t.is(readFileSync(file, 'utf8'), 'as it was');
  t.deepEqual(readdirSync(folder), ['file']);
});

liveTest('plan --format json is as its schema says', { needs, timeout: 180 }, async (t) => {
  const cli = await Cli.open(t, {});
  const planned = async (): Promise<number> => {
    const plan = planOf((await cli.exits(0, ['plan', 'topology.yaml', '--format', 'json'])).stdout);
    return plan.changes.length;
  };
  await cli.write('/run/topology.yaml', readFileSync(path.join(projectRoot, 'examples/bridge.yaml'), 'utf8'));
  t.true((await planned()) > 5);
  await cli.exits(0, ['apply', 'topology.yaml', '--no-checks']);
  t.is(await planned(), 0);
  await cli.write('/run/topology.yaml', 'version: 1\nname: bridge\n');
  t.true((await planned()) > 5);
});
