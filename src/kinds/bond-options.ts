// The options of a Linux bond: an entry of the file in, what the kernel will have of it out; with defaults, and what a change costs.
import { pick, type Properties } from '../kind.js';
import type { Fields, Json } from '../model.js';

/** INT_MAX: the largest value that bond_intmax_tbl lets through, in ms. */
const LONGEST = 2147483647;

const milliseconds = { type: 'integer', minimum: 0, maximum: LONGEST, 'x-unit': 'ms' } as const;

/** BOND_OPTFLAG_IFDOWN: to take the bond down would take away all that stands on it. */
const whenDown = {
  'x-change': 'replace',
  'x-why': 'the kernel changes it only while the bond is down, without what stands on it',
} as const;

/** BOND_OPTFLAG_NOSLAVES. */
const whenEmpty = {
  'x-change': 'replace',
  'x-why': 'the kernel changes it only while the bond has no members',
} as const;

/**
 * Defaults: the tables of the kernel's drivers/net/bonding/bond_options.c, and netplan's where it has one. What changes in
 * place: the flags of bond_opts there. `primary` is set once its link is a member: see `bond-primary.ts`.
 */
export const options = {
  mode: {
    enum: [
      'balance-rr',
      'active-backup',
      'balance-xor',
      'broadcast',
      '802.3ad',
      'balance-tlb',
      'balance-alb',
    ],
    description:
      'How frames are spread over the members. `802.3ad` is LACP; `balance-slb` goes by MAC address and VLAN, `balance-tcp` by addresses and ports, which needs `lacp`.',
    default: 'balance-rr',
    ...whenEmpty,
  },
  'mii-monitor-interval': {
    ...milliseconds,
    description:
      'How often the carrier of each member is looked at; 0: never (Open vSwitch then hears of it from the kernel). Default: 100 in the modes `802.3ad`, `balance-tlb` and `balance-alb`, else 0.',
  },
  'up-delay': {
    ...milliseconds,
    description:
      'How long a member must have carrier before it is used; on Linux a multiple of `mii-monitor-interval`.',
    default: 0,
  },
  'down-delay': {
    ...milliseconds,
    description:
      'How long a member must have lost its carrier before it is given up; on Linux a multiple of `mii-monitor-interval`.',
    default: 0,
  },
  'min-links': {
    ...milliseconds,
    'x-unit': 'links',
    description: 'How many members must work for the bond to have carrier, with `mode: 802.3ad`.',
    default: 0,
    'x-change': 'flap',
  },
  'transmit-hash-policy': {
    enum: ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'],
    description:
      'Which parts of a frame say by which member it leaves, in the modes `balance-xor`, `802.3ad` and `balance-tlb`.',
    default: 'layer2',
  },
  'all-members-active': {
    type: 'boolean',
    description: 'Whether frames that come in by members that are not in use are taken, too.',
    default: false,
  },
  'arp-interval': {
    ...milliseconds,
    description:
      'How often `arp-ip-targets` are asked for, instead of looking at carriers; 0: never. Not in the modes `802.3ad`, `balance-tlb` and `balance-alb`.',
    default: 0,
    'x-change': 'flap',
  },
  'arp-ip-targets': {
    type: 'array',
    items: { type: 'string', examples: ['192.0.2.1'] },
    uniqueItems: true,
    // BOND_MAX_ARP_TARGETS.
    maxItems: 16,
    description: 'IPv4 addresses of hosts that answer where the bond works; at most 16.',
    default: [],
    'x-change': 'flap',
  },
  'arp-validate': {
    enum: ['none', 'active', 'backup', 'all'],
    description: 'On which members it is made sure that what comes in are answers of `arp-ip-targets`.',
    default: 'none',
    'x-change': 'flap',
  },
  'arp-all-targets': {
    enum: ['any', 'all'],
    description: 'Whether one of `arp-ip-targets` must answer by a member, or all of them.',
    default: 'any',
    'x-change': 'flap',
  },
  'primary-reselect-policy': {
    enum: ['always', 'better', 'failure'],
    description:
      'When `primary` takes over again once it is back: always, only if it is faster, or only when the active member fails.',
    default: 'always',
    'x-change': 'flap',
  },
  'fail-over-mac-policy': {
    enum: ['none', 'active', 'follow'],
    description:
      'With `active-backup`: all members have the bond’s MAC address (`none`), or the bond has that of the active member (`active`), or only the active member has the bond’s (`follow`).',
    default: 'none',
    ...whenEmpty,
  },
  'gratuitous-arp': {
    type: 'integer',
    minimum: 0,
    maximum: 255,
    description: 'How often the bond tells its neighbours, by ARP and IPv6, that another member is in use.',
    default: 1,
  },
  'resend-igmp': {
    type: 'integer',
    minimum: 0,
    maximum: 255,
    description: 'How often multicast groups are joined anew when another member is in use.',
    default: 1,
  },
  'packets-per-member': {
    type: 'integer',
    minimum: 0,
    maximum: 65535,
    description:
      'With `balance-rr`: how many packets leave by a member before the next one’s turn; 0: members are drawn by lot.',
    default: 1,
    'x-unit': 'packets',
  },
  'learn-packet-interval': {
    type: 'integer',
    minimum: 1,
    maximum: LONGEST,
    description:
      'Time between the packets by which switches learn who is where, with `balance-tlb` and `balance-alb`.',
    default: 1,
    'x-unit': 's',
  },
  'lacp-rate': {
    enum: ['slow', 'fast'],
    description: 'How often the other side is to send LACP packets: every 30 s, or every second.',
    default: 'slow',
    ...whenDown,
  },
  'ad-select': {
    enum: ['stable', 'bandwidth', 'count'],
    description:
      'With `802.3ad`: when another group of members is chosen: when the one in use has none left, or by bandwidth, or by number.',
    default: 'stable',
    ...whenDown,
  },
} as const satisfies Properties;

/** BOND_DEFAULT_MIIMON, in ms: bond_option_mode_set() starts looking at carriers in the modes that cannot do without. */
export const usualInterval = (mode: Json | undefined): number =>
  NEEDING_CARRIERS.includes(String(mode ?? options.mode.default)) ? 100 : 0;

/** Modes in which the kernel does not watch by ARP (bond_mode_uses_arp). */
export const NEEDING_CARRIERS: readonly string[] = ['802.3ad', 'balance-tlb', 'balance-alb'];

/** An entry of the file as the kernel will have it. */
export const optionsOf = (value: Fields): Fields => ({
  'mii-monitor-interval': usualInterval(value['mode']),
  ...pick(options, value),
});
