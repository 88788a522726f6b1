// `plan --format script` run by a plain shell makes the state that `apply` makes: for every example, from nothing and over a live one.
import type { ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { examples, hasOvsBridge, needsOf, swapped } from '../support/examples.js';
import { liveTest } from '../support/live-test.js';
import { openSandbox, type Sandbox } from '../support/sandbox.js';
import { Session } from '../support/session.js';
import { diffSnapshots, snapshot, type Snapshot } from '../support/snapshot.js';

for (const { texts, files } of examples()) {
  for (const [i, text] of texts.entries()) {
    const file = files[i]!;
    liveTest(
      `${file}: a script makes what apply makes`,
      { needs: needsOf([text]), timeout: 120 },
      async (t) => {
        const [applied, scripted] = await Promise.all([hostFor(t, text), hostFor(t, text)]);
        await Promise.all([applied.run('apply', text), scripted.script(text)]);
        await same(t, applied, scripted);
      },
    );

    const other = swapped(text);
    if (other === text) continue;
    const needs = needsOf([text, other]);
    liveTest(
      `${file}: a script changes it as apply does`,
      { needs, timeout: 120, again: 'everywhere' },
      async (t) => {
        const [applied, scripted] = await Promise.all([hostFor(t, text, other), hostFor(t, text, other)]);
        await Promise.all([applied, scripted].map((host) => host.run('apply', text)));
        await Promise.all([applied.run('apply', other), scripted.script(other)]);
        await same(t, applied, scripted);
      },
    );
  }
}

async function same(t: ExecutionContext, ...hosts: readonly [Subject, Subject]): Promise<void> {
  const [left, right] = await Promise.all([hosts[0].state(), hosts[1].state()]);
  t.deepEqual(diffSnapshots(left, right), []);
  t.notDeepEqual(diffSnapshots(hosts[0].before, left), [], 'something is there');
}

/** A host that has the links which a topology adopts, and an Open vSwitch if it, or what comes after it, needs one. */
async function hostFor(t: ExecutionContext, text: string, next = text): Promise<Subject> {
  const box = await openSandbox({ ovs: hasOvsBridge([text, next]) });
  t.teardown(() => box.close());
  const { interfaces } = parse(text) as { readonly interfaces?: object };
  for (const [i, name] of Object.keys(interfaces ?? {}).entries()) {
    await box.sh(
      `ip link add ${name} type veth peer name cable${i}; ip link set ${name} up; ip link set cable${i} up`,
    );
  }
  return new Subject(t, box, withoutChance(await snapshot(box)));
}

class Subject {
  /** The state before anything was made. */
  readonly before: Snapshot;
  readonly #t: ExecutionContext;
  readonly #box: Sandbox;
  readonly #session: Session;

  constructor(t: ExecutionContext, box: Sandbox, before: Snapshot) {
    this.#t = t;
    this.before = before;
    this.#box = box;
    this.#session = new Session(box);
  }

  /** A command of the program about a topology; what it printed. */
  async run(
    command: string,
    text: string,
    options: Readonly<Record<string, string | true>> = {},
  ): Promise<string> {
    // Some checks need another host, or a service.
    const withoutChecks: Record<string, true> = command === 'apply' ? { 'no-checks': true } : {};
    const { exitCode, stdout, stderr } = await this.#session.run({
      ...{ command, argument: '/run/topology.yaml', text },
      options: { format: 'text', ...withoutChecks, ...options },
    });
    this.#t.is(exitCode, 0, `${command}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Lets a shell do what `apply` would; the program then finds nothing to do. */
  async script(text: string): Promise<void> {
    const script = await this.run('plan', text, { format: 'script' });
    await this.#box.run(['tee', '/run/plan.sh'], { input: script });
    await this.#box.run(['sh', '/run/plan.sh']);
    await this.run('plan', text, { 'detailed-exitcode': true });
  }

  async state(): Promise<Snapshot> {
    return withoutChance(await snapshot(this.#box));
  }
}

/** MAC addresses are given by chance, but for those that a file says: these are the only ones that begin with 02:00:00. */
function withoutChance(state: Snapshot): Snapshot {
  const text = JSON.stringify(state)
    .replace(/\b(?!02:00:00|00:00|ff:ff)[0-9a-f]{2}(:[0-9a-f]{2}){5}\b/g, 'a MAC')
    // Of the tunnels that the kernel makes by itself in every namespace.
    .replace(/"permaddr":"[0-9a-f:]+"/g, '"permaddr":""');
  // A bridge takes its address from the port with the lowest one, which decides where the kernel's own entries stand.
  return JSON.parse(text, (key, value: unknown) =>
    key === 'fdb'
      ? (value as { readonly mac: string }[])
          .filter(({ mac }) => mac !== 'a MAC')
          .map((entry) => JSON.stringify(entry))
          .sort()
      : value,
  ) as Snapshot;
}
