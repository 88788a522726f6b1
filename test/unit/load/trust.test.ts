// Which files are believed when root applies them.
import test from 'ava';
import { chmodSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { distrust } from '../../../src/load/trust.js';
import { replaceablePart } from '../../../src/trusted-path.js';

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
  t.is(distrust(file(0o644), file(0o1755, 1001, 1001), [0]), replaceable); // its owner may, sticky or not
});

test('a path leads where nobody else may make it lead, through directories and links', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'netplan-ovs-test-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const at = (...parts: string[]) => path.join(folder, ...parts);
  const own = [0, process.geteuid?.() ?? 0];
  for (const name of ['safe', 'open', 'sticky']) mkdirSync(at(name));
  for (const name of ['safe/ns', 'open/ns', 'sticky/ns']) writeFileSync(at(name), '');
  chmodSync(at('open'), 0o777);
  chmodSync(at('sticky'), 0o1777);
  symlinkSync(at('open', 'ns'), at('safe', 'out'));
  symlinkSync('../safe/out', at('sticky', 'far'));
  symlinkSync('circle', at('safe', 'circle'));
  const parts = ['safe/ns', 'sticky/ns', 'open/ns', 'safe/out', 'sticky/far', 'safe/gone', 'safe/circle'].map(
    (name) => replaceablePart(at(name), own),
  );
  t.deepEqual(parts, [null, null, at('open/ns'), at('open/ns'), at('open/ns'), null, null]);
  t.is(replaceablePart('/proc/self/ns/net', own), null);
  if (own[1] !== 0) return;
  lchownSync(at('sticky', 'ns'), 1001, 1001);
  t.is(replaceablePart(at('sticky', 'ns'), own), at('sticky', 'ns'));
  lchownSync(at('safe'), 1001, 1001);
  t.is(replaceablePart(at('safe', 'ns'), own), at('safe', 'ns'));
});
