// Every example lives its life on real hosts, as it stands and with the other type for all its bridges: applied, true, quiet, gone without a trace.
import type { ExecutionContext } from 'ava';
import { examples, hasOvsBridge, needsOf, swapped, type Example } from '../support/examples.js';
import { liveTest } from '../support/live-test.js';
import { connect, openSandbox, type Sandbox, type SandboxWishes } from '../support/sandbox.js';
import { Session, type Request } from '../support/session.js';
import { changesSince, snapshot } from '../support/snapshot.js';

/** Tunnels, tags and queues are the datapath's work; the rest is the same in both. */
const isForDatapath = (texts: readonly string[]): boolean =>
  /\b(tunnels|tag|trunks|qos):/.test(texts.join('\n'));

for (const example of examples()) {
  const { name, texts, files } = example;
  const other = texts.map(swapped);
  const rehearsed = {
    needs: needsOf(texts),
    timeout: 120,
    again: name === 'nat' ? true : 'everywhere',
  } as const;
  liveTest(`${name}: rehearsed by the program itself`, rehearsed, async (t) => {
    const box = await opened(t, { ovs: false });
    const { exitCode, stdout, stderr } = await box.netplan(['rehearse', ...files], { allowFailure: true });
    t.is(exitCode, 0, stdout + stderr);
  });
  life(`${name}: as it stands`, example, texts);
  if (other.join() !== texts.join()) life(`${name}: with bridges of the other type`, example, other);
  if (hasOvsBridge(texts))
    life(`${name}: in the kernel’s datapath`, example, texts, 'system', !isForDatapath(texts));
  if (hasOvsBridge(other))
    life(`${name}: with bridges of the other type, in the kernel’s datapath`, example, other, 'system', true);
}

/** Places at which the examples' `tcp` checks arrive: where on a real host a service would listen. */
const SERVICES: Readonly<Record<string, readonly (readonly [namespace: string, port: number])[]>> = {
  nat: [['web', 80]],
  router: [['lab', 80]],
};

function life(
  title: string,
  { name }: Example,
  texts: readonly string[],
  datapath?: 'system',
  again = false,
): void {
  const needs = [...needsOf(texts), ...(datapath === undefined ? [] : (['openvswitch'] as const))];
  liveTest(title, { needs, timeout: 120, again }, async (t) => {
    const hosts = await wired(
      t,
      texts.length,
      datapath === undefined ? { ovs: hasOvsBridge(texts) } : { datapath },
    );
    const before = await Promise.all(hosts.map((host) => snapshot(host)));
    const services = (SERVICES[name] ?? []).map(([netns, port]) => listen(hosts[0]!, netns, port));
    const sessions = hosts.map((host) => new Session(host));
    /** The command on every host at once, each with its own file. */
    const everywhere = async (command: string, options: Request['options'] = {}) => {
      const request = { command, argument: '/run/topology.yaml', options: { format: 'text', ...options } };
      const outcomes = await Promise.all(
        sessions.map((session, i) => session.run({ ...request, text: texts[i]! })),
      );
      for (const { exitCode, stdout, stderr } of outcomes)
        t.is(exitCode, 0, `${command}: ${stdout}${stderr}`);
    };

    // Neighbours have to be there before checks can pass.
    await everywhere('apply', { 'no-checks': true });
    await everywhere('verify');
    await everywhere('plan', { 'detailed-exitcode': true });
    for (const stop of services) stop();
    await everywhere('destroy');
    for (const [i, host] of hosts.entries()) t.deepEqual(await changesSince(before[i]!, host), []);
  });
}

async function opened(t: ExecutionContext, wishes: SandboxWishes): Promise<Sandbox> {
  const box = await openSandbox(wishes);
  t.teardown(() => box.close());
  return box;
}

/** As many hosts as there are files, the `eth0` of two of them wired together. */
async function wired(t: ExecutionContext, count: number, wishes: SandboxWishes): Promise<Sandbox[]> {
  const first = await opened(t, wishes);
  if (count === 1) return [first];
  t.is(count, 2, 'a cable has two ends');
  const second = await opened(t, { ...wishes, beside: first });
  await connect(first, second, 'eth0', 'eth0');
  return [first, second];
}

/** A service that comes as soon as its namespace does. Returns what ends it, as it would keep the namespace's links alive. */
function listen(host: Sandbox, netns: string, port: number): () => void {
  const serve = `require("net").createServer((socket) => socket.end()).listen(${port}, "::")`;
  const wait = `until nsenter --net=/run/netns/${netns} -- true 2>/dev/null; do sleep 0.05; done`;
  const child = host.start([
    'sh',
    '-c',
    `${wait}; exec nsenter --net=/run/netns/${netns} -- "$@"`,
    'sh',
    process.execPath,
    '-e',
    serve,
  ]);
  return () => process.kill(-child.pid!, 'SIGKILL');
}
