// Rows for routing policy: rules of IPv4 and IPv6, what they are for and what they do.
import type { Row, Table } from './table.js';

const FOUR = 'host/rule/20000/from 10.0.0.0/8';
const SIX = 'host/rule/20001/from fd00::/8';
const DROP = 'host/rule/300/to 10.66.0.0/16';

/** A word of the first rule that tells it from others: `after` is what its id then ends in. */
const selector = (field: string, value: unknown, after: string): Row => ({
  field,
  at: ['rules', 0, field],
  to: [value],
  plan: [`- ${FOUR}`, `+ host/rule/20000/${after}`],
});

const four = (word: string) => `from 10.0.0.0/8 ${word}`;

const rule: Table = {
  title: 'rule',
  kind: 'rule',
  base: {
    version: 1,
    name: 'fields',
    veths: { v0: { peer: { name: 'v1' } } },
    rules: [
      { from: '10.0.0.0/8', table: 100 },
      { from: 'fd00::/8', table: 100 },
      { to: '10.66.0.0/16', type: 'blackhole', priority: 300 },
      { table: 254, 'suppress-prefixlength': 0, priority: 301 },
    ],
  },
  at: ['rules', 0],
  id: FOUR,
  rows: [
    selector('from', '10.1.0.7', 'from 10.1.0.7/32'),
    selector('from', undefined, 'all'),
    selector('from', '::/0', 'from ::/0'),
    selector('to', '192.0.2.0/24', four('to 192.0.2.0/24')),
    selector('mark', 16, four('fwmark 0x10')),
    selector('mark', '0x1ff/0xff', four('fwmark 0xff/0xff')),
    selector('mark', 0, four('fwmark 0x0')),
    selector('type-of-service', 16, four('tos 0x10')),
    selector('iif', 'v0', four('iif v0')),
    selector('iif', 'lo', four('iif lo')),
    selector('oif', 'v1', four('oif v1')),
    selector('protocol', 'udp', four('ipproto udp')),
    selector('sport', 53, four('sport 53')),
    selector('dport', '8000-8010', four('dport 8000-8010')),
    { field: 'priority', to: [7], plan: [`- ${FOUR}`, '+ host/rule/7/from 10.0.0.0/8'] },
    { field: 'table', to: [101, 254, 4294967295] },
    {
      field: 'type',
      at: ['rules', 0],
      to: [
        { from: '10.0.0.0/8', type: 'blackhole' },
        { from: '10.0.0.0/8', type: 'prohibit' },
      ],
      plan: [`~ ${FOUR} type table`],
      back: [`~ ${FOUR} type table`],
    },
    { field: 'type', at: ['rules', 2, 'type'], id: DROP, to: ['unreachable', 'prohibit'] },
    { field: 'suppress-prefixlength', to: [0, 32] },
    {
      field: 'suppress-prefixlength',
      at: ['rules', 3, 'suppress-prefixlength'],
      id: 'host/rule/301/all',
      to: [8, undefined],
    },
    { field: 'not', to: [true] },
    // The same of IPv6.
    {
      field: 'from',
      at: ['rules', 1, 'from'],
      to: ['fd01::1'],
      plan: [`- ${SIX}`, '+ host/rule/20001/from fd01::1/128'],
    },
    {
      field: 'type-of-service',
      at: ['rules', 1, 'type-of-service'],
      to: [0xb8],
      plan: [`- ${SIX}`, '+ host/rule/20001/from fd00::/8 tos 0xb8'],
    },
    { field: 'table', at: ['rules', 1, 'table'], id: SIX, to: [101, 254, 4294967295] },
    { field: 'not', at: ['rules', 1, 'not'], id: SIX, to: [true] },
    // What others changed, and what they put beside it.
    {
      field: 'table',
      to: [],
      drift:
        'proto=$(ip -N -j -d rule show priority 20000 | sed \'s/.*"protocol":"\\([0-9]*\\)".*/\\1/\'); ip rule del priority 20000; ip rule add priority 20000 from 10.0.0.0/8 table 7 protocol "$proto"',
    },
    { field: 'from', to: [], drift: 'ip rule del priority 20000', plan: [`- ${FOUR}`] },
  ],
};

export const rules: readonly Table[] = [rule];
