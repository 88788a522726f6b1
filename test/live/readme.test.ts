// The README's first screen is what really prints: its file and its commands on a real kernel, its texts compared.
import path from 'node:path';
import { Cli, program } from '../support/cli.js';
import { liveTest } from '../support/live-test.js';
import { blockOf, readme, sessionsIn, timeless } from '../support/readme.js';
import { projectRoot } from '../support/sandbox.js';

liveTest('what the README shows is what is printed', { needs: ['veth'], timeout: 180 }, async (t) => {
  const cli = await Cli.open(t, {});
  await cli.write('/run/lab.yaml', blockOf(readme(), 'yaml'));
  await cli.box.sh('mkdir /run/bin');
  await cli.write('/run/bin/netplan-ovs', `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  await cli.box.sh('chmod +x /run/bin/netplan-ovs');
  const shown = sessionsIn(readme());
  t.true(shown.length >= 4);
  for (const { command, printed } of shown) {
    const line = `PATH=/run/bin:$PATH; ${command.replace(/^sudo /, '')}`;
    const { stdout, stderr } = await cli.box.run(['sh', '-c', line], { cwd: '/run' });
    t.is(timeless(stderr + stdout), timeless(printed), command);
  }
});

liveTest('npm start shows the main job and ends well', { needs: ['veth'], timeout: 180 }, async (t) => {
  const cli = await Cli.open(t, { ovs: false });
  const tour = path.join(projectRoot, 'scripts/start.mjs');
  const { stdout } = await cli.box.run([process.execPath, tour], { timeout: 180 });
  const parts = ['plan', 'apply', 'plan', 'destroy', 'show'].map((word) =>
    stdout.indexOf(`$ netplan-ovs ${word}`),
  );
  t.true(parts.every((at) => at > 0));
  t.regex(stdout, /Checks: all 4 passed\.\n[^]*Nothing to change: bridge is as the file says\.\n/);
  t.regex(stdout, /Nothing on this host was made by netplan-ovs\.\n/);
});
