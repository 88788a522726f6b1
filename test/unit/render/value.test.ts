import test from 'ava';
import { label } from '../../../src/render/label.js';
import { shortened, valueText } from '../../../src/render/value.js';

test('a value is told in the shortest way that cannot be taken for another', (t) => {
  t.is(valueText('br0'), 'br0');
  t.is(valueText('192.168.1.0/24'), '192.168.1.0/24');
  t.is(valueText('8080'), '8080');
  t.is(valueText(1500), '1500');
  t.is(valueText(true), 'true');
  t.is(valueText('true'), '"true"');
  t.is(valueText(null), '(unset)');
  t.is(valueText(undefined), '(unset)');
  t.is(valueText(''), '""');
  t.is(valueText('two words'), '"two words"');
  t.is(valueText([10, '20-29']), '[10, 20-29]');
  t.is(valueText({ 'mac-table-size': 10, note: 'a, b' }), '{mac-table-size: 10, note: "a, b"}');
});

test('nothing in a value reaches the terminal as a command', (t) => {
  t.is(valueText('\x1b[31mred'), '"\\u001b[31mred"');
  t.is(valueText('a\nb'), '"a\\nb"');
  t.is(valueText('\u202etxt'), '"\\u202etxt"');
});

test('what is too long is cut, and says how long it was', (t) => {
  t.is(shortened('abc', 3), 'abc');
  t.is(shortened('abcdef', 3), 'abc… (6 characters)');
});

test('the host’s own namespace goes without saying', (t) => {
  t.is(label('host/veth/v0', 'veth'), 'veth:v0');
  t.is(label('ns1/address/eth0/10.0.0.1', 'address'), 'address:ns1/eth0/10.0.0.1');
  t.is(label('ns1/namespace', 'namespace'), 'namespace:ns1');
  t.is(label('host/nat', 'nat'), 'nat:host');
});
