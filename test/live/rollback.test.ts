// What is said about a step that fails (`faults` has steps that fail anywhere).
import type { ExecutionContext } from 'ava';
import { liveTest } from '../support/live-test.js';
import { first, NIC } from '../support/change.js';
import { openSandbox, type Sandbox } from '../support/sandbox.js';
import { Session, type Document } from '../support/session.js';
import { changesSince, snapshot } from '../support/snapshot.js';

const needs = ['veth', 'bridge', 'vxlan', 'nat', 'ovs', 'ifb'] as const;

class Subject {
  readonly box: Sandbox;
  readonly #session: Session;

  private constructor(box: Sandbox, session: Session) {
    this.box = box;
    this.#session = session;
  }

  static async open(t: ExecutionContext): Promise<Subject> {
    const box = await openSandbox();
    t.teardown(() => box.close());
    await box.sh(NIC);
    return new Subject(box, new Session(box));
  }

  does(command: string, topology: Document) {
    const text = JSON.stringify(topology, null, 1);
    return this.#session.run({ command, argument: '/run/topology.yaml', text, options: { format: 'text' } });
  }

  destroys() {
    return this.#session.run({ command: 'destroy', argument: '', options: { name: 'lab', format: 'text' } });
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
