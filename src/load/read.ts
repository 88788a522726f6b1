// A file's name in, its text out, or why it cannot be one. The only part of loading that touches the host.
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { distrust } from './trust.js';

/** In bytes. A topology of 40,000 endpoints has 7 MB; what is larger is not a topology. */
const LARGEST = 8 * 1024 * 1024;

export const STDIN = '-';

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export type Source = { readonly text: string } | Problem;

/**
 * The text of a topology file; `-` reads the standard input. Never throws for what the file or the system says. With `owners`,
 * users by their numbers, what anybody else may write is not read.
 */
export function read(file: string, owners: readonly number[] | null = null): Source {
  try {
    return textOf(file === STDIN ? bytesOf(0) : bytesOfFile(file, owners));
  } catch (error) {
    if (error instanceof Refusal) return error.why;
    return { code: 'unreadable', message: wordsOf(error) };
  }
}

class Refusal extends Error {
  readonly why: Problem;
  constructor(why: Problem) {
    super(why.message);
    this.why = why;
  }
}

function bytesOfFile(file: string, owners: readonly number[] | null): Buffer {
  // Without O_NONBLOCK, opening a FIFO waits for its writer.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) {
      const what = stat.isDirectory() ? 'it is a directory' : 'it is not a regular file';
      const hint = `\`${STDIN}\` reads the standard input`;
      throw new Refusal({ code: 'not-a-file', message: what, hint });
    }
    const doubt = owners && distrust(stat, statSync(dirname(realpathSync(file))), owners);
    if (doubt !== null) {
      const hint = 'as root this would be done as it says: mind who may write it, or say `--insecure-file`';
      throw new Refusal({ code: 'insecure-file', message: doubt, hint });
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
    const length = readWaiting(fd, chunk);
    if (length === 0) return Buffer.concat(chunks);
    total += length;
    if (total > LARGEST) {
      const message = `it is larger than ${LARGEST >> 20} MiB`;
      throw new Refusal({ code: 'too-large', message, hint: 'split it into several topologies' });
    }
    chunks.push(chunk.subarray(0, length));
  }
}

/** A pipe that does not wait for its writer (O_NONBLOCK belongs to the pipe, and whoever has it may set it): then we do. */
function readWaiting(fd: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

function textOf(bytes: Buffer): Source {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { code: 'not-utf-8', ...encodingOf(bytes) };
  }
}

function encodingOf(bytes: Buffer): { readonly message: string; readonly hint: string } {
  const mark = bytes.toString('hex', 0, 2);
  if (mark === 'fffe' || mark === 'feff')
    return { message: 'it is text in UTF-16', hint: 'save it in UTF-8' };
  const hint = 'save it in UTF-8; if it is a program or an archive, it is the wrong file';
  return { message: `line ${firstBadLine(bytes)} is not text in UTF-8`, hint };
}

/** Counts from 1. A line break is one byte of UTF-8, and never a part of another character. */
function firstBadLine(bytes: Buffer): number {
  for (let line = 1, start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
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
