// What makes a bond impossible for Open vSwitch although it has the right shape: an entry in, findings out.
import type { Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Fields } from '../model.js';
import { memberKeys } from './masters.js';

/** Keys of `other_config` that words of the file are kept in. */
export const OWN_KEYS: Readonly<Record<string, string>> = {
  'lacp-time': 'lacp-rate',
  'bond-detect-mode': 'mii-monitor-interval',
  'bond-miimon-interval': 'mii-monitor-interval',
};

/** Findings about one entry, in no order. */
export function ovsBondFindings(entry: Entry, names: Names): Finding[] {
  return [...members(entry, names), ...lacp(entry), ...ownKeys(entry)];
}

/** cmd_add_bond() in utilities/ovs-vsctl.c takes two or more; an interface is in one port of the database. */
function members({ body, value, path }: Entry, names: Names): Finding[] {
  const keys = memberKeys(value);
  const made = keys.flatMap((key, i) => {
    const link = names.link(body, key);
    if (link?.byOvs !== true || !link.netdev) return [];
    const message = `\`${key}\` is made by Open vSwitch, and cannot be a member of a bond`;
    return [{ code: 'bond-member', message, path: [...path, 'interfaces', i] }];
  });
  if (keys.length >= 2) return made;
  const message = 'a bond of Open vSwitch has two members or more';
  const place =
    value['interfaces'] === undefined
      ? ({ path, at: 'key' } as const)
      : ({ path: [...path, 'interfaces'] } as const);
  return [...made, { code: 'bond-members', message, hint: 'list them in `interfaces`', ...place }];
}

/** choose_output_member() in ofproto/bond.c sends nothing in that mode before LACP has agreed. */
function lacp({ value, path }: Entry): Finding[] {
  const isOff = (value['lacp'] ?? 'off') === 'off';
  if (!isOff) return [];
  const rate: Finding[] =
    value['lacp-rate'] === undefined
      ? []
      : [
          {
            code: 'bond-lacp',
            message: '`lacp-rate` means nothing without `lacp`',
            path: [...path, 'lacp-rate'],
            at: 'key',
          },
        ];
  if (value['mode'] !== 'balance-tcp') return rate;
  const message = 'the mode `balance-tcp` needs LACP';
  return [...rate, { code: 'bond-lacp', message, hint: 'say `lacp: active`', path: [...path, 'mode'] }];
}

function ownKeys({ value, path }: Entry): Finding[] {
  return Object.keys((value['other-config'] ?? {}) as Fields).flatMap((key) => {
    const { [key]: word } = OWN_KEYS;
    if (word === undefined) return [];
    const message = `\`${key}\` is what \`${word}\` says`;
    return [
      { code: 'bond-config', message, hint: `say \`${word}\` instead`, path: [...path, 'other-config', key] },
    ];
  });
}
