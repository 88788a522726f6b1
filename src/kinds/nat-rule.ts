// A rule of the section `nat`: its entry as the file says it in, the rule in its one canonical form out.
import { parseAddress, type Family } from '../address.js';
import type { Entry, Names } from '../kind.js';
import type { Json } from '../model.js';
import { cover, coverPorts } from '../networks.js';

export const ACTIONS = ['masquerade', 'snat', 'dnat', 'redirect'] as const;
export type Action = (typeof ACTIONS)[number];

/** Numbers, because nft knows the names only where /etc/protocols is. */
export const PROTOCOLS = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58, gre: 47, esp: 50 } as const;

/** The words of a rule, each as one text: several values are joined with `, `. */
export interface Words {
  readonly in?: string;
  readonly out?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: string;
  readonly port?: string;
  readonly to?: string;
}

/**
 * What a rule does, with its words in one form: networks and ports merged and in ascending order, `in` and `out` as names
 * of devices. As JSON it is a resource's field.
 */
export interface Rule extends Words {
  readonly action: Action;
}

/** Where packets are sent: an address, a port or ports (`80`, `8000-8010`), or both. */
export interface Target {
  readonly address?: string;
  readonly port?: string;
}

/** What an entry does, and its words as they stand in the file; null when it says no action, or several. */
export function saidBy({ value }: Entry): { readonly action: Action; readonly words: Words } | null {
  const [action, another] = ACTIONS.filter((name) => name in value);
  const said = action === undefined ? null : value[action];
  if (action === undefined || another !== undefined || typeof said !== 'object' || Array.isArray(said))
    return null;
  const words = Object.entries(said ?? {}).filter(([word]) => !word.startsWith('x-'));
  return { action, words: Object.fromEntries(words.map(([word, given]) => [word, textOf(given)])) };
}

/** The rule that an entry says; null when it says none. A value that makes no sense stays as it is. */
export function ruleOf(entry: Entry, names: Names): Rule | null {
  const said = saidBy(entry);
  if (said === null) return null;
  const device = (key: string): string => names.link(entry.body, key)?.device ?? key;
  const canonical: Readonly<Record<string, (given: string) => string>> = {
    in: device,
    out: device,
    source: networksText,
    destination: networksText,
    port: portsText,
    to: (given) => targetText(targetOf(given)) ?? given,
  };
  const words = Object.entries(said.words).map(([word, given]: [string, string]) => [
    word,
    canonical[word]?.(given) ?? given,
  ]);
  return { ...(Object.fromEntries(words) as Words), action: said.action };
}

/** The values of a word that takes several. */
export const valuesOf = (text: string | undefined): string[] => (text === undefined ? [] : text.split(', '));

/** Values in canonical form; as they are where one of them makes no sense. */
export const networksText = (text: string): string => cover(valuesOf(text)).join(', ');
export const portsText = (text: string): string => coverPorts(valuesOf(text))?.join(', ') ?? text;

/** The address families of what a rule says, each with the word that says it. */
export function familiesOf({
  source,
  destination,
  to,
}: Words): { readonly word: keyof Words; readonly family: Family }[] {
  const said: Partial<Record<keyof Words, string[]>> = {
    source: valuesOf(source),
    destination: valuesOf(destination),
    to: [to === undefined ? '' : (targetOf(to)?.address ?? '')],
  };
  return Object.entries(said).flatMap(([word, texts]) =>
    texts.flatMap((text) => {
      const family = parseAddress(text.replace(/\/.*/, ''))?.family;
      return family === undefined ? [] : [{ word: word as keyof Words, family }];
    }),
  );
}

/** The family of a rule's addresses; null when it says none. */
export const familyOf = (words: Words): Family | null => familiesOf(words)[0]?.family ?? null;

/** What `to` says; null when that is neither an address, nor ports, nor both. */
export function targetOf(to: string): Target | null {
  const alone = parseAddress(to);
  if (alone !== null) return { address: alone.ip };
  const [only] = coverPorts([to]) ?? [];
  if (only !== undefined) return { port: only };
  const [, six, four = '', ports] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::([^:]+))?$/.exec(to) ?? [];
  const address = parseAddress(six ?? four);
  if (address === null || address.family !== (six === undefined ? 4 : 6)) return null;
  if (ports === undefined) return { address: address.ip };
  const [port] = coverPorts([ports]) ?? [];
  return port === undefined ? null : { address: address.ip, port };
}

/** A target as the file writes it. */
export function targetText(target: Target | null): string | undefined {
  const { address, port } = target ?? {};
  if (address === undefined || port === undefined) return address ?? port;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function textOf(given: Json): string {
  if (Array.isArray(given)) return given.map((one) => textOf(one as Json)).join(', ');
  return typeof given === 'string' ? given : JSON.stringify(given);
}
