// Which packets a rule of routing policy is for: an entry of `rules`, or a rule as `ip` prints it, in; the same words in one form out.
import { contains, parseNetwork, type Family } from '../address.js';
import type { Packet } from '../kind.js';
import type { Json } from '../model.js';
import { coverPorts } from '../networks.js';
import type { IpRule } from '../state.js';
import { PROTOCOLS } from './nat-rule.js';

export type Value = { readonly [field: string]: Json };

/** Words of `ip rule`, each with its value, in one order. */
type Selectors = readonly (readonly [word: string, value: string])[];

/** What an entry says. `device` gives the device that a link is called by. */
export function selectorsOf(value: Value, device: (key: string) => string): Selectors {
  const text = (field: string): string | undefined =>
    value[field] === undefined ? undefined : String(value[field]);
  const [iif, oif] = [text('iif'), text('oif')];
  return inOrder({
    from: networkOf(text('from')),
    to: networkOf(text('to')),
    iif: iif === undefined ? undefined : device(iif),
    oif: oif === undefined ? undefined : device(oif),
    fwmark: markText(markOf(value['mark'])),
    tos: tosText(value['type-of-service']),
    ipproto: text('protocol'),
    sport: portsOf(text('sport')),
    dport: portsOf(text('dport')),
    ...everythingOf(familyOf(value)),
  });
}

/** What a rule of the kernel says; of what no file can say (`uidrange`, `goto`), the words as `ip` prints them. */
export function selectorsIn(rule: IpRule, family: Family): Selectors {
  const mask = Number(rule.fwmask ?? FULL);
  const ports = (one?: number, start?: number, end?: number): string | undefined => {
    if (one !== undefined) return String(one);
    return start === undefined ? undefined : `${start}-${end ?? start}`;
  };
  const others = Object.entries(rule)
    .filter(([word]) => !KNOWN.has(word))
    .map(([word, value]) => [word, String(value ?? '')] as const);
  const known = inOrder({
    from: networkOf(addressText(rule.src, rule.srclen)),
    to: networkOf(addressText(rule.dst, rule.dstlen)),
    iif: rule.iif,
    oif: rule.oif,
    fwmark: rule.fwmark === undefined ? undefined : markText({ mark: Number(rule.fwmark), mask }),
    tos: tosText(rule.tos),
    ipproto: rule.ipproto === undefined ? undefined : protocolName(rule.ipproto),
    sport: ports(rule.sport, rule.sport_start, rule.sport_end),
    dport: ports(rule.dport, rule.dport_start, rule.dport_end),
    ...everythingOf(family),
  });
  return [...known, ...others];
}

/** As a rule's id ends: `from 10.0.0.0/8 iif eth0`. */
export const selectorText = (selectors: Selectors): string =>
  selectors.map((selector) => selector.join(' ')).join(' ') || 'all';

/** The same as words for `ip rule`. Numbers, because `ip` knows the names of protocols only where /etc/protocols is. */
export const selectorWords = (text: string): string[] =>
  text === 'all'
    ? []
    : text
        .replace(/\bfwmark ([^/ ]+)(?= |$)/, `fwmark $1/0x${FULL.toString(16)}`)
        .replace(/\bipproto (\S+)/, (_, name: string) => `ipproto ${String(numbers[name] ?? name)}`)
        .split(' ');

/** IPv6 as soon as one of the addresses is; `::/0` alone says it, too. */
export const familyOf = ({ from, to }: Value): Family =>
  parseNetwork(String(from))?.family ?? parseNetwork(String(to))?.family ?? 4;

/** True for the text of an IPv6 rule. */
export const isSix = (text: string): boolean => /(?:^| )(?:from|to) \S*:/.test(text);

export const isOfFamily = (text: string, { to }: Packet): boolean => isSix(text) === to.includes(':');

/** Whether a rule's text is, as far as it is known, for a packet that the host itself sends: without a mark, and over TCP. */
export function mayBeFor(text: string, { from, to }: Packet): boolean {
  const words = text === 'all' ? [] : text.split(' ');
  for (let i = 0; i < words.length; i += 2) {
    const [word = '', value = ''] = words.slice(i, i + 2);
    if (word === 'from' && (from === null || !contains(value, from))) return false;
    if (word === 'to' && !contains(value, to)) return false;
    if (word === 'iif' && value !== 'lo') return false;
    if (word === 'ipproto' && value !== 'tcp') return false;
    if (NEVER_OF_OWN.has(word)) return false;
  }
  return true;
}

const NEVER_OF_OWN: ReadonlySet<string> = new Set(['fwmark', 'oif', 'tos', 'l3mdev']);

export interface Mark {
  readonly mark: number;
  readonly mask: number;
}

/** `16`, `0x10`, `0x10/0xff`; null when it is none. Of the mark, what the mask leaves. */
export function markOf(said: Json | undefined): Mark | null {
  const [mark = NaN, mask = FULL, ...more] = String(said ?? '')
    .split('/')
    .map((part) => (part === '' ? NaN : Number(part)));
  const isMark = more.length === 0 && [mark, mask].every((number) => number >= 0 && number <= FULL);
  return isMark ? { mark: (mark & mask) >>> 0, mask } : null;
}

const FULL = 0xffffffff;

const markText = (said: Mark | null): string | undefined =>
  said === null ? undefined : hex(said.mark) + (said.mask === FULL ? '' : `/${hex(said.mask)}`);

/** rtnl_dsfield_a2n() of iproute2 takes all numbers for hexadecimal ones. */
const tosText = (said: Json | undefined): string | undefined =>
  said === undefined || Number(said) === 0 ? undefined : hex(Number(said));

/** A range of one port is that port. */
const portsOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : (coverPorts([text])?.[0] ?? text);

const hex = (number: number): string => `0x${number.toString(16)}`;

/** Undefined for everything. */
function networkOf(text: string | undefined): string | undefined {
  const network = text === undefined ? undefined : parseNetwork(text)?.network;
  return network === 'default' ? undefined : network;
}

const addressText = (ip?: string, length?: number): string | undefined =>
  ip === undefined || ip === 'all' ? undefined : length === undefined ? ip : `${ip}/${String(length)}`;

/** An IPv6 rule for all packets has no other sign of its family. */
const everythingOf = (family: Family): { readonly any?: string } => (family === 6 ? { any: '::/0' } : {});

function inOrder({ any, ...words }: Readonly<Record<string, string | undefined>>): Selectors {
  const said = Object.entries(words).flatMap(([word, value]) =>
    value === undefined ? [] : [[word, value] as const],
  );
  const hasAddress = said.some(([word]) => word === 'from' || word === 'to');
  return any === undefined || hasAddress ? said : [['from', any], ...said];
}

const numbers: Readonly<Record<string, number>> = PROTOCOLS;

/** `ip -N` prints `ipproto-6`, other versions `tcp`. */
function protocolName(printed: string): string {
  const [digits] = /\d+$/.exec(printed) ?? [];
  if (digits === undefined) return printed;
  return Object.keys(numbers).find((name) => numbers[name] === Number(digits)) ?? digits;
}

/** What `ip -j rule` says of a rule that is a selector in our words, what it does, whose it is, or a remark. */
const KNOWN: ReadonlySet<string> = new Set(
  `src srclen dst dstlen iif iif_detached oif oif_detached fwmark fwmask tos ipproto
  sport sport_start sport_end dport dport_start dport_end
  priority not table action suppress_prefixlen protocol unresolved`.split(/\s+/),
);
