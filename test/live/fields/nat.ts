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
  { masquerade: { protocol: 'icmp' } },
] as const;

const ACTIONS = ['masquerade', 'snat', 'dnat', 'redirect'];

/** What each word of each rule becomes, one after the other; undefined: the line goes. */
const VALUES: readonly Readonly<Record<string, readonly unknown[]>>[] = [
  {
    in: ['v1', undefined],
    out: ['v0', undefined],
    protocol: ['udp', 'sctp'],
    port: [443, '1000-2000', [1, '2-9', 65535], undefined],
    source: ['192.0.2.128/25', ['192.0.2.1', '198.51.100.0/24'], undefined],
    destination: ['10.1.0.0/16', undefined],
  },
  {
    in: [undefined],
    out: ['v0'],
    protocol: ['tcp'],
    port: [443, undefined],
    source: ['2001:db8::/65', ['2001:db8::1', '2001:db8:7::/64'], undefined],
    destination: ['2001:db8:1::1', undefined],
    to: ['2001:db8:2::2', '[2001:db8:2::1]:2000-3000'],
  },
  {
    in: [undefined],
    protocol: ['udp'],
    port: [443],
    source: [undefined],
    destination: ['10.1.0.0/16', undefined],
    to: ['10.0.0.3', '10.0.0.2:80'],
  },
  {
    in: [undefined],
    protocol: ['udp'],
    port: ['1000-2000'],
    source: ['2001:db8::1'],
    destination: [undefined],
    to: ['8081', undefined],
  },
  { protocol: ['icmpv6', 'gre', 'esp', undefined] },
];

const rows = RULES.flatMap((rule, index) =>
  Object.entries(rule).flatMap(([action, words]) =>
    Object.keys(words as object).map((word): Row => ({
      field: `${action}.${word}`,
      at: ['nat', index, action, word],
      shown: `rules[${index}].${word}`,
      to: VALUES[index]?.[word] ?? [],
    })),
  ),
);

const another: Row[] = ACTIONS.map((action, index) => ({
  field: action,
  at: ['nat', RULES.length],
  to: [
    {
      [action]: {
        protocol: 'tcp',
        port: 1 + index,
        ...(index === 1 || index === 2 ? { to: '10.0.0.9' } : {}),
      },
    },
  ],
  shown: `rules[${RULES.length}]`,
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
    { field: 'rules', at: ['nat', 4], to: [undefined], shown: 'rules[4]' },
    { field: 'rules', at: ['nat'], to: [undefined], plan: ['- host/nat'] },
  ],
};

export const natRules: readonly Table[] = [nat];
