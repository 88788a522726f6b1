// Texts for processes in, files that hold them out, for as long as the processes run.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Written } from './lanes.js';

/** The standard streams of a process as files: it goes on while nobody reads, and nobody is woken for each of its lines. */
export interface Streams {
  /** File descriptors of standard input, output and error. */
  readonly descriptors: readonly [number, number, number];
  /** Once the process has them itself. */
  close(): void;
  /** What it has written so far. */
  read(): Written;
}

/** Files in a directory that only we can read. Written at once: a promise for each of a thousand costs more. */
export class PrivateFiles {
  #directory: string | null = null;
  #count = 0;
  readonly #inputs = new Map<string, string>();

  /** A file with this content; equal contents share one. */
  pathOf(content: string): string {
    const known = this.#inputs.get(content);
    if (known !== undefined) return known;
    const path = this.#write(content);
    this.#inputs.set(content, path);
    return path;
  }

  streamsOf(input: string): Streams {
    const [stdout, stderr] = [this.#write(''), this.#write('')];
    const descriptors = [
      openSync(this.#write(input), 'r'),
      openSync(stdout, 'w'),
      openSync(stderr, 'w'),
    ] as const;
    return {
      descriptors,
      close: () => descriptors.forEach((descriptor) => closeSync(descriptor)),
      read: () => ({ stdout: readFileSync(stdout, 'utf8'), stderr: readFileSync(stderr, 'utf8') }),
    };
  }

  remove(): void {
    if (this.#directory !== null) rmSync(this.#directory, { recursive: true, force: true });
  }

  #write(content: string): string {
    this.#directory ??= mkdtempSync(join(tmpdir(), 'netplan-ovs-'));
    const path = join(this.#directory, String((this.#count += 1)));
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }
}
