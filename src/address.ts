// The arithmetic of IP addresses: what a file says goes in, canonical text comes out. The only door to ipaddr.js.
import ipaddr from 'ipaddr.js';
import { remembering } from './collections.js';

export type Family = 4 | 6;

export interface Address {
  /** Canonical text, as `ip` prints it. */
  readonly ip: string;
  readonly family: Family;
}

export interface InterfaceAddress extends Address {
  readonly prefix: number;
}

export interface Network {
  /** `10.0.0.0/24`, without host bits; `default` for everything. */
  readonly network: string;
  /** Null for the word `default`, which says no family. */
  readonly family: Family | null;
}

/** An address alone: `10.0.0.1`, `2001:db8::1`. Strict: no zone, no octal or short forms. Null when it is none. */
export function parseAddress(text: string): Address | null {
  // Strict as it is, IPv4 is written in one way only.
  if (dottedBytesOf(text) !== null) return { ip: text, family: 4 };
  const bytes = bytesOf(text);
  return bytes && { ip: textOf(bytes), family: 6 };
}

/** An address of a link with the length of its network's prefix: `10.0.0.1/24`. Null when it is none. */
export function parseInterfaceAddress(text: string): InterfaceAddress | null {
  const slash = text.indexOf('/');
  const address = slash < 0 ? null : parseAddress(text.slice(0, slash));
  const prefix = address && prefixOf(text.slice(slash + 1), address.family);
  return address === null || prefix === null ? null : { ...address, prefix };
}

/**
 * A destination: `10.0.0.0/24`, `default`, or an address alone, which is the network of that one host. Host bits are
 * masked away (see `hasHostBits`); `0.0.0.0/0` and `::/0` are `default`, as `ip` prints them. Null when it is none.
 */
export const parseNetwork = remembering((text: string): Network | null => {
  if (text === DEFAULT) return { network: DEFAULT, family: null };
  const given = parseInterfaceAddress(text) ?? wholeOf(parseAddress(text));
  return given && { network: networkOf(given.ip, given.prefix), family: given.family };
});

/** True when `10.0.0.1/24` is said where a network is meant. The kernel refuses such an IPv4 route (fib_valid_key_len). */
export function hasHostBits(text: string): boolean {
  const given = parseInterfaceAddress(text);
  return given !== null && maskedOf(given.ip, given.prefix) !== given.ip;
}

/** The network that an address lies in, canonical; `default` for the prefix 0. */
export function networkOf(ip: string, prefix: number): string {
  if (prefix === 0) return DEFAULT;
  if (prefix === 64 && AUTOMATIC.test(ip)) return 'fe80::/64';
  return `${maskedOf(ip, prefix)}/${prefix}`;
}

/** The last address of a network: IPv4's broadcast address. */
export const lastOf = (ip: string, prefix: number): string =>
  textOf(strictBytesOf(ip).map((byte, at) => byte | (~maskAt(at, prefix) & 0xff)));

/** An address as a number, for arithmetic on intervals of addresses. */
export const numberOf = (ip: string): bigint =>
  strictBytesOf(ip).reduce((number, byte) => number * 256n + BigInt(byte), 0n);

/** The address that a number stands for, canonical. */
export function addressAt(number: bigint, family: Family): string {
  const size = widthOf(family) / 8;
  return textOf(
    Array.from({ length: size }, (_, at) => Number((number >> BigInt((size - 1 - at) * 8)) & 0xffn)),
  );
}

/** True when the address lies in the network; `default` holds every address. */
export function contains(network: string, ip: string): boolean {
  const outer = parseNetwork(network);
  const inner = parseAddress(ip);
  if (outer === null || inner === null) return false;
  if (outer.network === DEFAULT) return outer.family === null || outer.family === inner.family;
  const prefix = Number(outer.network.slice(outer.network.indexOf('/') + 1));
  return outer.family === inner.family && networkOf(inner.ip, prefix) === outer.network;
}

/** True when two texts write one address; false when one of them writes none. */
export function sameAddress(a: string, b: string): boolean {
  const first = parseAddress(a);
  return first !== null && first.ip === parseAddress(b)?.ip;
}

/** 224.0.0.0/4 and ff00::/8. */
export function isMulticast(ip: string): boolean {
  const [first = 0, ...rest] = bytesOf(ip) ?? [];
  return rest.length === 3 ? first >> 4 === 0xe : first === 0xff;
}

/** 169.254.0.0/16 and fe80::/10: the same on every link, so that they tell nothing apart. */
export function isLinkLocal(ip: string): boolean {
  const [first = 0, second = 0, ...rest] = bytesOf(ip) ?? [];
  return rest.length === 2 ? first === 169 && second === 254 : first === 0xfe && second >> 6 === 2;
}

/** 0.0.0.0 and ::, the address of nobody. */
export const isUnspecified = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';

const DEFAULT = 'default';

/** An address of fe80::/64 in canonical text: every link has one, so it is not worth the arithmetic. */
const AUTOMATIC = /^fe80::(?:[0-9a-f]{1,4}:){0,3}[0-9a-f]{1,4}$/;

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`; longer input is not worth a look. */
const LONGEST = 45;

function bytesOf(text: string): readonly number[] | null {
  if (text.length > LONGEST) return null;
  const dotted = dottedBytesOf(text);
  if (dotted !== null) return dotted;
  const pure = withoutDottedTail(text);
  if (pure === null || !/^[0-9a-f:]*:[0-9a-f:]*$/i.test(pure) || !ipaddr.IPv6.isValid(pure)) return null;
  return ipaddr.IPv6.parse(pure).toByteArray();
}

/** Strict, and by hand: ipaddr.js throws and catches an error for each text that is not IPv4, which costs seconds in a large file. */
function dottedBytesOf(text: string): readonly number[] | null {
  const bytes: number[] = [];
  let byte: number | null = null;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : DOT;
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9 && byte !== 0) {
      byte = (byte ?? 0) * 10 + digit;
      if (byte > 255) return null;
    } else if (code === DOT && byte !== null) {
      bytes.push(byte);
      byte = null;
    } else return null;
  }
  return bytes.length === 4 ? bytes : null;
}

const DOT = '.'.charCodeAt(0);
const ZERO = '0'.charCodeAt(0);

function strictBytesOf(ip: string): readonly number[] {
  const bytes = bytesOf(ip);
  if (bytes === null) throw new Error(`${ip} is not an address`);
  return bytes;
}

/** The last two groups may be written as IPv4. Done here: ipaddr.js takes octal there, and `::1.2.3.4` for a mapped one. */
function withoutDottedTail(text: string): string | null {
  if (!text.includes('.')) return text;
  const colon = text.lastIndexOf(':');
  const tail = text.slice(colon + 1);
  const bytes = dottedBytesOf(tail);
  if (colon < 0 || bytes === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return `${text.slice(0, colon + 1)}${hex(a, b)}:${hex(c, d)}`;
}

const hex = (high: number, low: number): string => (high * 256 + low).toString(16);

/** The text that `ip` prints: RFC 5952, with glibc's inet_ntop deciding where the dotted tail is written. */
function textOf(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  const text = ipaddr.fromByteArray([...bytes]).toString();
  const head = bytes.findIndex((byte) => byte !== 0);
  const mapped = head === 10 && bytes[10] === 0xff && bytes[11] === 0xff;
  const compatible = head === 12 || head === 13;
  if (!mapped && !compatible) return text;
  return `${mapped ? '::ffff:' : '::'}${bytes.slice(12).join('.')}`;
}

function prefixOf(text: string, family: Family): number | null {
  const prefix = /^(0|[1-9][0-9]{0,2})$/.test(text) ? Number(text) : NaN;
  return prefix <= widthOf(family) ? prefix : null;
}

const widthOf = (family: Family): number => (family === 4 ? 32 : 128);

const wholeOf = (address: Address | null): InterfaceAddress | null =>
  address && { ...address, prefix: widthOf(address.family) };

const maskedOf = (ip: string, prefix: number): string =>
  textOf(strictBytesOf(ip).map((byte, at) => byte & maskAt(at, prefix)));

/** The byte at `at` of the mask of `prefix` bits. */
const maskAt = (at: number, prefix: number): number =>
  (0xff00 >> Math.max(0, Math.min(8, prefix - at * 8))) & 0xff;
