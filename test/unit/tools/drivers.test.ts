// Each program that starts processes for us: words in, outcomes out, the same whichever of them the host has.
import test from 'ava';
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { drivers } from '../../../src/tools/drivers.js';
import { lineOf, outcomesOf } from '../../../src/tools/lanes.js';
import type { Outcome } from '../../../src/tools/tool.js';

const nasty = [
  '',
  'a b',
  '*',
  '~',
  '$(id)',
  '`id`',
  '"',
  "'",
  '\\',
  '\t',
  ';',
  '-n',
  'é',
  '@ARGV',
  '%s',
  '',
  '',
];

test('here is Perl, which a host may lack', (t) => {
  t.deepEqual(
    drivers().map(([program]) => basename(program)),
    ['perl', 'sh'],
  );
});

for (const [program, ...args] of drivers()) {
  const driven = (...processes: readonly (readonly [string | null, ...string[]])[]) => {
    const input = processes.map(([netns, ...argv]) => lineOf(netns, argv)).join('');
    const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
    return status === 0 ? outcomesOf({ stdout, stderr }, processes.length) : stderr;
  };
  const name = basename(program);

  test(`${name}: words arrive as they are`, (t) => {
    const stdout = nasty.map((word) => `<${word}>`).join('');
    const outcome = { exitCode: 0, stdout, stderr: '' };
    t.deepEqual(driven([null, 'printf', '<%s>', ...nasty], [null, 'printf', '<%s>', ...nasty]), [
      outcome,
      outcome,
    ]);
  });

  test(`${name}: each has its own outcome, and nothing to read`, (t) => {
    const words = 'cat; echo out; echo err >&2; exit 7';
    const outcomes = driven([null, 'sh', '-c', words], [null, 'true'], [null, 'sh', '-c', 'kill -9 $$']);
    t.deepEqual(outcomes.slice(0, 2), [
      { exitCode: 7, stdout: 'out\n', stderr: 'err\n' },
      { exitCode: 0, stdout: '', stderr: '' },
    ]);
    t.is((outcomes[2] as Outcome).exitCode, 137);
  });

  test(`${name}: a program or a namespace that is not there fails alone`, (t) => {
    const [missing, nowhere, after] = driven(
      [null, 'no-such-program'],
      ['/nowhere/at/all', 'true'],
      [null, 'true'],
    ) as ReturnType<typeof outcomesOf>;
    t.is(missing?.exitCode, 127);
    t.is(nowhere?.exitCode, 1);
    t.regex(nowhere?.stderr ?? '', /^nsenter: cannot open \/nowhere\/at\/all: No such file or directory\n$/);
    t.deepEqual(after, { exitCode: 0, stdout: '', stderr: '' });
  });
}
