// A table of fields in; each field changed on a live topology and changed back; what did not go as the table says out.
import type { ExecutionContext } from 'ava';
import type { Json, Path } from '../../../src/model.js';
import { differences } from '../../support/difference.js';
import { openSandbox, type Sandbox } from '../../support/sandbox.js';
import { changeLine, isImplied, Session, type Document, type PlannedChange } from '../../support/session.js';
import { changesSince, diffSnapshots, snapshot, type Snapshot } from '../../support/snapshot.js';
import { costOf, expectedBack, expectedPlan, INTERRUPTIONS, type Row, type Table } from './table.js';

/** Walks through rows of a table in a throw-away host of their own. */
export async function walk(t: ExecutionContext, table: Table, rows: readonly Row[]): Promise<void> {
  const datapath = table.needs?.includes('openvswitch') === true ? 'system' : 'netdev';
  const box = await openSandbox({ ovs: usesOvs(table, rows), datapath });
  t.teardown(() => box.close());
  const found = await variables(box, table.before);
  const base = filled(table.base, found);
  const tour = new Tour(box, { ...table, base });
  await tour.begin();
  const problems: string[] = [];
  for (const row of rows) {
    for (const value of row.drift === undefined ? row.to : [undefined]) {
      const what = `${row.field} → ${row.drift ?? JSON.stringify(value)}`;
      problems.push(...(await tour.visit(row, filled(value, found))).map((text) => `${what}: ${text}`));
    }
    t.pass(); // the test is alive
  }
  t.deepEqual(problems, []);
}

const usesOvs = ({ needs, base }: Table, rows: readonly Row[]): boolean =>
  [...(needs ?? []), ...rows.flatMap((row) => row.needs ?? [])].some((one) =>
    /^ovs$|openvswitch/.test(one),
  ) || JSON.stringify(base).includes('"ovs"');

/** A topology on a host, at which rows are tried one after the other. */
class Tour {
  readonly #box: Sandbox;
  readonly #session: Session;
  readonly #table: Table;
  #start!: Snapshot;

  constructor(box: Sandbox, table: Table) {
    this.#box = box;
    this.#session = new Session(box);
    this.#table = table;
  }

  async begin(): Promise<void> {
    await this.#session.apply(this.#table.base);
    this.#start = await this.#snapshot();
  }

  /** What went wrong on the way there and back; afterwards the host is as the topology says, whatever happened. */
  async visit(row: Row, value: unknown): Promise<string[]> {
    try {
      const problems =
        row.drift === undefined ? await this.#change(row, value) : await this.#drift(row, row.drift);
      if (problems.length > 0) await this.#restart();
      return problems;
    } catch (error) {
      await this.#restart();
      return [(error as Error).message];
    }
  }

  async #change(row: Row, value: unknown): Promise<string[]> {
    const { base } = this.#table;
    const changed = withValue(base, row.at ?? [...this.#table.at, ...row.field.split('.')], value);
    return [
      ...(await this.#goTo(changed, row, expectedPlan(this.#table, row))),
      ...(await this.#isSettled(changed)),
      ...(await this.#isElsewhere()),
      ...(await this.#goTo(base, row, expectedBack(this.#table, row))),
      ...(await this.#isBack(row)),
    ];
  }

  async #drift(row: Row, script: string): Promise<string[]> {
    await this.#box.sh(script);
    return [
      ...(await this.#isElsewhere()),
      ...(await this.#goTo(this.#table.base, row, expectedBack(this.#table, row))),
      ...(await this.#isBack(row)),
    ];
  }

  async #goTo(topology: Document, row: Row, expected: readonly string[]): Promise<string[]> {
    const changes = await this.#session.apply(topology);
    return [
      ...differences([...expected].sort(), changes.map(changeLine).sort(), 'plan'),
      ...changes
        .filter((change) => !isImplied(change))
        .flatMap((change) => wrongCost(change, row, this.#table)),
    ];
  }

  async #isSettled(topology: Document): Promise<string[]> {
    return differences([], (await this.#session.plan(topology)).map(changeLine), 'plan after apply');
  }

  async #isElsewhere(): Promise<string[]> {
    const changes = diffSnapshots(this.#start, await this.#snapshot());
    return changes.length === 0 ? ['the host does not show it'] : [];
  }

  async #isBack({ chosen }: Row): Promise<string[]> {
    const isChosen = (line: string): boolean => chosen?.test(line) === true;
    const changes = await changesSince(this.#start, this.#box, this.#scope, isChosen);
    if (chosen !== undefined) this.#start = await this.#snapshot();
    return changes.map((line) => `not as before: ${line}`);
  }

  async #restart(): Promise<void> {
    await this.#session.destroy(String(this.#table.base['name']));
    await this.begin();
  }

  get #scope() {
    return { sysctls: this.#table.sysctls ?? [] };
  }

  #snapshot(): Promise<Snapshot> {
    return snapshot(this.#box, this.#scope);
  }
}

/** What is made interrupts nothing, what goes or is made anew leaves a gap, and a change in place costs what its field says. */
function wrongCost(change: PlannedChange, row: Row, table: Table): string[] {
  const { action, id, interrupts } = change;
  if (action === 'update' && id !== (row.id ?? table.id)) return [];
  const inPlace = INTERRUPTIONS[costOf(table, row)];
  const expected = action === 'create' ? 'none' : action === 'update' ? inPlace : 'gap';
  return expected === interrupts ? [] : [`${changeLine(change)}: interrupts ${interrupts}, not ${expected}`];
}

/** `NAME=value` for each line that the script prints. */
async function variables(box: Sandbox, script: string | undefined): Promise<ReadonlyMap<string, string>> {
  const output = script === undefined ? '' : await box.sh(script);
  const lines = output.split('\n').flatMap((line) => /^(\w+)=(.*)$/.exec(line) ?? []);
  return new Map(Array.from({ length: lines.length / 3 }, (_, i) => [lines[3 * i + 1]!, lines[3 * i + 2]!]));
}

function filled<Value>(value: Value, found: ReadonlyMap<string, string>): Value {
  if (value === undefined) return value;
  const text = JSON.stringify(value).replace(
    /\$([A-Z]\w*)/g,
    (word, name: string) => found.get(name) ?? word,
  );
  return JSON.parse(text) as Value;
}

/** The value with another one at the end of a path; undefined takes the last word of the path away. */
function withValue<Value>(value: Value, [word, ...rest]: Path, end: unknown): Value {
  if (word === undefined) return end as Value;
  const map = (value ?? {}) as Record<string | number, Json>;
  const inner = withValue(map[word], rest, end);
  if (Array.isArray(map)) {
    const [items, index] = [map as Json[], Number(word)];
    return [
      ...items.slice(0, index),
      ...(inner === undefined ? [] : [inner]),
      ...items.slice(index + 1),
    ] as Value;
  }
  const others = Object.fromEntries(Object.entries(map).filter(([key]) => key !== String(word)));
  return (inner === undefined ? others : { ...others, [word]: inner }) as Value;
}
