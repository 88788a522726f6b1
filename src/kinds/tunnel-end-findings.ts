// The ends of a kernel tunnel: an entry of `tunnels` in, why they can be none out.
import { isMulticast, parseAddress, type Address } from '../address.js';
import type { Entry } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { endFault } from './tunnel-ends.js';
import type { Mode } from './tunnel-modes.js';

/** A finding about an entry, or about a word of it. */
export type Problem = Omit<Finding, 'path'> & { readonly word?: string };
type Value = Entry['value'];

export const endProblems = (value: Value, called: string, mode: Mode): Problem[] => [
  ...addresses(value),
  ...families(value, called, mode),
  ...unicast(value, called),
  ...group(value, called),
];

/** The mode as a sentence begins with it: `a gre`, `an ipip`. */
export const article = (called: string): string => (/^[aeiou]/.test(called) ? `an ${called}` : `a ${called}`);

function addresses(value: Value): Problem[] {
  return ['local', 'remote', 'group'].flatMap((word) => {
    const said = value[word];
    const fault = typeof said === 'string' ? endFault(word, said) : null;
    return fault === null ? [] : [{ code: 'bad-address', ...fault, word }];
  });
}

export const addressAt = (value: Value, word: string): Address | null =>
  typeof value[word] === 'string' ? parseAddress(value[word]) : null;

function families(value: Value, called: string, { ends }: Mode): Problem[] {
  const local = addressAt(value, 'local')?.family;
  const other = value['remote'] === undefined ? 'group' : 'remote';
  const remote = addressAt(value, other)?.family;
  if (local !== undefined && remote !== undefined && local !== remote) {
    const message = `the two ends are of two families: \`local\` is IPv${String(local)}, \`${other}\` is IPv${String(remote)}`;
    return [{ code: 'mixed-families', message, word: other }];
  }
  const foreign = ends === 4 ? 6 : 4;
  if (ends === null || (local !== foreign && remote !== foreign)) return [];
  const message = `${article(called)} tunnel has IPv${String(ends)} ends`;
  const hint =
    ends === 4
      ? 'vxlan, geneve, ip6gre, ip6gretap and ip6tnl go over IPv6'
      : 'vxlan, geneve, gre, gretap, ipip and sit go over IPv4';
  return [{ code: 'tunnel-family', message, hint, word: remote === foreign ? other : 'local' }];
}

/** Nobody joins it, but vxlan_multicast_join() and ipgre_open(), of which `ip` says the first by another word. */
function unicast({ remote }: Value, called: string): Problem[] {
  if (called === 'gre' || typeof remote !== 'string' || !isMulticast(remote)) return [];
  const message =
    called === 'vxlan'
      ? `\`${remote}\` is the address of a group`
      : `${article(called)} tunnel has one other end, not a group`;
  return [
    {
      code: 'tunnel-multicast',
      message,
      hint: called === 'vxlan' ? 'say it with `group`' : 'a vxlan tunnel can have a `group`',
      word: 'remote',
    },
  ];
}

/** vxlan_config_validate(): a group needs the link through which it is joined. */
function group(value: Value, called: string): Problem[] {
  const { group: said, link } = value;
  if (typeof said !== 'string' || called !== 'vxlan') return [];
  const code = 'tunnel-multicast';
  const other = ['remote', 'remotes'].find((word) => value[word] !== undefined);
  const address = addressAt(value, 'group');
  return [
    ...(address === null || isMulticast(address.ip)
      ? []
      : [
          {
            code,
            message: `\`${said}\` is not the address of a group`,
            hint: 'groups are 224.0.0.0/4 and ff00::/8',
            word: 'group',
          },
        ]),
    ...(link === undefined
      ? [
          {
            code,
            message: `a vxlan tunnel with a \`group\` needs \`link\`: the group is joined there`,
            word: 'group',
          },
        ]
      : []),
    ...(other === undefined
      ? []
      : [
          {
            code,
            message: `\`group\` and \`${other}\` both say where to send`,
            hint: 'leave one of them out',
            word: other,
          },
        ]),
  ];
}
