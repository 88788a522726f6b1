// Processes in, their outcomes out, in order: what the words of a command are made of is nothing to the shells between.
import test from 'ava';
import { runAll } from '../../../src/tools/run.js';
import { INPUT } from '../../../src/tools/tool.js';

const options = { timeoutMs: 60_000 };
const nasty = ['', 'a b', '*', '~', '$(id)', '`id`', '"', "'", '\\', '\t', ';', '-n', 'é', '', ''];

test('words reach a program as they are, of one process and of many', async (t) => {
  const process = { argv: ['printf', '<%s>', ...nasty], netns: null };
  const stdout = nasty.map((word) => `<${word}>`).join('');
  for (const count of [1, 2, 7]) {
    const outcomes = await runAll(
      Array.from({ length: count }, () => process),
      options,
    );
    t.deepEqual(
      outcomes,
      Array.from({ length: count }, () => ({ exitCode: 0, stdout, stderr: '' })),
    );
  }
});

test('each of many has its own input, output, errors and exit status', async (t) => {
  const processes = ['one', 'two', 'three', 'two'].map((input, i) => ({
    argv: ['sh', '-c', `cat "$1"; echo "error ${i}" >&2; exit ${i}`, 'sh', INPUT],
    netns: null,
    input,
  }));
  t.deepEqual(
    await runAll(processes, options),
    processes.map(({ input }, i) => ({ exitCode: i, stdout: input, stderr: `error ${i}\n` })),
  );
});

test('what a shell could not read as one word is refused', async (t) => {
  for (const word of ['a\nb', 'a\0b', 'a\x1fb']) {
    const process = { argv: ['true', word], netns: null };
    await t.throwsAsync(runAll([process, process], options), { message: /holds a newline, a NUL/ });
  }
});

test('a program that is not there is named', async (t) => {
  const process = { argv: ['no-such-program'], netns: null };
  for (const processes of [[process], [process, process]]) {
    await t.throwsAsync(runAll(processes, options), { message: /could not start no-such-program/ });
  }
});
