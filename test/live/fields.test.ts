// Every field of every kind, changed on a live topology and changed back: what needs no Open vSwitch. A field without its row fails.
import test from 'ava';
import { liveTables } from './fields/live-tables.js';
import { requiredFields } from './fields/required.js';
import { tables } from './fields/tables.js';

test('every field of every kind has its row', (t) => {
  const rows = new Set(
    tables.flatMap((table) =>
      table.rows
        .filter(({ to, drift }) => to.length > 0 || drift !== undefined)
        .map(({ field, kind = table.kind }) => `${kind} ${field}`),
    ),
  );
  const required = requiredFields();
  t.deepEqual(
    required.filter((field) => !rows.has(field)),
    [],
    'fields without a row',
  );
  t.deepEqual(
    [...rows].filter((row) => !required.includes(row)),
    [],
    'rows of no field',
  );
});

liveTables(tables.filter(({ needs }) => needs?.includes('ovs') !== true));
