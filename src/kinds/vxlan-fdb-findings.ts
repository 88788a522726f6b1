// What makes `remotes` and `fdb` of a tunnel impossible although they have the right shape: an entry in, findings out.
import { isMulticast, parseAddress, type Family } from '../address.js';
import type { Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Path } from '../model.js';
import { fdbEntries, isGroupMac, ZEROS } from './fdb-fields.js';
import { addressAt, article } from './tunnel-end-findings.js';
import { endFault } from './tunnel-ends.js';
import { tunnelModeOf } from './tunnel-modes.js';

type Value = Entry['value'];

export function vxlanFdbFindings(entry: Entry, names: Names): Finding[] {
  const called = String(tunnelModeOf(entry.value));
  return called === 'vxlan' ? ofVxlan(entry, names) : ofOthers(entry, names, called);
}

function ofOthers({ body, value, path }: Entry, names: Names, called: string): Finding[] {
  const isPort = names.link(body, value['bridge'] as string)?.bridge === 'linux';
  const code = 'tunnel-field';
  const hint = 'a vxlan tunnel has it';
  const message = `${article(called)} tunnel has no`;
  return [
    ...(value['remotes'] === undefined
      ? []
      : [{ code, message: `${message} \`remotes\``, hint, path: [...path, 'remotes'] }]),
    ...(value['fdb'] === undefined || isPort
      ? []
      : [
          {
            code,
            message: `${message} \`fdb\` unless it is a port of a Linux bridge`,
            path: [...path, 'fdb'],
          },
        ]),
    ...fdbEntries(value)
      .filter(({ remote }) => isPort && remote !== null)
      .map(({ index }) => ({
        code,
        message: `${message} \`remote\` for each MAC address`,
        hint,
        path: [...path, 'fdb', index, 'remote'],
      })),
  ];
}

function ofVxlan(entry: Entry, names: Names): Finding[] {
  const { value, path } = entry;
  const remotes = Array.isArray(value['remotes']) ? (value['remotes'] as readonly string[]) : [];
  const twice = value['remote'] === undefined || remotes.length === 0 ? [] : [bothRemotes(path)];
  return [
    ...twice,
    ...remotes.flatMap((remote, i) => remoteFaults(remote, [...path, 'remotes', i], value)),
    ...repeated(remotes.map((remote) => parseAddress(remote)?.ip ?? null)).map((i) => ({
      code: 'duplicate-remote',
      message: `\`${String(remotes[i])}\` is said twice`,
      path: [...path, 'remotes', i],
    })),
    ...entries(entry, names),
  ];
}

const bothRemotes = (path: Path): Finding => ({
  code: 'tunnel-remotes',
  message: '`remote` and `remotes` both say where to send',
  hint: 'leave one of them out',
  path: [...path, 'remote'],
});

/** Places of what has stood before. */
const repeated = (keys: readonly (string | null)[]): number[] =>
  keys.flatMap((key, i) => (key !== null && keys.indexOf(key) < i ? [i] : []));

/** The kernel takes a vxlan link whose own addresses say no family for one over IPv4 (vxlan_config_validate). */
const familyOf = (value: Value): Family | undefined =>
  ['local', 'remote', 'group']
    .map((word) => addressAt(value, word)?.family)
    .find((family) => family !== undefined);

function remoteFaults(said: string, path: Path, value: Value): Finding[] {
  const fault = endFault('remote', said);
  if (fault !== null) return [{ code: 'bad-address', ...fault, path }];
  if (isMulticast(said))
    return [
      {
        code: 'tunnel-multicast',
        message: `\`${said}\` is the address of a group`,
        hint: 'say it with `group`',
        path,
      },
    ];
  const family = parseAddress(said)?.family ?? 4;
  const own = familyOf(value);
  if (family === (own ?? 4)) return [];
  const message = `\`${said}\` is IPv${String(family)}, and the tunnel goes over IPv${String(own ?? 4)}`;
  const hint = own === undefined ? 'with an IPv6 `local` it goes over IPv6' : undefined;
  return [{ code: 'mixed-families', message, hint, path }];
}

/** Those without `remote` are for the tunnel as a port. */
function entries({ body, value, path }: Entry, names: Names): Finding[] {
  const isPort = names.link(body, value['bridge'] as string)?.bridge === 'linux';
  const list = fdbEntries(value);
  const keys = list.map(({ mac, remote }) => {
    const ip = remote === null ? undefined : parseAddress(remote)?.ip;
    return ip === undefined ? null : isGroupMac(mac) ? `${mac} ${ip}` : mac;
  });
  return [
    ...list.flatMap(({ mac, vlan, remote, index }): Finding[] => {
      const at = [...path, 'fdb', index];
      if (remote === null)
        return isPort
          ? []
          : [{ code: 'missing-key', message: 'an entry of a vxlan tunnel needs `remote`', path: at }];
      const vlanFault = {
        code: 'tunnel-field',
        message: 'an entry with `remote` has no `vlan`: a tunnel does not look at tags',
        path: [...at, 'vlan'],
      };
      const zeros = {
        code: 'bad-mac',
        message: 'zeros stand for all that has no entry of its own',
        hint: 'say it with `remotes`',
        path: [...at, 'mac'],
      };
      return [
        ...(vlan === null ? [] : [vlanFault]),
        ...(mac === ZEROS ? [zeros] : []),
        ...remoteFaults(remote, [...at, 'remote'], value),
      ];
    }),
    ...repeated(keys).map((i) => ({
      code: 'duplicate-fdb',
      message: `\`${list[i]?.mac ?? ''}\` has an entry already`,
      path: [...path, 'fdb', i],
    })),
  ];
}
