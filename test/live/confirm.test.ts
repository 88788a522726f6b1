// Changes on trial: reverted, whatever becomes of the run and its session, unless somebody confirms them.
import path from 'node:path';
import { liveTest } from '../support/live-test.js';
import { projectRoot } from '../support/sandbox.js';
import { lab, killing, needs, REVERTED, until } from '../support/lab-host.js';
import { changesSince, snapshot } from '../support/snapshot.js';
import { openSystemd } from '../support/systemd.js';

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

liveTest(
  'where systemd runs, the end of the session does not end who reverts',
  { needs: ['systemd', 'bridge'], timeout: 120 },
  async (t) => {
    const sh = await openSystemd(t);
    /** With the unit ends all that it has started, as logind ends a session. */
    const inSession = async (command: string): Promise<string> => {
      await sh(`echo '${command}; echo $? >/run/ended' >/run/session; rm -f /run/ended`);
      await sh('systemd-run --quiet --unit=session sh -c "sh /run/session >/run/said 2>&1"');
      return (
        await sh(
          'until [ -e /run/ended ] && ! systemctl -q is-active session; do sleep 0.1; done; cat /run/said /run/ended',
        )
      ).stdout;
    };
    const program = `${process.execPath} ${path.join(projectRoot, 'dist/netplan-ovs.cjs')}`;
    await sh(`echo '{version: 1, name: lab, bridges: {br0: {type: linux}}}' >/run/lab.yaml`);
    const isThere = async () => (await sh('ip link show br0')).exitCode === 0;
    await inSession('setsid sleep 600 & echo $! >/run/pid');
    t.not((await sh('kill -0 $(cat /run/pid)')).exitCode, 0, 'nothing else survives a session');
    t.regex(await inSession(`${program} apply --confirm 15s /run/lab.yaml`), /\n0\n$/);
    t.true(await isThere());
    const watcher = await sh(`sed -n 's/.*"watcher":\\([0-9]*\\).*/\\1/p' /run/netplan-ovs/lab.journal`);
    const group = await sh(`cat /proc/${watcher.stdout.trim()}/cgroup`);
    t.regex(group.stdout, /\/run-\w+\.service$/m);
    await sh(`until ${REVERTED}; do sleep 0.1; done`);
    t.false(await isThere());
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
