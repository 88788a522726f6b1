// Whom a failed batch blames: the line that it names, or the one with the word that it could not read.
import test from 'ava';
import { spawnSync } from 'node:child_process';
import { batchCalls, batchFailureOf, restOf, saysGone } from '../../../src/tools/iproute2.js';
import type { Command } from '../../../src/model.js';

const command = (...args: string[]): Command => ({ tool: 'ip', body: 'host', args });

/** What ip itself says of it: these lines ask the kernel nothing before they fail. */
function blamed(...commands: Command[]): { readonly command: number; readonly message: string } | null {
  const [call] = batchCalls('ip', commands, null);
  if (call === undefined) throw new Error('no call');
  const { status, stdout, stderr } = spawnSync('ip', ['-batch', '-'], {
    input: call.process.input,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  return batchFailureOf(call, { exitCode: status ?? 1, stdout, stderr });
}

const harmless = command('link', 'show', 'dev', 'lo');

test('a word that ip cannot read blames the line that has it', (t) => {
  const empty = blamed(harmless, command('route', 'get', ''), command('link', 'show', 'dev', 'lo'));
  t.is(empty?.command, 1);
  const wrong = blamed(harmless, harmless, command('route', 'get', '10.0.0.300'));
  t.is(wrong?.command, 2);
  t.regex(wrong?.message ?? '', /10\.0\.0\.300/);
});

test('a line that ip names is the one to blame', (t) => {
  t.is(blamed(harmless, command('no-such-object', 'show'))?.command, 1);
});

test('nobody is to blame for a batch that did it all', (t) => {
  t.is(blamed(harmless), null);
});

test('an option before a command is one of its whole batch', (t) => {
  const calls = batchCalls('ip', [harmless, command('-6', 'rule', 'show'), harmless, harmless], null);
  t.deepEqual(
    calls.map(({ process, commands }) => [process.argv.slice(0, -1).join(' '), process.input, commands]),
    [
      ['ip -batch', 'link show dev lo\n', [0]],
      ['ip -6 -batch', 'rule show\n', [1]],
      ['ip -batch', 'link show dev lo\nlink show dev lo\n', [2, 3]],
    ],
  );
});

test('what has learned the indexes of all links does nothing else', (t) => {
  const neigh = command('neigh', 'del', '192.0.2.1', 'dev', 'lo');
  const calls = batchCalls('ip', [harmless, neigh, neigh, harmless, harmless, neigh], null);
  t.deepEqual(
    calls.map(({ commands }) => commands),
    [
      [0, 1, 2],
      [3, 4, 5],
    ],
  );
});

test('what is to go and is not there is said in iproute2’s words or the kernel’s, and no other words are that', (t) => {
  for (const gone of [
    'Cannot find device "v"',
    'RTNETLINK answers: No such device',
    'RTNETLINK answers: No such process',
    'RTNETLINK answers: No such file or directory',
    'RTNETLINK answers: Cannot assign requested address',
    'Error: ipv4: Address not found.',
    'Error: ipv6: address not found.',
    'Error: FIB table does not exist.',
    'Cannot find bridge device "v"',
    'Cannot remove namespace file "/run/netns/x": No such file or directory',
  ])
    t.true(saysGone(gone), gone);
  for (const other of [
    'RTNETLINK answers: Operation not permitted',
    'RTNETLINK answers: Device or resource busy',
    'Error: argument "Cannot find device" is wrong',
    '',
  ])
    t.false(saysGone(other), other);
});

test('of a batch that stopped, the lines below are still to be done', (t) => {
  const [call] = batchCalls(
    'ip',
    ['a', 'b', 'c'].map((dev) => command('link', 'del', 'dev', dev)),
    null,
  );
  const rest = (stderr: string) => restOf(call!, { exitCode: 1, stdout: '', stderr });
  const at = (line: number) => rest(`Cannot find device "x"\nCommand failed /tmp/batch:${line}\n`);
  t.is(at(1)?.process.input, 'link del dev b\nlink del dev c\n');
  t.deepEqual(at(1)?.commands, [1, 2]);
  t.deepEqual(at(2)?.commands, [2]);
  t.is(at(3), null);
  // Of some failures ip does not say the line: what was done must not be done again.
  t.is(rest('RTNETLINK answers: No such file or directory\n'), undefined);
  const single = { process: { argv: ['ip', 'link', 'del', 'v'], netns: null }, commands: [7] };
  t.is(restOf(single, { exitCode: 1, stdout: '', stderr: '' }), null);
});
