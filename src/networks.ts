// Sets of addresses and of ports: in whatever pieces a file or nft writes them in, the fewest pieces in ascending order out.
import { addressAt, numberOf, parseAddress, type Family } from './address.js';

/**
 * The fewest networks that hold exactly the addresses of `texts`: `10.0.0.0/25`, `10.0.0.1`, or `10.0.0.1-10.0.0.9` as
 * nft writes intervals. A network of one host is an address alone. Given back as they are when one cannot be read, or
 * when they are not of one family: the checks of the file say so.
 */
export function cover(texts: readonly string[]): readonly string[] {
  const parsed = texts.map(networkInterval);
  const family = parsed[0]?.family;
  const intervals = parsed.flatMap((one) => (one === null || one.family !== family ? [] : [one.interval]));
  if (family === undefined || intervals.length < texts.length) return texts;
  return merge(intervals).flatMap((interval) => networksOf(interval, family));
}

/** The fewest ports and ranges: `80`, `8000-8010`; null when one is neither (1 to 65535). */
export function coverPorts(ports: readonly string[]): string[] | null {
  const intervals = ports.flatMap((port) => portInterval(port) ?? []);
  if (intervals.length < ports.length) return null;
  return merge(intervals).map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
}

type Interval = readonly [first: bigint, last: bigint];

function networkInterval(text: string): { readonly family: Family; readonly interval: Interval } | null {
  const [, ip = '', prefix, end] = /^([^/-]+)(?:\/(\d{1,3})|-(.+))?$/.exec(text) ?? [];
  const address = parseAddress(ip);
  if (address === null) return null;
  const { family } = address;
  const first = numberOf(address.ip);
  if (end !== undefined) {
    const last = parseAddress(end);
    const ascending = last?.family === family && numberOf(last.ip) >= first;
    return ascending ? { family, interval: [first, numberOf(last.ip)] } : null;
  }
  const free = widthOf(family) - Number(prefix ?? widthOf(family));
  if (free < 0) return null;
  const start = (first >> BigInt(free)) << BigInt(free);
  return { family, interval: [start, start + (1n << BigInt(free)) - 1n] };
}

function portInterval(port: string): [Interval] | null {
  const [, first = '', last = first] = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(port) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return first !== '' && from <= to && to <= 65535 ? [[BigInt(from), BigInt(to)]] : null;
}

/** Ascending; what overlaps or touches becomes one. */
function merge(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const [first, last] of [...intervals].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const before = merged.at(-1);
    if (before === undefined || before[1] + 1n < first) merged.push([first, last]);
    else if (before[1] < last) merged[merged.length - 1] = [before[0], last];
  }
  return merged;
}

/** Takes the largest network that begins where the interval does and does not leave it, as often as needed. */
function networksOf([first, last]: Interval, family: Family): string[] {
  const networks: string[] = [];
  for (let start = first; start <= last;) {
    let free = 0;
    while (
      free < widthOf(family) &&
      isNetwork(start, free + 1) &&
      start + (1n << BigInt(free + 1)) - 1n <= last
    )
      free += 1;
    const length = free === 0 ? '' : `/${widthOf(family) - free}`;
    networks.push(addressAt(start, family) + length);
    start += 1n << BigInt(free);
  }
  return networks;
}

const isNetwork = (number: bigint, free: number): boolean => (number & ((1n << BigInt(free)) - 1n)) === 0n;

const widthOf = (family: Family): number => (family === 4 ? 32 : 128);
