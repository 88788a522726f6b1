// Which files are believed when root applies them.
import test from 'ava';
import { distrust } from '../../../src/load/trust.js';

const file = (mode: number, uid = 0, gid = 0) => ({ mode: 0o100000 | mode, uid, gid });
const ROOTS = file(0o755);

test('what root, or who became root, alone may write is believed', (t) => {
  t.is(distrust(file(0o644), ROOTS, [0]), null);
  t.is(distrust(file(0o664), ROOTS, [0]), null); // root's group
  t.is(distrust(file(0o664, 1000, 1000), file(0o775, 1000, 1000), [0, 1000]), null); // the user's own group
  t.is(distrust(file(0o600), file(0o1777), [0]), null); // /tmp
});

test('what anybody else may write, or replace, is not', (t) => {
  t.is(distrust(file(0o666), ROOTS, [0]), 'others may write it');
  t.is(distrust(file(0o664, 0, 50), ROOTS, [0]), 'others may write it');
  t.is(distrust(file(0o644, 1000, 1000), ROOTS, [0]), 'it belongs to user 1000');
  t.is(distrust(file(0o644, 1001), ROOTS, [0, 1000]), 'it belongs to user 1001');
  const replaceable = 'others may replace it, as they may write in its directory';
  t.is(distrust(file(0o644), file(0o777), [0]), replaceable);
  t.is(distrust(file(0o644), file(0o755, 1001, 1001), [0]), replaceable);
  t.is(distrust(file(0o644), file(0o775, 0, 50), [0]), replaceable);
});
