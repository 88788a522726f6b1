// Processes in, their outcomes out, in order: what the words of a command are made of is nothing to the shells between.
import test from 'ava';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('what has ended in time is not late because we were busy ourselves', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'netplan-ovs-busy-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'pid');
  const process = { argv: ['sh', '-c', 'echo $$ >"$1"', 'sh', file], netns: null };
  const began = performance.now();
  const running = runAll([process], { timeoutMs: 100 });
  while (!hasEnded(file) || performance.now() - began < 200)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  t.deepEqual(await running, [{ exitCode: 0, stdout: '', stderr: '' }]);
});

/** True once the process that wrote its number has ended; nobody has waited for it yet. */
function hasEnded(file: string): boolean {
  try {
    const pid = readFileSync(file, 'utf8').trim();
    return pid !== '' && /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
