// What makes a Linux bond impossible or doubtful although it has the right shape: an entry in, findings out.
import { isMulticast, isUnspecified, parseAddress } from '../address.js';
import type { Entry } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { NEEDING_CARRIERS, options, usualInterval } from './bond-options.js';
import { memberKeys } from './masters.js';

type Value = Entry['value'];
type Problem = Omit<Finding, 'path'> & { readonly word: string | readonly (string | number)[] };

/** Findings about one entry, in no order. */
export function bondFindings({ value, path }: Entry): Finding[] {
  const problems = [words, monitors, delays, targets, primary, address].flatMap((check) => check(value));
  return [
    ...problems.map(({ word, ...problem }) => ({ ...problem, path: [...path, word].flat() })),
    ...unwatched(value, path),
  ];
}

const modeOf = (value: Value): string => String(value['mode'] ?? options.mode.default);

const intervalOf = (value: Value): number =>
  Number(value['mii-monitor-interval'] ?? usualInterval(value['mode']));

const ONE_AT_A_TIME = ['active-backup', 'balance-tlb', 'balance-alb'];
const ASKING = options.mode.enum.filter((mode) => !NEEDING_CARRIERS.includes(mode));

/** The modes in which a word means something: `unsuppmodes` of bond_opts, and what Documentation/networking/bonding.rst says. */
const MODES: Readonly<Record<string, readonly string[]>> = {
  'lacp-rate': ['802.3ad'],
  'ad-select': ['802.3ad'],
  'min-links': ['802.3ad'],
  'packets-per-member': ['balance-rr'],
  primary: ONE_AT_A_TIME,
  'primary-reselect-policy': ONE_AT_A_TIME,
  'fail-over-mac-policy': ['active-backup'],
  'transmit-hash-policy': ['balance-xor', '802.3ad', 'balance-tlb'],
  'learn-packet-interval': ['balance-tlb', 'balance-alb'],
  'arp-interval': ASKING,
  'arp-ip-targets': ASKING,
  'arp-validate': ASKING,
  'arp-all-targets': ASKING,
};

function words(value: Value): Problem[] {
  const mode = modeOf(value);
  return Object.entries(MODES)
    .filter(([word, modes]) => value[word] !== undefined && !modes.includes(mode))
    .map(([word, modes]) => ({
      code: 'bond-mode',
      message: `\`${word}\` means nothing in the mode \`${mode}\``,
      hint: `it is for ${modes.map((one) => `\`${one}\``).join(', ')}`,
      word,
      at: 'key',
    }));
}

/** bond_changelink() refuses both ways to watch at once. */
function monitors(value: Value): Problem[] {
  const mode = modeOf(value);
  const asks = Number(value['arp-interval'] ?? 0) > 0;
  if (NEEDING_CARRIERS.includes(mode)) {
    if (intervalOf(value) > 0) return [];
    const message = `the mode \`${mode}\` has to look at the carriers of its members`;
    return [
      { code: 'bond-monitor', message, hint: 'say 100, or leave it out', word: 'mii-monitor-interval' },
    ];
  }
  const others = ['arp-ip-targets', 'arp-validate', 'arp-all-targets'];
  if (!asks) {
    return others
      .filter((word) => value[word] !== undefined)
      .map((word) => ({
        code: 'bond-monitor',
        message: `\`${word}\` means nothing without \`arp-interval\``,
        word,
        at: 'key',
      }));
  }
  if (intervalOf(value) > 0) {
    const message = 'a bond is watched by `mii-monitor-interval` or by `arp-interval`, not by both';
    return [{ code: 'bond-monitor', message, word: 'arp-interval', at: 'key' }];
  }
  if (Array.isArray(value['arp-ip-targets']) && value['arp-ip-targets'].length > 0) return [];
  const message = '`arp-interval` needs somebody to ask';
  return [{ code: 'bond-monitor', message, hint: 'name hosts in `arp-ip-targets`', word: 'arp-interval' }];
}

/** _bond_option_delay_set() rounds down to a multiple, and refuses any without an interval. */
function delays(value: Value): Problem[] {
  const interval = intervalOf(value);
  return ['up-delay', 'down-delay'].flatMap((word): Problem[] => {
    const delay = Number(value[word] ?? 0);
    if (delay === 0) return [];
    if (interval === 0) {
      const message = `\`${word}\` needs \`mii-monitor-interval\``;
      return [{ code: 'bond-delay', message, word, at: 'key' }];
    }
    if (delay % interval === 0) return [];
    const message = `\`${word}\` is counted in intervals of ${String(interval)} ms`;
    const less = Math.floor(delay / interval) * interval;
    const hint = `say ${String(less)} or ${String(less + interval)}, or change \`mii-monitor-interval\``;
    return [{ code: 'bond-delay', message, hint, word }];
  });
}

/** bond_is_ip_target_ok(). */
function targets(value: Value): Problem[] {
  const list = Array.isArray(value['arp-ip-targets']) ? (value['arp-ip-targets'] as string[]) : [];
  return list.flatMap((text, i) => {
    const address = parseAddress(text);
    const isHost =
      address?.family === 4 && !isMulticast(text) && !isUnspecified(text) && text !== '255.255.255.255';
    if (isHost) return [];
    const message = `\`${text}\` is not an IPv4 address of a host`;
    return [{ code: 'bad-address', message, word: ['arp-ip-targets', i] }];
  });
}

function primary(value: Value): Problem[] {
  const said = value['primary'];
  if (typeof said !== 'string' || memberKeys(value).includes(said)) return [];
  const message = `\`${said}\` is not among the \`interfaces\` of the bond`;
  return [{ code: 'bond-primary', message, word: 'primary' }];
}

function address(value: Value): Problem[] {
  if (value['fail-over-mac-policy'] !== 'active' || value['macaddress'] === undefined) return [];
  const message = 'with `fail-over-mac-policy: active` the bond has the MAC address of the active member';
  return [{ code: 'bond-mac', message, hint: 'leave `macaddress` out', word: 'macaddress' }];
}

function unwatched(value: Value, path: Entry['path']): Finding[] {
  const isWatched = intervalOf(value) > 0 || Number(value['arp-interval'] ?? 0) > 0;
  if (isWatched || memberKeys(value).length === 0) return [];
  const message = 'nobody watches the members of this bond: it goes on using one that has failed';
  const hint = 'say `mii-monitor-interval: 100`';
  return [{ code: 'bond-unwatched', severity: 'warning', message, hint, path, at: 'key' }];
}
