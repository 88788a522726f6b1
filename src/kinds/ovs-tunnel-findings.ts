// What makes a tunnel impossible for Open vSwitch although it has the right shape: an entry in, findings out.
import { isMulticast, parseAddress } from '../address.js';
import type { Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { endFault } from './tunnel-ends.js';
import { firstOf } from './twins.js';

type Value = Entry['value'];
type Problem = Omit<Finding, 'path'> & { readonly word: string };

/** Findings about one entry, in no order. */
export function ovsTunnelFindings(entry: Entry, names: Names): Finding[] {
  const problems = [
    ...[words, addresses, families, multicast].flatMap((check) => check(entry.value)),
    ...twin(entry, names),
  ];
  return problems.map(({ word, ...problem }) => ({ ...problem, path: [...entry.path, word] }));
}

const isGre = ({ mode }: Value): boolean => String(mode).includes('gre');

function words(value: Value): Problem[] {
  const foreign = isGre(value) ? ['id', 'port'] : ['key'];
  const instead = isGre(value) ? 'its `key` tells tunnels apart' : 'its network is called `id`';
  return foreign
    .filter((word) => value[word] !== undefined)
    .map((word) => ({
      code: 'tunnel-field',
      message: `a ${String(value['mode'])} tunnel has no \`${word}\``,
      hint: instead,
      word,
    }));
}

/** netdev-vport.c, parse_tunnel_ip(): an address, or `flow`; `flow` here asks for `flow` there. */
function addresses(value: Value): Problem[] {
  const bad = ['local', 'remote'].flatMap((word) => {
    const said = value[word];
    const fault = typeof said === 'string' && said !== 'flow' ? endFault(word, said) : null;
    return fault === null ? [] : [{ code: 'bad-address', ...fault, word }];
  });
  if (value['local'] !== 'flow' || value['remote'] === 'flow') return bad;
  const message = 'flows can choose `local` only where they choose `remote`';
  return [...bad, { code: 'tunnel-flow', message, hint: 'say `remote: flow`, or an address', word: 'local' }];
}

const familyOf = (value: Value, word: string): number | undefined =>
  parseAddress(String(value[word]))?.family;

function families(value: Value): Problem[] {
  const [local, remote] = [familyOf(value, 'local'), familyOf(value, 'remote')];
  if (local !== undefined && remote !== undefined && local !== remote) {
    const message = `the two ends are of two families: \`local\` is IPv${String(local)}, \`remote\` is IPv${String(remote)}`;
    return [{ code: 'mixed-families', message, word: 'remote' }];
  }
  const mode = String(value['mode']);
  const needed = mode.startsWith('ip6') ? 6 : isGre(value) ? 4 : undefined;
  const word = [remote, local].includes(needed === 6 ? 4 : 6)
    ? remote === undefined
      ? 'local'
      : 'remote'
    : undefined;
  if (needed === undefined || word === undefined) return [];
  const hint = `\`mode: ${needed === 6 ? 'gre' : 'ip6gre'}\` has the others`;
  return [
    { code: 'tunnel-family', message: `a tunnel of mode ${mode} has IPv${String(needed)} ends`, hint, word },
  ];
}

/** ovs-vswitchd.conf.db(5), remote_ip: only unicast endpoints are supported. */
function multicast({ remote }: Value): Problem[] {
  if (typeof remote !== 'string' || !isMulticast(remote)) return [];
  const hint = 'one tunnel for each other host, or a vxlan link of the kernel on a bridge of `type: linux`';
  return [
    {
      code: 'tunnel-multicast',
      message: 'a port of Open vSwitch has one other end, not a group',
      hint,
      word: 'remote',
    },
  ];
}

/** What tells one tunnel's packets from another's, on all bridges together: ofproto/tunnel.c, tnl_port_add() with EEXIST. */
function twin(entry: Entry, names: Names): Problem[] {
  const first = firstPort(entry, names);
  if (first === undefined) return [];
  const shared = `\`remote\`, \`local\` and ${isGre(entry.value) ? '`key`' : '`id`'}`;
  const message = `the tunnel \`${first.key}\` has the same ${shared}`;
  return [{ code: 'duplicate-tunnel', message, word: 'remote' }];
}

const firstPort = firstOf('tunnels', ({ body, value }, names) => {
  if (names.link(body, String(value['bridge']))?.bridge !== 'ovs') return null;
  const mode = String(value['mode']).replace('gretap', 'gre');
  const ends = ['remote', 'local'].map(
    (word) => parseAddress(String(value[word]))?.ip ?? value[word] ?? null,
  );
  const udpPort = value['port'] ?? { vxlan: 4789, geneve: 6081 }[mode] ?? null;
  return JSON.stringify([mode, ...ends, value['id'] ?? value['key'] ?? null, udpPort]);
});
