// Any process of any tool, and any line of a batch, may fail: the host is as it was before, byte for byte. Tried with each of them, in every
// example and in a change of everything.
import type { ExecutionContext } from 'ava';
import { first, second } from '../support/change.js';
import { examples, hasOvsBridge, needsOf } from '../support/examples.js';
import { endFault, FAULT_MODES, setFault, withFaults, type Fault } from '../support/faults.js';
import { kernelHas, machineHas } from '../support/features.js';
import { liveTest } from '../support/live-test.js';
import { patience } from '../support/process.js';
import { openSandbox, type Sandbox } from '../support/sandbox.js';
import { Session } from '../support/session.js';
import { changesSince, snapshot, type Snapshot } from '../support/snapshot.js';

/** In s; after that a process of a tool hangs. */
const TIMEOUT = 20 * patience;

/** Each process fails in one way, the next one in another; `FAULTS=all`: each in all of them, which takes long. */
const isThorough = process.env['FAULTS'] === 'all';

const subjects = [
  { title: 'a change of everything', texts: [first, second].map((each) => JSON.stringify(each, null, 1)) },
  ...examples().flatMap(({ files, texts }) =>
    texts.map((text, i) => ({ title: String(files[i]), texts: [text] })),
  ),
];

for (const { title, texts } of subjects) {
  const needs = [...needsOf(texts), 'veth'] as const;
  liveTest(
    `${title}: whatever fails is undone`,
    { needs, timeout: 120, again: !needs.every(kernelHas) },
    async (t) => {
      const ovs = hasOvsBridge(texts) || texts.length > 1;
      // On an emulated processor one takes half a minute: there some are enough of those that the machine itself does all of.
      const stride = needs.every(machineHas) ? 7 : 1;
      const host = await Subject.open(t, ovs, stride);
      let faults = 0;
      for (const text of texts) faults += await host.failsEverywhere('apply', text);
      faults += await host.failsEverywhere('destroy', texts.at(-1) ?? '');
      t.log(`${faults} faults`);
      t.true(faults >= (stride === 1 ? 10 : 2)); // one of the apply, one of the destroy
    },
  );
}

/** What topologies adopt, with an address and a route of somebody else's; their far ends are called as nobody calls a link. */
const NICS = `
  for nic in eth0 nic0; do ip link add $nic type veth peer name $nic-cable; ip link set $nic up; ip link set $nic-cable up; done
  ip addr add 203.0.113.1/24 dev nic0; ip route add 198.51.102.0/24 via 203.0.113.9`;

class Subject {
  readonly #t: ExecutionContext;
  readonly #box: Sandbox;
  readonly #session: Session;
  readonly #stride: number;

  private constructor(t: ExecutionContext, box: Sandbox, session: Session, stride: number) {
    this.#t = t;
    this.#box = box;
    this.#session = session;
    this.#stride = stride;
  }

  /** `stride` 1: each process and each line fails; n: each n-th. */
  static async open(t: ExecutionContext, ovs: boolean, stride: number): Promise<Subject> {
    const box = await openSandbox({ ovs });
    t.teardown(() => box.close());
    await box.sh(NICS);
    return new Subject(t, box, new Session(box, await withFaults(box)), stride);
  }

  /** Does it again and again, with each thing that can fail failing, until nothing is left to fail; how many faults that were. */
  async failsEverywhere(command: 'apply' | 'destroy', text: string): Promise<number> {
    const before = await this.#look();
    let faults = 0;
    for (let call = 1; ; call += this.#stride) {
      const own = FAULT_MODES[(call + text.length) % FAULT_MODES.length] ?? 'refuses';
      let lines = 0;
      for (const mode of isThorough ? FAULT_MODES : [own]) {
        lines = await this.#fails(command, text, { call, mode }, before);
        if (lines === 0) return faults;
        faults += 1;
      }
      for (let line = 1; line <= lines && lines > 1; line += this.#stride) {
        await this.#fails(command, text, { call, mode: 'line', line }, before);
        faults += 1;
      }
    }
  }

  /** How many lines the process had that failed; 0 when there was none, and so all was done. */
  async #fails(
    command: string,
    text: string,
    fault: Fault,
    { state, record, chosen }: Look,
  ): Promise<number> {
    await setFault(this.#box, fault);
    const { exitCode, stderr, stdout } = await this.#session.run({
      command,
      argument: '/run/topology.yaml',
      text,
      options: { format: 'text', 'no-checks': true, timeout: String(TIMEOUT) },
    });
    const lines = await endFault(this.#box, fault);
    const when = `${command}, ${JSON.stringify(fault)}\n${stderr}${stdout}`;
    this.#t.is(exitCode, lines === 0 ? 0 : 3, when);
    if (lines === 0) return 0;
    this.#t.regex(stderr, /The host is as it was before\.\n$/, when);
    const isChosen = (line: string): boolean =>
      chosen.has(/^~ namespaces host links (\S+) address: /.exec(line)?.[1] ?? '');
    this.#t.deepEqual(await changesSince(state, this.#box, {}, isChosen), [], when);
    this.#t.is(await this.#record(), record, when);
    return lines;
  }

  async #look(): Promise<Look> {
    const [state, record, chosen] = await Promise.all([
      snapshot(this.#box),
      this.#record(),
      this.#madeByOvs(),
    ]);
    return { state, record, chosen };
  }

  #record(): Promise<string> {
    return this.#box.sh('cat /run/netplan-ovs/*.json 2>/dev/null || :');
  }

  async #madeByOvs(): Promise<ReadonlySet<string>> {
    const names = await this.#box.sh(
      '[ ! -e "$OVS_RUNDIR/db.sock" ] || ovs-vsctl --bare --columns=name find Interface type=internal',
    );
    return new Set([...names.split(/\s+/), 'ovs-netdev']);
  }
}

/** What there was before. */
interface Look {
  readonly state: Snapshot;
  readonly record: string;
  /** Devices that Open vSwitch made: it chooses a MAC address each time that it makes one. */
  readonly chosen: ReadonlySet<string>;
}
