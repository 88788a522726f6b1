// Inputs of processes in, files that hold them out, for as long as the processes run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Process } from './tool.js';

/** Inputs as files of a directory that only we can read; equal inputs share one. Written at once: a promise for each costs more. */
export class InputFiles {
  #directory: string | null = null;
  readonly #paths = new Map<string, string>();

  constructor(processes: readonly Process[]) {
    for (const { input } of processes) {
      if (input === undefined || this.#paths.has(input)) continue;
      this.#directory ??= mkdtempSync(join(tmpdir(), 'netplan-ovs-'));
      const path = join(this.#directory, String(this.#paths.size));
      writeFileSync(path, input, { mode: 0o600 });
      this.#paths.set(input, path);
    }
  }

  pathOf(input: string): string {
    return this.#paths.get(input) ?? '';
  }

  remove(): void {
    if (this.#directory !== null) rmSync(this.#directory, { recursive: true, force: true });
  }
}
