// Steps, what waits for what and what had better wait in, waves of batches out: the order is right by construction, and the batches are few and long.
import type { Batch, Command, Step, ToolName, Wave } from './model.js';

/** Where two batches could both go next, the one whose tool stands first here goes. */
const TOOLS: readonly ToolName[] = ['sysctl', 'ip', 'bridge', 'ovs', 'ofctl', 'nft'];

/** `[from, to]`: step `to` waits for step `from`. */
export type Edge = readonly [from: number, to: number];

interface Group {
  readonly tool: ToolName;
  readonly body: string;
  /** Steps that wait for nothing any more. */
  ready: number[];
  /** How many waits of its steps for steps of other groups are left; none: the group can be finished in one batch. */
  foreign: number;
}

/**
 * Kahn's topological sort over groups of steps (a tool in a namespace). In each round the groups that can be finished go,
 * all of one tool side by side; only where none can, the first tool's go as far as they come. So a tool is started
 * again in a namespace only when something of another tool or namespace really has to be done in between. Wishes are waits
 * too, until nothing could go on with them.
 */
export function schedule(
  steps: readonly Step[],
  edges: readonly Edge[],
  wishes: readonly Edge[] = [],
): Wave[] {
  const run = new Schedule(steps, edges, wishes);
  const waves: Wave[] = [];
  for (let groups = run.next(); groups.length > 0; groups = run.next()) {
    const drained = groups.map((group) => run.drain(group));
    waves.push(drained.map(({ batch }) => batch));
    for (const { done } of drained) run.finish(done);
  }
  run.assertAllDone();
  return waves;
}

class Schedule {
  readonly #steps: readonly Step[];
  readonly #after: number[][];
  readonly #waits: Int32Array;
  readonly #groupOf: (Group | null)[];
  readonly #groups = new Map<string, Group>();
  #wishes: readonly Edge[];
  readonly #done = new Set<number>();
  #left: number;

  constructor(steps: readonly Step[], edges: readonly Edge[], wishes: readonly Edge[]) {
    this.#steps = steps;
    this.#wishes = wishes;
    this.#left = steps.length;
    this.#after = steps.map(() => []);
    this.#waits = new Int32Array(steps.length);
    this.#groupOf = steps.map((step) => this.#groupFor(step));
    for (const [from, to] of [...edges, ...wishes]) {
      this.#after[from]?.push(to);
      this.#waits[to] = (this.#waits[to] ?? 0) + 1;
      const group = this.#groupOf[to];
      if (group != null && group !== this.#groupOf[from]) group.foreign += 1;
    }
    const free = steps.map((_, step) => step).filter((step) => this.#waits[step] === 0);
    for (const step of free) this.#release(step);
  }

  /** The groups that go side by side in the next wave; none when nothing is ready. */
  next(): Group[] {
    let ready = this.#ready();
    if (ready.length === 0 && this.#left > 0) {
      this.#forgetWishes();
      ready = this.#ready();
    }
    const finishable = ready.filter((group) => group.foreign === 0);
    const pool = finishable.length > 0 ? finishable : ready;
    const tool = TOOLS.find((name) => pool.some((group) => group.tool === name));
    return pool.filter((group) => group.tool === tool);
  }

  /** All steps of the group that can be done without another group's doing anything. */
  drain(group: Group): { batch: Batch; done: number[] } {
    const done: number[] = [];
    const commands: Command[] = [];
    const origins: number[] = [];
    while (group.ready.length > 0) {
      const ready = group.ready;
      group.ready = [];
      for (const step of ready) {
        done.push(step);
        for (const command of this.#steps[step]?.commands ?? []) {
          commands.push(command);
          origins.push(step);
        }
        for (const to of this.#after[step] ?? []) if (this.#groupOf[to] === group) this.#satisfy(to);
      }
    }
    return { batch: { tool: group.tool, body: group.body, commands, steps: origins }, done };
  }

  /** Tells the other groups, once the whole wave is known, what has been done. */
  finish(done: readonly number[]): void {
    this.#left -= done.length;
    for (const step of done) {
      this.#done.add(step);
      for (const to of this.#after[step] ?? []) {
        const group = this.#groupOf[to];
        if (group != null && group === this.#groupOf[step]) continue;
        if (group != null) group.foreign -= 1;
        this.#satisfy(to);
      }
    }
  }

  assertAllDone(): void {
    if (this.#left === 0) return;
    const stuck = this.#steps
      .filter((_, step) => (this.#waits[step] ?? 0) > 0)
      .map(({ id, phase }) => `${phase} ${id}`);
    throw new Error(`these wait for each other: ${stuck.slice(0, 20).join(', ')}`);
  }

  #groupFor({ commands, id }: Step): Group | null {
    const [first] = commands;
    if (first === undefined) return null;
    if (commands.some(({ tool, body }) => tool !== first.tool || body !== first.body)) {
      throw new Error(`the commands of ${id} are not of one tool in one namespace`);
    }
    const key = `${first.tool} ${first.body}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: Group = { tool: first.tool, body: first.body, ready: [], foreign: 0 };
    this.#groups.set(key, group);
    return group;
  }

  #ready(): Group[] {
    return [...this.#groups.values()].filter((group) => group.ready.length > 0);
  }

  /** Those of a circle cannot all come true; which steps are done already, nobody waits for any more. */
  #forgetWishes(): void {
    const open = this.#wishes.filter(([from]) => !this.#done.has(from));
    this.#wishes = [];
    for (const [from, to] of open) {
      const after = this.#after[from] ?? [];
      after.splice(after.lastIndexOf(to), 1);
      const group = this.#groupOf[to];
      if (group != null && group !== this.#groupOf[from]) group.foreign -= 1;
    }
    for (const [, to] of open) this.#satisfy(to);
  }

  #satisfy(step: number): void {
    const waits = (this.#waits[step] ?? 0) - 1;
    this.#waits[step] = waits;
    if (waits === 0) this.#release(step);
  }

  /** A step without commands is done as soon as it waits for nothing. */
  #release(step: number): void {
    const group = this.#groupOf[step];
    if (group == null) this.finish([step]);
    else group.ready.push(step);
  }
}
