// The process's own streams in, where a command's words go to and come from out.
import { isatty } from 'node:tty';
import type { Io } from './commands/command.js';
import { paint, type Paint } from './render/paint.js';

/** `color`: what `--color` or `--no-color` says; undefined: colours where a terminal shows them and NO_COLOR is not set. */
export function terminal(color: boolean | undefined): Io {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on('error', ignoreClosed);
  const coloured = (stream: NodeJS.WriteStream): boolean => color ?? (isTerminal(stream) && !isPlain());
  const paintFor = (stream: NodeJS.WriteStream): Paint =>
    paint(coloured(stream), stream.isTTY ? stream.columns : undefined);
  // Not `process.stdin`: to look at it makes a pipe one that does not wait.
  const answers = isatty(0) && (stdout.isTTY || stderr.isTTY);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    paint: { out: paintFor(stdout), err: paintFor(stderr) },
    progress(text) {
      if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
    },
    ask: answers ? (question, withinMs) => ask(question, stdout.isTTY ? stdout : stderr, withinMs) : null,
  };
}

/** Node's types say more than is so: a pipe has no `isTTY`. What is undefined would let CI=true choose colours for a log. */
const isTerminal = (stream: { readonly isTTY?: boolean }): boolean => stream.isTTY === true;

/** https://no-color.org; a dumb terminal knows no colours. */
const isPlain = (): boolean => (process.env['NO_COLOR'] ?? '') !== '' || process.env['TERM'] === 'dumb';

/** Whoever reads may have enough (`| head`), a terminal may go away; that must not stop an apply halfway, nor be an error. */
function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}

/** Only a clear yes is one; the end of the input is none. */
async function ask(question: string, output: NodeJS.WriteStream, withinMs?: number): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  const reader = createInterface({ input: process.stdin, output });
  const timer = withinMs === undefined ? undefined : setTimeout(() => reader.close(), withinMs);
  const answer = await new Promise<string>((resolve) => {
    reader.on('close', () => resolve(''));
    reader.on('SIGINT', () => reader.close());
    reader.question(`${question} [y/N] `, resolve);
  });
  clearTimeout(timer);
  reader.close();
  return /^y(es)?$/i.test(answer.trim());
}
