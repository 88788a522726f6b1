// Where tools are looked for.
import test from 'ava';
import { pathTo, searchPath } from '../../../src/tools/path.js';

test('programs of npm packages do not stand in for tools of the same name', (t) => {
  const path = '/x/node_modules/.bin:/usr/bin:/y/node_modules/.bin/:/opt/node_modules/.bin-tools';
  t.deepEqual(searchPath(path), [
    '/usr/bin',
    '/opt/node_modules/.bin-tools',
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ]);
});

test('a wrapper earlier in PATH comes first, and each directory once', (t) => {
  t.deepEqual(searchPath('/wrap:/sbin:/wrap'), ['/wrap', '/sbin', '/usr/local/sbin', '/usr/sbin']);
});

test('a program is a file that may be executed', (t) => {
  t.regex(pathTo('sh') ?? '', /\/sh$/);
  t.is(pathTo('no-such-program'), null);
});
