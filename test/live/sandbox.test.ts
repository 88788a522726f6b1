// The throw-away host: what happens in it stays in it, and nothing of it stays.
import test from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FALLBACK_DEVICES } from '../../src/kinds/fallback-devices.js';
import { sandboxCommand, sandboxMissing, type SandboxOptions } from '../../src/sandbox.js';
import { liveTest } from '../support/live-test.js';
import { run, type RunOptions } from '../support/process.js';
import { connect, openSandbox, projectRoot } from '../support/sandbox.js';

const without: SandboxOptions = { ovs: 'none' };
/** Directories that everyone may read: in another the status would be 126, not 127. */
const PATH = { PATH: '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** Runs a command in a throw-away host of its own. */
async function inSandbox(command: readonly string[], sandbox: SandboxOptions, options: RunOptions = {}) {
  const { argv, env } = sandboxCommand(command, sandbox);
  return run(argv, { ...options, env: { ...env, ...options.env }, allowFailure: true });
}

test('this machine can make throw-away hosts', (t) => {
  t.deepEqual(sandboxMissing(), []);
});

liveTest('the network of the machine stays as it was', {}, async (t) => {
  const outside = async () => {
    const { stdout } = await run(['ip', '-j', '-d', 'addr']);
    return JSON.parse(stdout, (key, value: unknown) =>
      key.endsWith('_life_time') ? undefined : value,
    ) as unknown;
  };
  const before = { links: await outside(), run: await readdir('/run') };
  const script = `
    ip link add leak0 type veth peer name leak1; ip addr add 192.0.2.1/24 dev leak0; ip link set leak0 up
    ip netns add leak; touch /run/leak; ip link set lo down`;
  const { exitCode } = await inSandbox(['sh', '-e', '-c', script], {});
  t.is(exitCode, 0);
  t.deepEqual({ links: await outside(), run: await readdir('/run') }, before);
});

/** Names of links, without those that the kernel gives every namespace as soon as another test's modules are loaded. */
const madeIn = (links: readonly { readonly ifname: string }[]): string[] =>
  links.map(({ ifname }) => ifname).filter((name) => !FALLBACK_DEVICES.has(name));

liveTest('it begins with nothing but lo, which is up', {}, async (t) => {
  const { stdout } = await inSandbox(['ip', '-j', 'addr'], without);
  const links = JSON.parse(stdout);
  t.deepEqual(madeIn(links), ['lo']);
  t.true(links[0].flags.includes('UP'));
  t.is((await inSandbox(['ip', 'netns', 'list'], without)).stdout, '');
  // Not its files: a bonding_masters is there as soon as another test has made a bond.
  const { stdout: devices } = await inSandbox(['sh', '-c', 'cd /sys/class/net; ls -d */'], without);
  t.deepEqual(madeIn(devices.split('/\n').map((ifname) => ({ ifname }))), ['lo', '']);
});

liveTest('streams and exit status are those of the command', {}, async (t) => {
  const { stdout, stderr, exitCode } = await inSandbox(['sh', '-c', 'cat; echo wrong >&2; exit 7'], without, {
    input: 'right',
  });
  t.deepEqual({ stdout, stderr, exitCode }, { stdout: 'right', stderr: 'wrong\n', exitCode: 7 });
  t.is((await inSandbox(['sh', '-c', 'kill -9 $$'], without)).exitCode, 137);
  t.is((await inSandbox(['no-such-command'], without, { env: PATH })).exitCode, 127);
});

liveTest('words of the command are neither code nor builtins of a shell', {}, async (t) => {
  const word = `a'b"c $(id) \`id\` \\n; exit 3\nnext`;
  t.is((await inSandbox(['printf', '%s', word], without)).stdout, word);
  // A function of the script around it, and a builtin; neither is a program.
  t.is((await inSandbox(['fail', 'x'], without, { env: PATH })).exitCode, 127);
  t.is((await inSandbox(['exit', '3'], without, { env: PATH })).exitCode, 127);
});

for (const end of ['the command', 'SIGKILL', 'its parent'] as const) {
  liveTest(`no process outlives it when it is ended by ${end}`, {}, async (t) => {
    const { argv, env } = sandboxCommand(['sh', '-c', 'setsid sleep 1000 & echo ready; cat'], {});
    const words = end === 'its parent' ? ['sh', '-c', '"$@"; :', 'sh', ...argv] : argv;
    const child = spawn(words[0], words.slice(1), { env: { ...process.env, ...env } });
    await once(child.stdout, 'data');
    const tree = await processesBelow(child.pid!);
    t.true(tree.length >= 4, `too few processes to show anything: ${tree.join(' ')}`);
    const exit = once(child, 'exit');
    if (end === 'the command') child.stdin.end();
    else child.kill('SIGKILL');
    await exit;
    if (end === 'the command') t.deepEqual(await living(tree), []);
    while ((await living(tree)).length > 0) await delay(10); // SIGKILL takes effect some time after it is sent
  });
}

liveTest('its Open vSwitch is its own', { needs: ['ovs'] }, async (t) => {
  const outside = async () => {
    const files = ['/etc/openvswitch', '/var/lib/openvswitch', '/var/log/openvswitch'];
    return Promise.all(
      files.map((file) =>
        stat(file).then(
          ({ mtimeMs }) => mtimeMs,
          () => undefined,
        ),
      ),
    );
  };
  const before = await outside();
  const box = await openSandbox();
  t.teardown(() => box.close());
  t.deepEqual(await box.ovs('list', 'Bridge'), []);
  await box.ovs('add-br', 'br0', '--', 'set', 'Bridge', 'br0', 'datapath_type=netdev');
  t.is(await box.ovs('get', 'Bridge', 'br0', 'datapath_type'), 'netdev');
  t.is((await box.ip('link', 'show', 'br0'))[0].ifname, 'br0');
  t.deepEqual(await outside(), before);
});

liveTest('a port that cannot be made is an error', { needs: ['ovs'] }, async (t) => {
  const box = await openSandbox();
  t.teardown(() => box.close());
  const add = box.ovs(
    'add-br',
    'br0',
    '--',
    'set',
    'Bridge',
    'br0',
    'datapath_type=netdev',
    '--',
    'add-port',
    'br0',
    'none0',
  );
  await t.throwsAsync(add, {
    message: /could not open network device none0|Error detected while setting up 'none0'/,
  });
});

liveTest('two hosts are wired together', {}, async (t) => {
  const a = await openSandbox({ ovs: false });
  t.teardown(() => a.close());
  const b = await openSandbox({ ovs: false, beside: a });
  t.teardown(() => b.close());
  await connect(a, b, 'eth0', 'eth1');
  await a.run(['ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'eth0']);
  await b.run(['ip', 'addr', 'add', '192.0.2.2/24', 'dev', 'eth1']);
  await t.notThrowsAsync(a.run(['ping', '-c', '1', '-W', '5', '192.0.2.2']));
  const stranger = await openSandbox({ ovs: false });
  t.teardown(() => stranger.close());
  t.not(
    (await stranger.run(['ping', '-c', '1', '-W', '1', '192.0.2.2'], { allowFailure: true })).exitCode,
    0,
  );
});

liveTest('a command runs in a named namespace', {}, async (t) => {
  const box = await openSandbox({ ovs: false });
  t.teardown(() => box.close());
  await box.sh('ip netns add blue; ip link add v0 type veth peer name eth0 netns blue');
  t.deepEqual(madeIn(await box.netns('blue').ip('link')), ['lo', 'eth0']);
});

liveTest('a directory below /run stays reachable, and the rest of /run does not', {}, async (t) => {
  const box = await openSandbox({ ovs: false });
  t.teardown(() => box.close());
  await box.sh(
    'mkdir -p /run/project /run/netns /run/secret; touch /run/project/topology.yaml; ip netns add outer',
  );
  const nested = nodeScript(`
    import { spawnSync } from 'node:child_process';
    import { sandboxCommand } from ${JSON.stringify(compiled('sandbox.js'))};
    const { argv, env } = sandboxCommand(['sh', '-c', 'pwd; ls; ls /run /run/netns'], { ovs: 'none' });
    spawnSync(argv[0], argv.slice(1), { stdio: 'inherit', env: { ...process.env, ...env } });`);
  const { stdout } = await box.run(nested, { cwd: '/run/project' });
  t.is(
    stdout,
    '/run/project\ntopology.yaml\n/run:\nnetns\nnetplan-ovs\nopenvswitch\nproject\n\n/run/netns:\n',
  );
});

liveTest('an ordinary user can make one, and hears what Open vSwitch lacks', {}, async (t) => {
  // A copy that anyone may read: the project may lie where only its owner can look.
  const copy = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  t.teardown(() => rm(copy, { recursive: true }));
  await cp(compiled('.'), copy, { recursive: true });
  await writeFile(path.join(copy, 'package.json'), '{"type":"module"}');
  await chmod(copy, 0o755);
  const script = nodeScript(`
    import { spawnSync } from 'node:child_process';
    import { sandboxCommand, sandboxMissing } from ${JSON.stringify(path.join(copy, 'sandbox.js'))};
    const { argv, env } = sandboxCommand(['sh', '-e', '-c', 'ip netns add blue; ip -n blue link set lo up; id -u; ovs-vsctl show']);
    const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { encoding: 'utf8', env: { ...process.env, ...env } });
    console.log(JSON.stringify({ status, stdout, stderr, missing: sandboxMissing(), forOvs: sandboxMissing({ ovs: true }) }));`);
  const unprivileged = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
  const asUser = process.getuid!() === 0 ? [...unprivileged, ...script] : script;
  const { stdout } = await run(asUser as [string, ...string[]], { cwd: '/' });
  const answer = JSON.parse(stdout);
  t.deepEqual(answer.missing, []);
  t.is(answer.status, 0, answer.stderr);
  t.regex(answer.stdout, /^0\n[0-9a-f-]{36}\n/);
  const { mode } = await stat('/dev/net/tun');
  if ((mode & 0o006) === 0o006) t.deepEqual(answer.forOvs, []);
  else
    t.regex(
      answer.forOvs.join(),
      /OVS bridges need \/dev\/net\/tun, which cannot be opened \(EACCES\): set its mode to 0666/,
    );
});

const compiled = (file: string) => path.join(projectRoot, 'build/src', file);
const nodeScript = (source: string): [string, ...string[]] => [
  process.execPath,
  '--input-type=module',
  '--eval',
  source,
];

/** The processes that descend from one, each with its start time, because numbers are used again. */
async function processesBelow(ancestor: number): Promise<string[]> {
  const all = await processes();
  const below = new Set([ancestor]);
  // A child may have a smaller number than its parent, so one pass is not enough.
  for (let size = 0; size < below.size;) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid }) => below.has(pid)).map(({ pid, start }) => `${pid}@${start}`);
}

async function living(ids: readonly string[]): Promise<string[]> {
  const all = await processes();
  return all.map(({ pid, start }) => `${pid}@${start}`).filter((id) => ids.includes(id));
}

/** Every process but the dead whose parent has not looked yet. */
async function processes(): Promise<{ pid: number; parent: number; start: string }[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((text) => {
    // proc(5): the name, which is in parentheses, may itself hold parentheses and spaces.
    const [state, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return text === '' || state === 'Z'
      ? []
      : [{ pid: parseInt(text), parent: Number(parent), start: rest[17] ?? '' }];
  });
}
