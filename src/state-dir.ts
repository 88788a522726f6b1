// The directory where runs keep what later ones need (/run/netplan-ovs): there, ours alone, and each file in it whole.
import { access, constants, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from './errors.js';
import { NAME } from './load/topology.js';

/**
 * Makes the directory where it is missing. Throws a Refusal where somebody else owns it, or may write in it: what is read there
 * decides what is removed from the host.
 */
export async function ensureStateDir(stateDir: string): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const found = await lstat(stateDir);
  const wrong = !found.isDirectory()
    ? 'is not a directory'
    : found.uid !== process.geteuid?.()
      ? 'belongs to somebody else'
      : (found.mode & OTHERS_WRITE) !== 0
        ? 'may be written by others'
        : null;
  if (wrong === null) return;
  if (found.uid === 0 && process.geteuid?.() !== 0)
    throw new Refusal(`${stateDir} is root’s`, {
      hint: 'changing the network of a host needs root; `rehearse` and `sandbox` do not',
    });
  throw new Refusal(`${stateDir} ${wrong}`, {
    hint: 'what is kept there decides what is removed: look at who made it, and remove it',
  });
}

/** True where what is kept there can be read, or there is nothing: an ordinary user does not know what runs of root's remember. */
export async function isReadable(stateDir: string): Promise<boolean> {
  try {
    const names = await readdir(stateDir);
    await Promise.all(names.map((name) => access(join(stateDir, name), constants.R_OK)));
    return true;
  } catch (error) {
    return !isDenied(error);
  }
}

export const isDenied = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Where something of a topology is kept. Throws a Refusal where no topology can have that name, which may be a path. */
export function stateFile(stateDir: string, topology: string, ending: string): string {
  if (NAME.test(topology)) return join(stateDir, `${topology}${ending}`);
  throw new Refusal(`\`${topology}\` is not the name of a topology`);
}

/** S_IWGRP and S_IWOTH. */
const OTHERS_WRITE = 0o022;

/** Replaces a file in one rename, on the disk before that: whatever ends us or the power, there is the old text or the new one. */
export async function replaceFile(file: string, text: string): Promise<void> {
  // Made anew: who may write in the directory could have put a link there.
  await rm(`${file}.new`, { force: true });
  const handle = await open(`${file}.new`, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
