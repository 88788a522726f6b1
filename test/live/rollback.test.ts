// A step fails, at any call of any tool, and the host is as it was before, byte for byte; and what is said about it.
import type { ExecutionContext } from 'ava';
import { FAULTY_TOOLS, FAULT_MODES, setFault, wasFaulty, withFaults, type Fault } from '../support/faults.js';
import { liveTest } from '../support/live-test.js';
import { first, isChosenByOvs, NIC, second } from '../support/change.js';
import { openSandbox, type Sandbox } from '../support/sandbox.js';
import { Session, type Document } from '../support/session.js';
import { changesSince, snapshot, type Snapshot } from '../support/snapshot.js';

const needs = ['veth', 'bridge', 'vxlan', 'nat', 'ovs'] as const;

for (const tool of FAULTY_TOOLS) {
  for (const mode of FAULT_MODES) {
    if (mode === 'half' && tool !== 'ip') continue;
    liveTest(`every call of ${tool} that fails (${mode}) is undone`, { needs, timeout: 300 }, async (t) => {
      const host = await Subject.open(t);
      const apply = (topology: Document) => () => host.does('apply', topology);
      let faults = await host.failsAt(tool, mode, apply(first));
      faults += await host.failsAt(tool, mode, apply(second));
      faults += await host.failsAt(tool, mode, () => host.destroys());
      t.log(`${faults} faults`);
      t.true(faults >= 3);
    });
  }
}

class Subject {
  readonly #t: ExecutionContext;
  readonly box: Sandbox;
  readonly #session: Session;

  private constructor(t: ExecutionContext, box: Sandbox, session: Session) {
    this.#t = t;
    this.box = box;
    this.#session = session;
  }

  static async open(t: ExecutionContext): Promise<Subject> {
    const box = await openSandbox();
    t.teardown(() => box.close());
    await box.sh(NIC);
    return new Subject(t, box, new Session(box, await withFaults(box)));
  }

  does(command: string, topology: Document) {
    const text = JSON.stringify(topology, null, 1);
    return this.#session.run({ command, argument: '/run/topology.yaml', text, options: { format: 'text' } });
  }

  destroys() {
    return this.#session.run({ command: 'destroy', argument: '', options: { name: 'lab', format: 'text' } });
  }

  /** Does it again and again, with the first call failing, the second and so on until there is none; how many there were. */
  async failsAt(
    tool: Fault['tool'],
    mode: Fault['mode'],
    action: () => ReturnType<Session['run']>,
  ): Promise<number> {
    const before = await snapshot(this.box);
    const record = await this.#records();
    for (let call = 1; ; call += 1) {
      const fault = { tool, call, mode };
      await setFault(this.box, fault);
      const { exitCode, stderr, stdout } = await action();
      const isFaulty = await wasFaulty(this.box, fault);
      await setFault(this.box, null);
      if (!isFaulty) {
        this.#t.is(exitCode, 0, stderr);
        return call - 1;
      }
      this.#t.is(exitCode, 3, `call ${call}\n${stderr}${stdout}`);
      this.#t.regex(stderr, /The host is as it was before\.\n$/);
      await this.#isAs(before, `call ${call}\n${stderr}${stdout}`);
      this.#t.is(await this.#records(), record);
    }
  }

  async #isAs(before: Snapshot, when: string): Promise<void> {
    this.#t.deepEqual(await changesSince(before, this.box, {}, isChosenByOvs), [], when);
  }

  #records(): Promise<string> {
    return this.box.sh('cat /run/netplan-ovs/*.json 2>/dev/null || :');
  }
}

liveTest(
  'the error says the command, its namespace, the tool’s words and the line of the file',
  { needs, timeout: 60 },
  async (t) => {
    const host = await Subject.open(t);
    // An address that the file may well say, and that the kernel does not take: the namespace has no IPv6.
    await host.box.sh('ip netns add found; ip netns exec found sysctl -qw net.ipv6.conf.all.disable_ipv6=1');
    const before = await snapshot(host.box);
    const topology: Document = {
      ...first,
      namespaces: { ns1: {}, ns2: {}, web: { from: 'path:/run/netns/found' } },
      veths: {
        ...(first['veths'] as object),
        w0: { peer: { namespace: 'web', name: 'eth9', addresses: ['2001:db8::1/64'] } },
      },
    };
    const { exitCode, stderr } = await host.does('apply', topology);
    t.is(exitCode, 3, stderr);
    const line = JSON.stringify(topology, null, 1)
      .split('\n')
      .findIndex((text) => text.includes('2001:db8::1/64'));
    t.regex(
      stderr,
      new RegExp(
        `/run/topology\\.yaml:${line + 1}:\\d+: error: address:web/eth9/2001:db8::1 could not be made`,
      ),
    );
    t.regex(stderr, /command: ip -n found address replace 2001:db8::1\/64 dev eth9/);
    t.regex(
      stderr,
      /ip says: (Error: (ipv6: )?IPv6 is disabled on this device|RTNETLINK answers: Permission denied)/,
    );
    t.regex(stderr, /The host is as it was before\.\n$/);
    t.deepEqual(await changesSince(before, host.box), []);
  },
);

liveTest(
  'a value that the kernel refuses is told like a command that fails',
  { needs, timeout: 60 },
  async (t) => {
    const host = await Subject.open(t);
    const before = await snapshot(host.box);
    const { exitCode, stderr } = await host.does('apply', {
      ...first,
      sysctls: { 'net.ipv4.ip_forward': 'perhaps' },
    });
    t.is(exitCode, 3, stderr);
    t.regex(stderr, /error: sysctl:net\.ipv4\.ip_forward could not be changed/);
    t.regex(stderr, /sysctl says: \/proc\/sys\/net\/ipv4\/ip_forward: Invalid argument/);
    t.deepEqual(await changesSince(before, host.box), []);
  },
);
