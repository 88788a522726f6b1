// Rows for every word of every NAT rule, IPv4 and IPv6.
import type { Row, Table } from './table.js';

const RULES = [
  {
    masquerade: {
      source: '192.0.2.0/24',
      out: 'v1',
      protocol: 'tcp',
      port: 80,
      in: 'v0',
      destination: '10.0.0.0/8',
    },
  },
  {
    snat: {
      source: '2001:db8::/64',
      out: 'v1',
      protocol: 'udp',
      port: '53',
      in: 'v0',
      destination: '2001:db8:1::/64',
      to: '2001:db8:2::1',
    },
  },
  {
    dnat: {
      source: '192.0.2.0/24',
      in: 'v0',
      protocol: 'tcp',
      port: [80, '8000-8010'],
      destination: '10.0.0.1',
      to: '10.0.0.2',
    },
  },
  {
    redirect: {
      source: '2001:db8::/64',
      in: 'v0',
      protocol: 'tcp',
      port: 80,
      destination: '2001:db8:1::1',
      to: 8080,
    },
  },
] as const;

const ACTIONS = ['masquerade', 'snat', 'dnat', 'redirect'];

/** What each word becomes: undefined where the line may go. */
const COMMON: Readonly<Record<string, readonly unknown[]>> = {
  in: ['v1', undefined],
  out: ['v0', undefined],
  protocol: ['udp', 'sctp', 'tcp'],
  port: [443, '1000-2000', [1, '2-9', 65535], undefined],
};
const FOUR = {
  source: ['192.0.2.128/25', ['192.0.2.1', '198.51.100.0/24'], undefined],
  destination: ['10.1.0.0/16', undefined],
};
const SIX = {
  source: ['2001:db8::/65', ['2001:db8::1', '2001:db8:7::/64'], undefined],
  destination: ['2001:db8:1::1', '2001:db8:9::/48'],
};
const VALUES: readonly Readonly<Record<string, readonly unknown[]>>[] = [
  { ...COMMON, ...FOUR },
  { ...COMMON, ...SIX, to: ['2001:db8:2::2', '[2001:db8:2::1]:2000-3000'] },
  { ...COMMON, ...FOUR, to: ['10.0.0.3', '10.0.0.2:80'] },
  { ...COMMON, ...SIX, to: [80, '8081', undefined] },
];

const rows = RULES.flatMap((rule, index) =>
  Object.entries(rule).flatMap(([action, words]) =>
    Object.entries(words as Record<string, unknown>).map(([word, now]): Row => ({
      field: `${action}.${word}`,
      at: ['nat', index, action, word],
      shown: `rules[${index}].${word}`,
      to: (VALUES[index]?.[word] ?? []).filter((value) => value !== now),
    })),
  ),
);

const another: Row[] = ACTIONS.map((action, index) => ({
  field: action,
  at: ['nat', 4],
  to: [
    {
      [action]: {
        protocol: 'tcp',
        port: 1 + index,
        ...(index === 1 || index === 2 ? { to: '10.0.0.9' } : {}),
      },
    },
  ],
  shown: 'rules[4]',
}));

const nat: Table = {
  title: 'nat',
  kind: 'nat',
  needs: ['nat'],
  base: { version: 1, name: 'fields', veths: { v0: { peer: { name: 'v1' } } }, nat: RULES },
  at: ['nat'],
  id: 'host/nat',
  rows: [
    ...rows,
    ...another,
    { field: 'rules', at: ['nat', 3], to: [undefined], shown: 'rules[3]' },
    { field: 'rules', at: ['nat'], to: [undefined], plan: ['- host/nat'] },
  ],
};

export const natRules: readonly Table[] = [nat];
