// What makes an entry of `tunnels` impossible for the kernel although it has the right shape: an entry in, findings out.
import { isMulticast, parseAddress, type Address } from '../address.js';
import type { Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { endFault } from './tunnel-ends.js';
import { tunnelFields } from './tunnel-fields.js';
import { firstOf } from './twins.js';
import { tunnelModeOf, tunnelModes, type TunnelMode } from './tunnel-modes.js';

type Problem = Omit<Finding, 'path'> & { readonly word?: string };
type Value = Entry['value'];
type Check = (value: Value, mode: TunnelMode) => readonly Problem[];

/** Findings about one entry, in no order. */
export function tunnelFindings(entry: Entry, names: Names): Finding[] {
  const { value, path } = entry;
  const mode = tunnelModeOf(value) as TunnelMode;
  if (!Object.hasOwn(tunnelModes, mode)) return [];
  const problems = [...CHECKS.flatMap((check) => check(value, mode)), ...twin(entry, names)];
  return problems.map(({ word, ...problem }) => ({
    ...problem,
    ...(word !== undefined && word in value ? { path: [...path, word] } : { path, at: 'key' }),
  }));
}

const CHECKS: readonly Check[] = [words, missing, addresses, families, multicast, dontFragment, fallback];

function words(value: Value, mode: TunnelMode): Problem[] {
  const known = Object.keys(tunnelModes[mode]);
  return Object.keys(tunnelFields)
    .filter((word) => word !== 'mode' && value[word] !== undefined && !known.includes(word))
    .map((word) => ({
      code: 'tunnel-field',
      message: `a ${mode} tunnel has no \`${word}\``,
      hint: `it has ${known.map((name) => `\`${name}\``).join(', ')}`,
      word,
    }));
}

function missing(value: Value, mode: TunnelMode): Problem[] {
  return Object.entries(tunnelModes[mode])
    .filter(([word, { required }]) => required === true && value[word] === undefined)
    .map(([word]) => ({ code: 'missing-key', message: `a ${mode} tunnel needs \`${word}\`` }));
}

function addresses(value: Value): Problem[] {
  return ['local', 'remote'].flatMap((word) => {
    const said = value[word];
    const fault = typeof said === 'string' ? endFault(word, said) : null;
    return fault === null ? [] : [{ code: 'bad-address', ...fault, word }];
  });
}

const addressAt = (value: Value, word: string): Address | null =>
  typeof value[word] === 'string' ? parseAddress(value[word]) : null;

function families(value: Value, mode: TunnelMode): Problem[] {
  const [local, remote] = [addressAt(value, 'local')?.family, addressAt(value, 'remote')?.family];
  if (local !== undefined && remote !== undefined && local !== remote) {
    const message = `the two ends are of two families: \`local\` is IPv${String(local)}, \`remote\` is IPv${String(remote)}`;
    return [{ code: 'mixed-families', message, word: 'remote' }];
  }
  if ((mode !== 'gre' && mode !== 'gretap') || (local !== 6 && remote !== 6)) return [];
  const message = `a ${mode} tunnel has IPv4 ends`;
  return [
    {
      code: 'tunnel-family',
      message,
      hint: 'vxlan and geneve go over IPv6 too',
      word: remote === 6 ? 'remote' : 'local',
    },
  ];
}

/** vxlan_config_validate(): a group needs the link through which it is joined; geneve_nl2info() takes no group at all. */
function multicast(value: Value, mode: TunnelMode): Problem[] {
  const { remote, link } = value;
  if (typeof remote !== 'string' || !isMulticast(remote)) return [];
  if (mode === 'geneve')
    return [
      { code: 'tunnel-multicast', message: 'a geneve tunnel has one other end, not a group', word: 'remote' },
    ];
  if (mode !== 'vxlan' || link !== undefined) return [];
  return [
    {
      code: 'tunnel-multicast',
      message: `a vxlan tunnel to the group \`${remote}\` needs \`link\``,
      word: 'remote',
    },
  ];
}

function dontFragment({ df }: Value, mode: TunnelMode): Problem[] {
  if (df !== 'inherit' || mode === 'vxlan' || mode === 'geneve') return [];
  return [
    {
      code: 'tunnel-field',
      message: `a ${mode} tunnel cannot inherit \`df\``,
      hint: 'say `set` or `unset`',
      word: 'df',
    },
  ];
}

/** ip_gre.c keeps gre0 and gretap0 for what no other tunnel takes, and refuses a second one like them. */
function fallback(value: Value, mode: TunnelMode): Problem[] {
  if (mode !== 'gre' && mode !== 'gretap') return [];
  if (['local', 'remote', 'key', 'link'].some((word) => value[word] !== undefined)) return [];
  return [
    { code: 'missing-key', message: `a ${mode} tunnel needs \`remote\`, or at least \`local\` or \`key\`` },
  ];
}

/** What tells packets of one tunnel from those of another: the kernel has no two that share it (EEXIST). */
const IDENTITY: Readonly<Record<TunnelMode, readonly string[]>> = {
  // vxlan_vni_in_use(), geneve_find_dev(), ip_tunnel_find().
  vxlan: ['id', 'port', 'link'],
  geneve: ['id', 'remote', 'port'],
  gretap: ['local', 'remote', 'key', 'link'],
  gre: ['local', 'remote', 'key', 'link'],
};

function twin(entry: Entry, names: Names): Problem[] {
  const first = firstTunnel(entry, names);
  if (first === undefined) return [];
  const shared = IDENTITY[tunnelModeOf(entry.value) as TunnelMode].map((word) => `\`${word}\``).join(', ');
  return [{ code: 'duplicate-tunnel', message: `the tunnel \`${first.key}\` has the same ${shared}` }];
}

const firstTunnel = firstOf('tunnels', ({ body, value }, names) => {
  const mode = tunnelModeOf(value) as TunnelMode;
  const isPort = names.link(body, value['bridge'] as string)?.bridge === 'ovs';
  if (isPort || !Object.hasOwn(IDENTITY, mode)) return null;
  const said = IDENTITY[mode].map((word) => addressAt(value, word)?.ip ?? value[word] ?? null);
  return JSON.stringify([mode, ...said]);
});
