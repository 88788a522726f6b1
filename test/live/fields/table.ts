// The words of the field table: what a row says, and the whole plan that it expects, both ways.
import type { Cost, Kind } from '../../../src/kind.js';
import { kindOf } from '../../../src/kinds/index.js';
import type { Interruption, Path } from '../../../src/model.js';
import type { Feature } from '../../support/features.js';
import type { Document } from '../../support/session.js';

/** Fields of one kind, on one topology. */
export interface Table {
  /** The kind, and what is special about this table of it. */
  readonly title: string;
  readonly kind: Kind['name'];
  /** What the kernel must have for the topology itself. */
  readonly needs?: readonly Feature[];
  /**
   * A script that makes what the topology finds: links to adopt, namespaces. `NAME=value` lines that it prints stand for
   * `$NAME` in the topology.
   */
  readonly before?: string;
  readonly base: Document;
  /** Where in the topology the fields are. */
  readonly at: Path;
  /** Id of the resource that has the fields. */
  readonly id: string;
  readonly rows: readonly Row[];
  /** Sysctls that the comparison of hosts reads besides the usual ones. */
  readonly sysctls?: readonly string[];
}

/** A field, and the values that it changes to, each from the value that it has in the topology, and back. */
export interface Row {
  /** As the kind calls it: `peer.namespace` within an object, `routes.to` within the entries of a list. */
  readonly field: string;
  /** The kind that has the field, when it is not the table's. */
  readonly kind?: Kind['name'];
  /** Where in the topology, when that is not the table's place and the field's own words. */
  readonly at?: Path;
  /** What it becomes; undefined: the line goes. */
  readonly to: readonly unknown[];
  /** A script that changes the host in place of `to`: for what no line of a file says. */
  readonly drift?: string;
  /** Id of the resource that has the field, when it is not the table's. */
  readonly id?: string;
  /** What the plan calls the field, when it is not the field's own name. */
  readonly shown?: string;
  /** What else the plan has: what dies with it or needs it. */
  readonly brings?: readonly string[];
  /** The whole plan, where it is not the change of one field and what that brings. */
  readonly plan?: readonly string[];
  /** The plan of the way back, where it is not the same with `+` and `-` swapped. */
  readonly back?: readonly string[];
  /** What the change costs, when the field does not say it. */
  readonly cost?: Cost;
  /** What is not as before after the way back, because the kernel chooses it anew. */
  readonly chosen?: RegExp;
  readonly needs?: readonly Feature[];
}

/** The plan's lines for a row, in no order. */
export function expectedPlan(table: Table, row: Row): readonly string[] {
  if (row.plan !== undefined) return row.plan;
  const sign = costOf(table, row) === 'replace' ? '±' : '~';
  return [`${sign} ${row.id ?? table.id} ${row.shown ?? row.field}`, ...(row.brings ?? [])];
}

/** The same for the way back. */
export const expectedBack = (table: Table, row: Row): readonly string[] =>
  row.back ??
  expectedPlan(table, row).map((line) => line.replace(/^[+-]/, (sign) => (sign === '+' ? '-' : '+')));

/** What the change costs, as the row or the field itself says. */
export function costOf(table: Table, { cost, field, kind = table.kind }: Row): Cost {
  const [name = ''] = field.split('.');
  return cost ?? kindOf(kind).fields[name]?.['x-change'] ?? 'live';
}

/** What a plan says of a change that costs so much. */
export const INTERRUPTIONS: Readonly<Record<Cost, Interruption>> = {
  live: 'none',
  flap: 'flap',
  reset: 'gap',
  replace: 'gap',
};
