// Paths of namespaces in, what of them others may replace out: they would decide in which namespace root's commands are done.
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import path from 'node:path';
import { Refusal } from './errors.js';
import { isReplaceable, REPLACEABLE } from './load/trust.js';
import type { Plan } from './model.js';

/**
 * Throws a Refusal where others than `owners` (null: it does not matter) may exchange a namespace in which a plan changes something:
 * nobody knows whose it is by the time of the first write.
 */
export function requireTrusted({ bodies, waves }: Plan, owners: readonly number[] | null): void {
  const changing = new Set(waves.flat().map(({ body }) => body));
  for (const { name, netns } of bodies) {
    if (owners === null || netns === null || !changing.has(name)) continue;
    const part = replaceablePart(netns, owners);
    if (part === null) continue;
    throw new Refusal(`the namespace \`${name}\` (${netns}) is not to be trusted: ${part}: ${REPLACEABLE}`, {
      hint: 'as root its commands would be done wherever it leads: mind who may write there, or say `--insecure-file`',
    });
  }
}

/**
 * The first part of an absolute path that others than `owners` may replace, be it behind symbolic links; null where there is none. What is
 * below /proc, nobody makes. A path that leads nowhere is not doubted: what needs it fails.
 */
export function replaceablePart(absolute: string, owners: readonly number[]): string | null {
  const parts = partsOf(absolute);
  let directory = '/';
  let links = 0;
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const at = path.join(directory, part);
    const [found, holder] = [lookAt(at), lookAt(directory)];
    if (at === '/proc' || found === null || holder === null) return null;
    if (isReplaceable(found, holder, owners)) return at;
    if (!found.isSymbolicLink()) directory = at;
    else {
      links += 1;
      if (links > MOST_LINKS) return null;
      const target = readlinkSync(at);
      if (path.isAbsolute(target)) directory = '/';
      parts.unshift(...partsOf(target));
    }
  }
  return null;
}

/** MAXSYMLINKS of include/linux/namei.h. */
const MOST_LINKS = 40;

const partsOf = (text: string): string[] => text.split('/').filter((part) => part !== '');

function lookAt(file: string): Stats | null {
  try {
    return lstatSync(file);
  } catch {
    return null;
  }
}
