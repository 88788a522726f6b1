// The next hops of a route that has several: those of a file, or as `ip` prints them, in; texts in the words of `ip route` out, in one order.
import { parseAddress } from '../address.js';
import type { DeclaredLink } from '../kind.js';
import type { Json } from '../model.js';
import type { IpRoute } from '../state.js';

export type Value = { readonly [field: string]: Json };

/** A next hop of a file, and the link that it leaves by; undefined when nothing says which. */
export interface Hop {
  readonly value: Value;
  readonly link: DeclaredLink | undefined;
}

/** The next hops that an entry lists. */
export const hopsOf = (value: Value): Value[] =>
  Array.isArray(value['nexthops']) ? (value['nexthops'] as Value[]) : [];

/** `via 10.0.0.2 dev eth0 weight 2`. Their order means nothing, so they are sorted. */
export const hopTexts = (hops: readonly Hop[]): string[] =>
  hops
    .map(({ value, link }) =>
      textOf({
        via: parseAddress(String(value['via']))?.ip,
        dev: link?.device,
        weight: Number(value['weight'] ?? 1),
        onLink: value['on-link'] === true,
      }),
    )
    .sort();

/** The same of a route of the kernel; null when it has one next hop, or none. */
export function hopTextsIn({ nexthops }: IpRoute): string[] | null {
  if (nexthops === undefined) return null;
  return nexthops
    .map(({ gateway, via, dev, weight = 1, flags = [] }) =>
      textOf({
        via: gateway ?? (via && `${via.family} ${via.host}`),
        dev,
        weight,
        onLink: flags.includes('onlink'),
      }),
    )
    .sort();
}

/** For `ip route`, behind everything else that it is told of the route. */
export const hopWords = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => ['nexthop', ...text.split(' ')]);

interface Parts {
  readonly via: string | undefined;
  readonly dev: string | undefined;
  readonly weight: number;
  readonly onLink: boolean;
}

function textOf({ via, dev, weight, onLink }: Parts): string {
  const words = [
    ...(via === undefined ? [] : ['via', via]),
    ...(dev === undefined ? [] : ['dev', dev]),
    ...(weight === 1 ? [] : ['weight', String(weight)]),
    ...(onLink ? ['onlink'] : []),
  ];
  return words.join(' ');
}
