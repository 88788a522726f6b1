// The words of `qos`: facts of the fields, and what makes them impossible although their shape is right: a link in, findings out.
import { ownWordsAlone, type DeclaredLink, type Properties } from '../kind.js';
import { show, type Finding } from '../load/diagnostic.js';
import type { Fields } from '../model.js';

const RATE = { type: 'integer', minimum: 1, maximum: 1_000_000_000_000, 'x-unit': 'bit/s' } as const;

/** ovs-vswitchd.conf.db(5), table Queue. */
export const queueFields = {
  'min-rate': { ...RATE, description: 'What it gets at least. Default: hardly anything.' },
  'max-rate': { ...RATE, description: 'What it gets at most. Default: all that the port may send.' },
  burst: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000_000_000,
    'x-unit': 'bit',
    description: 'How much may be sent at once above `max-rate`; of `linux-htb` alone.',
  },
  priority: {
    type: 'integer',
    minimum: 0,
    maximum: 4294967295,
    description:
      'Of what the port has left, queues with a lower number get some first. Default: 0; of `linux-htb` alone.',
  },
} as const satisfies Properties;

/** ovs-vswitchd.conf.db(5), table QoS. */
export const qosFields = {
  type: {
    enum: ['linux-htb', 'linux-hfsc'],
    description:
      'The kernel’s scheduler that shares out the port: `linux-htb` (hierarchy token bucket) or `linux-hfsc` (hierarchical fair service curve).',
    'x-change': 'flap',
  },
  'max-rate': { ...RATE, description: 'What the port may send in all. Default: the speed of its link.' },
  queues: {
    type: 'object',
    default: {},
    // HTB_N_QUEUES and HFSC_N_QUEUES in lib/netdev-linux.c.
    propertyNames: {
      pattern: '^(0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|60[0-9]{3}|61[0-3][0-9]{2}|614[0-3][0-9])$',
      description: 'a queue is called by a number from 0 to 61439',
    },
    additionalProperties: { type: 'object', properties: queueFields, ...ownWordsAlone },
    description:
      'Shares of it, by number. A flow chooses one with `set_queue` or `enqueue`; what no flow puts elsewhere is in queue 0.',
  },
} as const satisfies Properties;

/** What a link says of it. */
export const qosField = {
  type: 'object',
  properties: qosFields,
  required: ['type'],
  ...ownWordsAlone,
  description:
    'Limits what leaves by a port of an Open vSwitch bridge, and shares it between queues. The kernel’s scheduler of the device does it, with either datapath, so the kernel must have that (`sch_htb`, `sch_hfsc`).',
} as const;

/** Words that the chosen scheduler does not have. */
export function qosFindings({ value, path }: DeclaredLink): Finding[] {
  const { type, queues } = (value['qos'] ?? {}) as Fields;
  if (type !== 'linux-hfsc') return [];
  return Object.entries((queues ?? {}) as Readonly<Record<string, Fields>>).flatMap(([number, queue]) =>
    ['burst', 'priority']
      .filter((word) => queue[word] !== undefined)
      .map((word) => ({
        code: 'qos-word',
        message: `${show(word)} means nothing to \`linux-hfsc\``,
        hint: 'say `type: linux-htb`, or leave it out',
        path: [...path, 'qos', 'queues', number, word],
        at: 'key' as const,
      })),
  );
}
