// The environment in, the directories in which tools are looked for out.
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/**
 * The directories of `PATH`, and those of ip, nft and ovs-vswitchd, which an ordinary user's PATH lacks on Debian. Not
 * those that npm puts before all others: a package there that is called `nft` is not what we mean.
 */
export function searchPath(path = process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'): string[] {
  const given = path.split(':').filter((directory) => !/\/node_modules\/\.bin\/?$/.test(directory));
  return [...new Set([...given, '/usr/local/sbin', '/usr/sbin', '/sbin'])];
}

/** The file that a program's name stands for, as execvp(3) finds it; null when there is none. */
export function pathTo(program: string): string | null {
  return (
    searchPath()
      .map((directory) => join(directory, program))
      .find(isExecutable) ?? null
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
