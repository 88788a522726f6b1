// A run that fails, is killed, does not pass its checks, or has others beside it: what was there comes back, one at a time.
import { liveTest } from '../support/live-test.js';
import { FIRST, lab, killing, needs, until } from '../support/lab-host.js';
import { changesSince, snapshot } from '../support/snapshot.js';

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
    // Another process may have its number by now.
    await cli.box.sh(`sed -i '1s/"pid":[0-9]*/"pid":1/' /run/netplan-ovs/lab.journal`);
    t.regex((await cli.exits(0, ['show'])).stderr, /An earlier run .*, process 1, .* ended on the way/);
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

liveTest(
  'a device with an address that nobody can set is put back with it, also after another one was made',
  { needs: [...needs, 'ifb'], timeout: 120 },
  async (t) => {
    const cli = await lab(t);
    await cli.write('/run/shaped.yaml', 'version: 1\nname: lab\nifbs: {f0: {}}\n');
    await cli.exits(0, ['apply', 'shaped.yaml']);
    const made = await snapshot(cli.box);
    const env = await cli.withIp(killing(1, 'after'));
    const words = [process.execPath, cli.program, 'destroy', '--name', 'lab'];
    t.not((await cli.box.run(words, { cwd: '/run', env, allowFailure: true })).exitCode, 0);
    await cli.exits(0, ['apply', 'shaped.yaml']);
    t.not((await changesSince(made, cli.box)).length, 0, 'the kernel chooses another address');
    await cli.exits(0, ['rollback']);
    t.deepEqual(await changesSince(made, cli.box), []);
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

liveTest('whoever looks while a run is on its way is told', { needs, timeout: 120 }, async (t) => {
  const cli = await lab(t);
  const env = await cli.withIp('until [ -e /run/go ]; do sleep 0.1; done');
  const child = cli.box.start([
    'env',
    `PATH=${env['PATH']}`,
    process.execPath,
    cli.program,
    'apply',
    '/run/first.yaml',
  ]);
  const ended = new Promise((resolve) => child.once('close', resolve));
  await until(cli, '[ -e /run/netplan-ovs/lab.journal ]');
  for (const look of [['plan', 'first.yaml'], ['show']])
    t.regex(
      (await cli.exits(0, look)).stderr,
      /A run is on its way \(apply \S+, process \d+, since/,
      look.join(' '),
    );
  t.regex(
    (await cli.exits(5, ['apply', 'first.yaml'])).stderr,
    /another run holds the lock: process \d+ \(apply/,
  );
  await cli.box.sh('touch /run/go');
  t.is(await ended, 0);
  t.notRegex((await cli.exits(0, ['show'])).stderr, /on its way/);
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
