// The pure parts of the benchmark: what is judged, against which target, and how it is shown.
import test from 'ava';
import { inTwoShells, makeStepwise } from '../../scripts/bench/by-hand.js';
import { measurement, median, takeTurns, type Measurement } from '../../scripts/bench/measurement.js';
import { quantity, table } from '../../scripts/bench/table.js';
import { verdictsOf } from '../../scripts/bench/targets.js';

const seconds = (scene: string, what: string, median: number): Measurement =>
  measurement(scene, what, 's', [median]);

test('ways of doing one thing take turns', (t) => {
  const order: string[] = [];
  const way = (name: string) => () => order.push(name);
  t.deepEqual(takeTurns(2, { a: way('a'), b: way('b') }), { a: [1, 3], b: [2, 4] });
  t.deepEqual(order, ['a', 'b', 'a', 'b']);
});

test('a median is the one in the middle, or between the two', (t) => {
  t.is(median([3, 1, 20]), 3);
  t.is(median([4, 1, 20, 2]), 3);
  t.is(measurement('x', 'y', 's', [1.23456]).median, 1.235);
});

test('a ratio above its target is missed, one at it is met', (t) => {
  const at = (apply: number) => [
    seconds('1000 endpoints, linux', 'one `ip` per step', 60),
    seconds('1000 endpoints, linux', 'apply', apply),
  ];
  const judged = (apply: number) => verdictsOf(at(apply)).map(({ value, met }) => [value, met]);
  t.deepEqual(judged(10), [[1 / 6, true]]);
  t.deepEqual(judged(11), [[11 / 60, false]]);
});

test('a target is for its own size alone, and a ratio needs both sides', (t) => {
  const small = ['plan, nothing to change', 'reading by hand'].map((what) =>
    seconds('10 endpoints, ovs', what, 1),
  );
  t.like(verdictsOf(small), [{ value: 1, target: null, met: null }]);
  t.deepEqual(verdictsOf(small.slice(0, 1)), []);
});

test('absolute targets are for time and memory of our own work', (t) => {
  const scene = '50000 resources';
  const verdicts = verdictsOf([
    seconds(scene, 'own work, from nothing', 3.1),
    measurement(scene, 'peak memory', 'MB', [599]),
  ]);
  t.deepEqual(
    verdicts.map(({ what, met }) => [what, met]),
    [
      ['own work, from nothing', false],
      ['peak memory', true],
    ],
  );
});

test('the table says the target beside each ratio and whether it is met', (t) => {
  const measured = [
    seconds('1000 endpoints, ovs', 'destroy', 2),
    seconds('1000 endpoints, ovs', 'deleting one by one', 40),
  ];
  const text = table(measured, verdictsOf(measured));
  t.regex(text, /\| 1\/20\.0 +\| 1\/15\.0 +\| yes +\| destroy : deleting one by one +\|/);
  t.true(text.endsWith('1 of 1 targets met.\n'));
  t.is(quantity(1.25, '×'), '1.25 ×');
  t.is(quantity(1234, 'ms'), '1,230 ms');
});

test('two shells get the commands by turns, each with an output of its own', (t) => {
  const script = inTwoShells(['one', 'two', 'three'], '/out');
  t.regex(script, /\(\none\nthree\n\) >\/out\.0 &\n.*\n\(\ntwo\n\) >\/out\.1 &\n/);
  t.is(makeStepwise(3, 'linux').split('\n').length - 1, 3 + 3 * 8);
});
