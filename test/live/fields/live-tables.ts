// Tables of fields in, a live test for each out; where rows need more than their table does, one more for these.
import { groupBy } from '../../../src/collections.js';
import { liveTest } from '../../support/live-test.js';
import type { Table } from './table.js';
import { walk } from './walk.js';

/** Declares the tests. They run one after the other: each keeps a processor busy. `again`: others do the same in another setting. */
export function liveTables(tables: readonly Table[], again = false): void {
  for (const table of tables) {
    for (const [words, rows] of groupBy(table.rows, ({ needs = [] }) => needs.join(' and '))) {
      const needs = [...(table.needs ?? []), ...(rows[0]?.needs ?? [])];
      const title = `fields of ${table.title}${words === '' ? '' : `, with ${words}`}`;
      liveTest(title, { needs, serial: true, again }, (t) => walk(t, table, rows));
    }
  }
}
