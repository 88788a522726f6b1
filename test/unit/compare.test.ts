import test from 'ava';
import { compare } from '../../src/compare.js';

test('only what the wanted side says is compared', (t) => {
  t.deepEqual(compare({ mtu: 1500, up: true }, { mtu: 1400 }), [{ field: 'mtu', before: 1500, after: 1400 }]);
});

test('a field that is not there yet has no value before', (t) => {
  t.deepEqual(compare({}, { mtu: 1400 }), [{ field: 'mtu', after: 1400 }]);
});

test('the keys of a map do not have an order, and the differing one is named', (t) => {
  t.deepEqual(compare({ ids: { a: 1, b: 2 } }, { ids: { b: 2, a: 1 } }), []);
  t.deepEqual(compare({ ids: { a: 1, b: 2 } }, { ids: { a: 1, c: 3 } }), [
    { field: 'ids.b', before: 2 },
    { field: 'ids.c', after: 3 },
  ]);
});

test('of a list of rules the differing word of the differing rule is named', (t) => {
  const rules = [{ to: 'a' }, { to: 'b' }];
  t.deepEqual(compare({ rules }, { rules: [{ to: 'a' }, { to: 'c' }] }), [
    { field: 'rules[1].to', before: 'b', after: 'c' },
  ]);
  t.deepEqual(compare({ rules }, { rules: [{ to: 'a' }] }), [{ field: 'rules[1]', before: { to: 'b' } }]);
});

test('the order of plain lists counts', (t) => {
  t.deepEqual(compare({ trunks: [1, 2] }, { trunks: [2, 1] }), [
    { field: 'trunks', before: [1, 2], after: [2, 1] },
  ]);
});
