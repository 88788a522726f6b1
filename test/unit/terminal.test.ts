// Where words go: colours are for terminals, whatever the environment says of the machine.
import test from 'ava';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../support/sandbox.js';

const terminal = path.join(projectRoot, 'build/src/terminal.js');

const said = (color: boolean | undefined, env: NodeJS.ProcessEnv): string =>
  execFileSync(
    process.execPath,
    [
      '-e',
      `import(${JSON.stringify(terminal)}).then(({ terminal }) => {
        const { out, paint } = terminal(${String(color)});
        out(paint.out.error('red'));
      })`,
    ],
    { env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8' },
  );

test('a pipe gets no colours, not even in CI', (t) => {
  t.is(said(undefined, {}), 'red');
  t.is(said(undefined, { CI: 'true', TERM: 'xterm' }), 'red');
});

test('who asks for colours gets them', (t) => {
  t.is(said(true, {}), '\u001b[31mred\u001b[39m');
  t.is(said(false, { CI: 'true' }), 'red');
});
