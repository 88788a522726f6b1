// A link's settings in, the line of `ip link set` that gives them to it out.
import { aliasOf } from '../marks.js';
import type { Command, Json, Resource } from '../model.js';

const WORDS: Readonly<Record<string, (value: Json, alias: (text: string) => string) => string[]>> = {
  mtu: (value) => ['mtu', String(value)],
  macaddress: (value) => ['address', String(value)],
  txqueuelen: (value) => ['txqueuelen', String(value)],
  promiscuous: (value) => ['promisc', value === true ? 'on' : 'off'],
  description: (value, alias) => ['alias', alias(String(value))],
  up: (value) => [value === true ? 'up' : 'down'],
};

/**
 * A `lo` that is down in a namespace of ours is one whose namespace a run that was killed had made, and not yet marked: both is
 * done in one line.
 */
export function withMark(after: Resource, changed: readonly string[]): readonly string[] {
  const isOurs = 'ownership' in after && after.ownership === 'part';
  return isOurs && after.id.endsWith('/link/lo') && changed.includes('up')
    ? [...changed, 'description']
    : changed;
}

/** One line that sets what has changed; none where nothing has. */
export function wordsToSet(
  { body, id, fields: values, ...rest }: Resource,
  changed: readonly string[],
  topology: string,
): Command[] {
  const adopted = 'ownership' in rest && rest.ownership === 'adopted';
  const alias = (text: string): string => (adopted ? text : aliasOf(topology, text));
  const words = Object.entries(WORDS).flatMap(([field, write]) => {
    const value = values[field];
    return changed.includes(field) && value !== undefined ? write(value, alias) : [];
  });
  if (words.length === 0) return [];
  return [{ tool: 'ip', body, args: ['link', 'set', 'dev', id.slice(id.lastIndexOf('/') + 1), ...words] }];
}
