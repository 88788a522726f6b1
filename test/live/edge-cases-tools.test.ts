// Tools that are missing, hang, fail or print nonsense: a typed error with the tool's words before the first write, and no write.
import type { ExecutionContext } from 'ava';
import { liveTest } from '../support/live-test.js';
import { patience, type Outcome } from '../support/process.js';
import { openSandbox, projectRoot, type Sandbox, type SandboxWishes } from '../support/sandbox.js';
import { changesSince, snapshot } from '../support/snapshot.js';

const FILE = '/run/topology.yaml';
const PLAIN = `
version: 1
name: edge
namespaces: {ns: {}}
bridges: {br0: {type: linux, addresses: [10.0.0.1/24, "fd00::1/64"]}}
veths: {v: {bridge: br0, peer: {namespace: ns, name: e, addresses: [10.0.0.2/24, "fd00::2/64"]}}}
nat: [{masquerade: {out: br0}}]
`;
const WITH_OVS = PLAIN.replace('type: linux', 'type: ovs');

/** Shell scripts in the place of a tool; `$REAL` is the tool. */
const FAULTS = {
  missing: ['#!/nowhere/at-all', /could not start/],
  hanging: ['#!/bin/sh\nexec sleep 600', /took longer than|gave up|Alarm clock/],
  garbage: ['#!/bin/sh\necho "Hello, world"', /printed what cannot be read/],
  truncated: ['#!/bin/sh\n"$REAL" "$@" | head -c 100', /printed what cannot be read/],
  silent: ['#!/bin/sh\nexit 0', /printed what cannot be read/],
  failing: ['#!/bin/sh\necho "the disk is on fire" >&2; exit 7', /exit status 7[^]*the disk is on fire/],
} as const;

async function opened(t: ExecutionContext, wishes: SandboxWishes = {}): Promise<Sandbox> {
  const host = await openSandbox(wishes);
  t.teardown(() => host.close());
  return host;
}

/** The program with some tools replaced by scripts. */
async function netplan(
  host: Sandbox,
  words: readonly string[],
  fakes: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  await host.sh('rm -rf /run/fakes; mkdir /run/fakes');
  for (const [tool, script] of Object.entries(fakes)) {
    const real = (await host.sh(`command -v ${tool}`)).trim();
    await host.run(['tee', `/run/fakes/${tool}`], { input: `${script.replaceAll('$REAL', real)}\n` });
    await host.sh(`chmod +x /run/fakes/${tool}`);
  }
  const env = { ...variables, PATH: `/run/fakes:${process.env['PATH'] ?? ''}` };
  return host.netplan(words, { env, allowFailure: true });
}

const write = (host: Sandbox, text: string) => host.run(['tee', FILE], { input: text });

for (const tool of ['ip', 'ovs-vsctl', 'nft']) {
  liveTest(
    `${tool} that does not do its work stops everything before the first write`,
    { needs: ['ovs', 'nat', 'veth'], timeout: 120 },
    async (t) => {
      const host = await opened(t);
      await write(host, WITH_OVS);
      const before = await snapshot(host);
      for (const [fault, [script, words]] of Object.entries(FAULTS)) {
        const { exitCode, stderr, stdout } = await netplan(
          host,
          ['apply', FILE, '--timeout', String(2 * patience)],
          { [tool]: script },
        );
        t.is(exitCode, 1, `${fault}: ${stderr}${stdout}`);
        t.regex(stderr, words, fault);
        t.true(stderr.startsWith('error: ') && stderr.includes(tool), `${fault}: ${stderr}`);
        t.notRegex(stderr, /this is a bug/, fault);
      }
      t.deepEqual(await changesSince(before, host), []);
      t.is(await host.sh('ls /run/netplan-ovs/*.json 2>/dev/null || :'), '');
    },
  );
}

liveTest(
  'without Open vSwitch installed, what does not need it works, and what needs it is refused',
  { needs: ['nat', 'veth', 'bridge'], timeout: 120 },
  async (t) => {
    const host = await opened(t, { ovs: false });
    const fakes = { 'ovs-vsctl': FAULTS.missing[0] };
    const before = await snapshot(host);
    await write(host, PLAIN);
    for (const words of [
      ['apply', FILE],
      ['plan', FILE, '--detailed-exitcode'],
      ['show'],
      ['destroy', FILE],
    ]) {
      const { exitCode, stderr } = await netplan(host, words, fakes);
      t.is(exitCode, 0, `${words.join(' ')}: ${stderr}`);
    }
    t.deepEqual(await changesSince(before, host), []);
    await write(host, WITH_OVS);
    const { exitCode, stderr } = await netplan(host, ['apply', FILE], fakes);
    t.is(exitCode, 1, stderr);
    t.regex(stderr, /error: ovs-bridge:br0 .*needs? Open vSwitch, which is not there/);
    t.deepEqual(await changesSince(before, host), []);
  },
);

liveTest(
  'without nft installed, what does not need it works',
  { needs: ['veth', 'bridge'], timeout: 120 },
  async (t) => {
    const host = await opened(t, { ovs: false });
    const before = await snapshot(host);
    await write(host, PLAIN.replace(/^nat:.*$/m, ''));
    for (const words of [
      ['apply', FILE],
      ['plan', FILE, '--detailed-exitcode'],
      ['show'],
      ['destroy', FILE],
    ]) {
      const { exitCode, stderr } = await netplan(host, words, { nft: FAULTS.missing[0] });
      t.is(exitCode, 0, `${words.join(' ')}: ${stderr}`);
    }
    t.deepEqual(await changesSince(before, host), []);
  },
);

/** Ends the sandbox's own ovsdb-server, which leaves its socket behind. */
const KILL =
  'kill -9 $(cat $OVS_RUNDIR/ovsdb-server.pid); while kill -0 $(cat $OVS_RUNDIR/ovsdb-server.pid) 2>/dev/null; do sleep 0.1; done; test -S $OVS_RUNDIR/db.sock';

liveTest(
  'where ovsdb-server does not answer, only what needs it stops',
  { needs: ['ovs', 'nat', 'veth', 'bridge'], timeout: 120 },
  async (t) => {
    const host = await opened(t);
    await write(host, WITH_OVS);
    t.is((await netplan(host, ['apply', FILE])).exitCode, 0);
    await host.sh(KILL);
    for (const words of [
      ['plan', FILE],
      ['apply', FILE],
      ['destroy', FILE],
      ['destroy', '--name', 'edge'],
    ]) {
      const { exitCode, stderr } = await netplan(host, [...words, '--timeout', '7']);
      t.is(exitCode, 1, `${words.join(' ')}: ${stderr}`);
      t.regex(stderr, /ovs-vsctl[^]*database connection failed|Open vSwitch is not there/, words.join(' '));
    }
    const shown = await netplan(host, ['show']);
    t.is(shown.exitCode, 0, shown.stderr);
    t.regex(shown.stdout, /edge/);

    const other = PLAIN.replace('name: edge', 'name: other')
      .replaceAll('br0', 'br1')
      .replaceAll('ns', 'ns2')
      .replace('{v:', '{w:');
    await write(host, other.replace('ns2: {}', 'ns2: {}'));
    for (const words of [
      ['apply', FILE, '--no-checks'],
      ['plan', FILE, '--detailed-exitcode'],
      ['destroy', FILE],
    ]) {
      const { exitCode, stderr } = await netplan(host, words);
      t.is(exitCode, 0, `${words.join(' ')}: ${stderr}`);
    }
  },
);

liveTest('a dump that the kernel interrupted is read again', { needs: ['veth'], timeout: 120 }, async (t) => {
  const host = await opened(t, { ovs: false });
  await write(host, 'version: 1\nname: edge\nveths: {v: {addresses: [10.0.0.1/24], peer: {name: w}}}\n');
  const interrupted = (times: number) => `#!/bin/sh
    "$REAL" "$@" || exit
    echo x >>/run/count; test $(wc -l </run/count) -gt ${times} || echo "Dump was interrupted and may be inconsistent." >&2`;
  const { exitCode, stderr } = await netplan(host, ['apply', FILE], { ip: interrupted(2) });
  t.is(exitCode, 0, stderr);
  await host.sh('rm /run/count');
  const never = await netplan(host, ['plan', FILE], { ip: interrupted(1000) });
  t.is(never.exitCode, 1);
  t.regex(never.stderr, /Dump was interrupted/);
});

liveTest(
  'a run whose terminal goes, or whose output nobody reads, goes on to its end',
  { needs: ['veth'], timeout: 120 },
  async (t) => {
    const host = await opened(t, { ovs: false });
    await write(
      host,
      'version: 1\nname: edge\nnamespaces: {ns: {}}\nveths: {v: {peer: {namespace: ns, name: e, addresses: [10.0.0.1/24]}}}\n',
    );
    const slow =
      '#!/bin/sh\ncase "$*" in *-json*) ;; *) touch /run/writing; sleep 1;; esac\nexec "$REAL" "$@"';
    for (const signal of ['HUP', 'TERM', 'INT', 'PIPE']) {
      await host.sh('rm -f /run/writing');
      const run = netplan(host, ['apply', FILE], { ip: slow });
      await host.sh(
        `until test -e /run/writing; do sleep 0.05; done; kill -${signal} $(pgrep -f 'dist/start[.]cjs apply')`,
      );
      const { exitCode, stderr } = await run;
      t.is(exitCode, 0, `${signal}: ${stderr}`);
      t.is((await netplan(host, ['destroy', FILE])).exitCode, 0);
    }
    const program = `${process.execPath} dist/start.cjs`;
    await host.run(['bash', '-c', `${program} apply ${FILE} 2>&1 | head -c 1`], { cwd: process.cwd() });
    await host.run(['bash', '-c', `${program} apply ${FILE} >&- 2>&-`], { cwd: process.cwd() });
    t.is((await netplan(host, ['plan', FILE, '--detailed-exitcode'])).exitCode, 0);
  },
);

liveTest(
  'without Perl, a shell starts the processes, and nothing else is different',
  { needs: ['veth', 'bridge', 'nat'], timeout: 120 },
  async (t) => {
    const host = await opened(t, { ovs: false });
    await write(host, PLAIN);
    const bin = '/run/no-perl';
    const tools = ['sh', 'cat', 'nsenter', 'unshare', 'flock'];
    const links = tools.map((tool) => `ln -s "$(command -v ${tool})" ${bin}/${tool}`).join('; ');
    await host.sh(`mkdir ${bin}; ${links}; ln -s "$(command -v nft)" ${bin}/nft`);
    const program = `${projectRoot}/dist/start.cjs`;
    const without = (...words: string[]) =>
      host.run(['env', `PATH=${bin}`, process.execPath, program, ...words]);
    t.is(await host.sh(`PATH=${bin}; command -v perl || echo none`), 'none\n');
    const before = await snapshot(host);
    await without('apply', FILE);
    t.is((await host.netplan(['plan', FILE, '--detailed-exitcode'])).exitCode, 0);
    await without('destroy', FILE);
    t.deepEqual(await changesSince(before, host), []);
    await host.netplan(['apply', FILE]);
    t.is((await without('plan', FILE, '--detailed-exitcode')).exitCode, 0);
  },
);

liveTest(
  'a look that nobody waits for any more leaves no process and no file',
  { needs: ['veth'], timeout: 120 },
  async (t) => {
    const host = await opened(t, { ovs: false });
    await host.sh('mkdir /run/tmp; for i in $(seq 10); do ip netns add ns$i; done');
    await write(host, 'version: 1\nname: edge\nnonsense: true\n');
    // Without being ended it would hang for longer than this test may take.
    const { exitCode, stderr } = await netplan(
      host,
      ['apply', FILE, '--timeout', '3600'],
      { ip: FAULTS.hanging[0] },
      { TMPDIR: '/run/tmp' },
    );
    t.is(exitCode, 1);
    t.regex(stderr, /`nonsense` is not known here/);
    t.is(await host.sh('ls /run/tmp'), '');
    t.is(await host.sh('grep -lsz "^600$" /proc/[0-9]*/cmdline || :'), '');
  },
);
