// The quoting of batch files: what ip itself reads back from a line, and which line a failed batch blames.
import test from 'ava';
import { execFileSync } from 'node:child_process';
import { batchFailure, batchLine } from '../../../src/tools/batch.js';

test('a plain command is its words with spaces between', (t) => {
  t.is(batchLine(['link', 'set', 'dev', 'a"b', 'mtu', '1450']), 'link set dev a"b mtu 1450');
});

test('a word that white space or a quote at its start would change stands in quotes', (t) => {
  t.is(batchLine(['a b', '', 'c\td', "it's me", '"x"']), `'a b' '' 'c\td' "it's me" '"x"'`);
  t.is(batchLine(['ends with \\']), "'ends with \\'");
  t.is(batchLine(['\\']), "'\\'");
});

test('a word that no quotes can hold makes the command a process of its own', (t) => {
  for (const word of ['#', 'a#b', 'a\nb', `both ' and "`, 'a\0b'])
    t.is(batchLine(['link', word]), null, word);
  t.is(batchLine(Array<string>(512).fill('x')), null);
});

test('ip finds every word in the line as it was', (t) => {
  // `ip` names the unknown object and the unknown word as it read them, before it asks the kernel anything.
  for (const word of [
    'a b',
    "it's",
    "it's mine",
    'say "hi"',
    '"',
    "'",
    'tab\there',
    'end\\',
    'a\\ b\\',
    ';$(x)`y`',
    '-x',
  ]) {
    const line = batchLine([word]);
    t.not(line, null);
    t.true(errorsOfIp(`${line ?? ''}\nnext\n`).startsWith(`Object "${word}" is unknown`), word);
  }
});

test('a failed batch blames its line with the words above it', (t) => {
  t.deepEqual(batchFailure('RTNETLINK answers: File exists\nCommand failed /tmp/x:7/y:12\n'), {
    line: 12,
    message: 'RTNETLINK answers: File exists',
  });
});

test('a usage text is left out of the message unless it is all there is', (t) => {
  const usage = 'Usage: ip link add\n   [ name NAME ]\n';
  t.is(batchFailure(`what is "x"?\n${usage}Command failed -:1\n`)?.message, 'what is "x"?');
  t.is(batchFailure(`${usage}Command failed -:1\n`)?.message, usage.trim());
});

test('a batch that does not say where it ended blames no line', (t) => {
  t.is(batchFailure(''), null);
  t.is(batchFailure('Error: argument "foo" is wrong: Invalid "mtu" value\n\n'), null);
});

function errorsOfIp(input: string): string {
  try {
    return execFileSync('ip', ['-batch', '-'], { input, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}
