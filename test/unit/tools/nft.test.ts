// nft: what gets into its script, and whom it blames. Its words are recorded from nft 1.0.6.
import test from 'ava';
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import type { Command } from '../../../src/model.js';
import { nft, nftDevice, nftString } from '../../../src/tools/nft.js';
import { projectRoot } from '../../support/sandbox.js';

const command = (...args: string[]): Command => ({ tool: 'nft', body: 'host', args });

const recorded = (name: string) => readFile(`${projectRoot}/test/fixtures/nft-1.0.6/${name}`, 'utf8');

test('a batch is one script with a line for each command', (t) => {
  const commands = [
    command('add', 'table', 'inet', 'a', ';', 'delete', 'table', 'inet', 'a'),
    command('add', 'table', 'inet', 'b'),
  ];
  const [call, ...others] = nft.calls(commands, '/run/netns/x');
  t.is(call?.process.input, 'add table inet a ; delete table inet a\nadd table inet b\n');
  t.is(call?.process.netns, '/run/netns/x');
  t.deepEqual(call?.commands, [0, 1]);
  t.deepEqual(others, []);
});

test('a string is in quotes whatever it holds, and what quotes cannot hold is refused', (t) => {
  for (const text of ['eth0', 'a;b', 'a b', '$(x)', '@set', '#', '{', '\\', '-x', 'é'])
    t.is(nftString(text), `"${text}"`);
  for (const text of ['"', 'a"; flush ruleset; "', 'a\nflush ruleset', 'a\0']) {
    t.throws(() => nftString(text), { message: /cannot write/ }, JSON.stringify(text));
  }
});

test('a star at the end of a name is a star', (t) => {
  t.is(nftDevice('eth*'), String.raw`"eth\*"`);
  t.is(nftDevice('a*b'), '"a*b"');
});

test('no word can end itself or its line', (t) => {
  const hostile = [
    'a;',
    'a b',
    'a\nb',
    '"a" ; flush ruleset',
    '"a',
    '$x',
    '@x',
    '#',
    '',
    'a\\',
    "'",
    '{x}',
    '`x`',
    '"a"b',
  ];
  for (const word of hostile)
    t.throws(() => nft.calls([command('add', word)], null), { message: /cannot take/ }, JSON.stringify(word));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      let word: string;
      try {
        word = nftString(text);
      } catch {
        return;
      }
      const [call] = nft.calls([command('iifname', word)], null);
      t.is(call?.process.input, `iifname "${text}"\n`);
      t.false(text.includes('"') || text.includes('\n'));
    }),
  );
});

test('a person would type it as one argument', (t) => {
  t.is(
    nft.shell(command('add', 'table', 'inet', 'a', ';', 'delete', 'table', 'inet', 'a')),
    "nft 'add table inet a ; delete table inet a'",
  );
  t.is(
    nft.shell({ ...command('iifname', `"it's"`), body: 'ns1' }),
    `ip netns exec ns1 nft 'iifname "it'\\''s"'`,
  );
});

const script =
  'add table inet a\nadd table inet b ; add rule inet b nowhere masquerade ; add chain inet b c\n';
const call = (input: string, ...commands: number[]) => ({
  process: { argv: [], netns: null, input },
  commands,
});
const failed = (stderr: string) => ({ exitCode: 1, stdout: '', stderr });

test('the command on the line that nft names is to blame, and its statement is shown', async (t) => {
  const failure = nft.failure(call(script, 4, 7), failed(await recorded('no-such-chain.txt')));
  t.deepEqual(failure, {
    command: 7,
    message: 'Could not process rule: No such file or directory: add rule inet b nowhere masquerade',
  });
});

test('a line is cut at statements, not inside a chain, and columns are bytes', async (t) => {
  const input =
    'add table inet a ; add chain inet a pre { type nat hook prerouting priority -100 ; } ; add rule inet a pre iifname "é" masquerade ; add table inet b\n';
  const failure = nft.failure(call(input, 0), failed(await recorded('not-in-this-chain.txt')));
  t.is(
    failure?.message,
    'Could not process rule: Operation not supported: add rule inet a pre iifname "é" masquerade',
  );
});

test('an error without a place is told as it is', async (t) => {
  const failure = nft.failure(call(script, 4, 7), failed(await recorded('not-permitted.txt')));
  t.is(failure?.command, 4);
  t.regex(failure?.message ?? '', /Operation not permitted/);
  t.deepEqual(nft.failure(call(script, 4), { exitCode: 137, stdout: '', stderr: '' }), {
    command: 4,
    message: 'exit status 137',
  });
  t.is(nft.failure(call(script, 4), { exitCode: 0, stdout: '', stderr: 'Warning' }), null);
});
