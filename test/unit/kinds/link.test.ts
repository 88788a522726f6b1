// What every link has, as it is read.
import test from 'ava';
import { link } from '../../../src/kinds/link.js';
import { recorded } from '../../support/recorded.js';

test('that lo has no MAC address is no wish of anybody: Linux 6.1 lets nobody set it', (t) => {
  const live = link.live(recorded('test/fixtures/iproute2-6.1.0', 'lab'));
  const [lo] = live.filter(({ id }) => id === 'host/link/lo');
  t.is(lo?.fields['macaddress'], '00:00:00:00:00:00');
  t.deepEqual(lo?.given, ['macaddress']);
  t.true(live.some(({ given = [] }) => !given.includes('macaddress')));
});
