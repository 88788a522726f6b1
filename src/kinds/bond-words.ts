// The options of a Linux bond: their words in the file, and what ip calls them, into each other.
import { pick } from '../kind.js';
import type { Fields, Json } from '../model.js';
import { options } from './bond-options.js';

/** `info_data` as ip shows it. */
export const optionsIn = (data: Readonly<Record<string, unknown>>): Fields =>
  Object.fromEntries(
    Object.entries(WORDS).map(([field, { shown, read }]) => [field, read((data[shown] ?? null) as Json)]),
  );

/** What ip is told so that a fresh bond becomes like this. */
export const wordsToMake = (fields: Fields): string[] =>
  wordsOf(
    fields,
    Object.keys(WORDS).filter((field) => !equals(fields[field], FRESH[field])),
  );

/**
 * What ip is told so that a bond changes. Delays are kept as multiples of the interval, which change their meaning with it
 * (bond_option_miimon_set), and are refused without one.
 */
export function wordsToChange(fields: Fields, changed: readonly string[]): string[] {
  const delays = changed.includes('mii-monitor-interval') ? DELAYS : [];
  const said = Object.keys(WORDS).filter((field) => changed.includes(field) || delays.includes(field));
  const isWatching = fields['mii-monitor-interval'] !== 0;
  return wordsOf(
    fields,
    said.filter((field) => isWatching || !DELAYS.includes(field)),
  );
}

const DELAYS: readonly string[] = ['up-delay', 'down-delay'];

/** What a bond is like of which nothing was said. */
const FRESH: Fields = { 'mii-monitor-interval': 0, ...pick(options, {}) };

const equals = (a: Json | undefined, b: Json | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

const wordsOf = (fields: Fields, said: readonly string[]): string[] =>
  said.flatMap((field) => {
    const word = WORDS[field];
    return word === undefined ? [] : [word.name, ...word.write(fields[field] ?? null)];
  });

/** How ip says an option, and how it shows it. */
interface Word {
  readonly name: string;
  readonly shown: string;
  read(shown: Json): Json;
  write(value: Json): string[];
}

const word = (name: string, shown = name): Word => ({
  name,
  shown,
  read: (value) => value,
  write: (value) => [String(value)],
});

/** In the order in which bond_changelink() takes them; the targets are last, as ip takes an empty list only there. */
const WORDS: Readonly<Record<string, Word>> = {
  mode: word('mode'),
  'mii-monitor-interval': word('miimon'),
  'up-delay': word('updelay'),
  'down-delay': word('downdelay'),
  'arp-interval': word('arp_interval'),
  // ip prints none as null.
  'arp-validate': { ...word('arp_validate'), read: (value) => value ?? 'none' },
  'arp-all-targets': word('arp_all_targets'),
  'primary-reselect-policy': word('primary_reselect'),
  'fail-over-mac-policy': word('fail_over_mac'),
  'transmit-hash-policy': word('xmit_hash_policy'),
  'resend-igmp': word('resend_igmp'),
  'gratuitous-arp': word('num_grat_arp', 'num_peer_notif'),
  'all-members-active': {
    ...word('all_slaves_active'),
    read: (value) => value === 1 || value === true,
    write: (value) => [value === true ? '1' : '0'],
  },
  'min-links': word('min_links'),
  'learn-packet-interval': word('lp_interval'),
  'packets-per-member': word('packets_per_slave'),
  'lacp-rate': word('lacp_rate', 'ad_lacp_rate'),
  'ad-select': word('ad_select'),
  'arp-ip-targets': {
    ...word('arp_ip_target'),
    read: (value) => value ?? [],
    write: (value) => {
      const targets = (value ?? []) as readonly string[];
      return targets.length === 0 ? [] : [targets.join(',')];
    },
  },
};
