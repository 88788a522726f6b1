// A file's name in, its text out, or why it cannot be one. The only part of loading that touches the host.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** In bytes. A topology of 40,000 endpoints has 7 MB; what is larger is not a topology. */
export const LARGEST = 8 * 1024 * 1024;

export const STDIN = '-';

export type Source =
  { readonly text: string } | { readonly code: string; readonly message: string; readonly hint?: string };

/** The text of a topology file; `-` reads the standard input. Never throws for what the file or the system says. */
export function read(file: string): Source {
  try {
    return textOf(file === STDIN ? bytesOf(0) : bytesOfFile(file));
  } catch (error) {
    if (error instanceof Refusal) return error.why;
    return { code: 'unreadable', message: wordsOf(error) };
  }
}

class Refusal extends Error {
  readonly why: { code: string; message: string; hint?: string };
  constructor(code: string, message: string, hint: string) {
    super(message);
    this.why = { code, message, hint };
  }
}

function bytesOfFile(file: string): Buffer {
  // Without O_NONBLOCK, opening a FIFO waits for its writer.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      const what = stat.isDirectory() ? 'it is a directory' : 'it is not a regular file';
      throw new Refusal('not-a-file', what, `\`${STDIN}\` reads the standard input`);
    }
    return bytesOf(fd);
  } finally {
    closeSync(fd);
  }
}

function bytesOf(fd: number): Buffer {
  const chunks: Buffer[] = [];
  for (let total = 0; ;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const length = readSync(fd, chunk);
    if (length === 0) return Buffer.concat(chunks);
    total += length;
    if (total > LARGEST)
      throw new Refusal(
        'too-large',
        `it is larger than ${LARGEST >> 20} MiB`,
        'split it into several topologies',
      );
    chunks.push(chunk.subarray(0, length));
  }
}

function textOf(bytes: Buffer): Source {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    throw new Refusal(
      'not-utf-8',
      'it is not text in UTF-8',
      'save it in UTF-8; if it is a program or an archive, it is the wrong file',
    );
  }
}

function wordsOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return WORDS[code] ?? message;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read by this user',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links lead in a circle',
  ENOTDIR: 'a part of its path is not a directory',
};
