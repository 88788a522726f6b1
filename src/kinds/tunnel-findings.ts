// What makes an entry of `tunnels` impossible for the kernel although it has the right shape: an entry in, findings out.
import { isLinkLocal, parseInterfaceAddress } from '../address.js';
import type { Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { deviceNamed } from './declared.js';
import { FALLBACK_DEVICES } from './fallback-devices.js';
import { addressAt, article, endProblems, type Problem } from './tunnel-end-findings.js';
import { tunnelFields } from './tunnel-fields.js';
import { firstOf } from './twins.js';
import { tunnelModeOf, tunnelModes, type Mode, type TunnelMode } from './tunnel-modes.js';
import { isOverIpv6 } from './tunnel-words.js';
import { vxlanFdbFindings } from './vxlan-fdb-findings.js';

type Value = Entry['value'];
type Check = (value: Value, called: TunnelMode, mode: Mode) => readonly Problem[];

/** Findings about one entry, in no order. */
export function tunnelFindings(entry: Entry, names: Names): Finding[] {
  const { value, path } = entry;
  const called = tunnelModeOf(value) as TunnelMode;
  if (!Object.hasOwn(tunnelModes, called)) return [];
  const mode = tunnelModes[called];
  const problems = [...CHECKS.flatMap((check) => check(value, called, mode)), ...twin(entry, names)];
  return [
    ...problems.map(({ word, ...problem }) => ({
      ...problem,
      ...(word !== undefined && word in value ? { path: [...path, word] } : { path, at: 'key' as const }),
    })),
    ...kernelsOwn(entry),
    ...vxlanFdbFindings(entry, names),
  ];
}

const CHECKS: readonly Check[] = [words, missing, endProblems, dontFragment, inherited, fallback, payloads];

function words(value: Value, called: TunnelMode, { fields }: Mode): Problem[] {
  const known = Object.keys(fields);
  return Object.keys(tunnelFields)
    .filter((word) => word !== 'mode' && value[word] !== undefined && !known.includes(word))
    .map((word) => ({
      code: 'tunnel-field',
      message: `${article(called)} tunnel has no \`${word}\``,
      hint: `it has ${known.map((name) => `\`${name}\``).join(', ')}`,
      word,
    }));
}

function missing(value: Value, called: TunnelMode, { fields }: Mode): Problem[] {
  return Object.entries(fields)
    .filter(([word, { required }]) => required === true && value[word] === undefined)
    .map(([word]) => ({ code: 'missing-key', message: `${article(called)} tunnel needs \`${word}\`` }));
}

function dontFragment({ df, ttl }: Value, called: TunnelMode): Problem[] {
  if (called === 'vxlan' || called === 'geneve') return [];
  const code = 'tunnel-field';
  if (df === 'inherit')
    return [
      {
        code,
        message: `${article(called)} tunnel cannot inherit \`df\``,
        hint: 'say `set` or `unset`',
        word: 'df',
      },
    ];
  // iptunnel_parse_opt() of iproute2.
  if (df !== 'unset' || typeof ttl !== 'number' || (called !== 'ipip' && called !== 'sit')) return [];
  const message = `${article(called)} tunnel with \`df: unset\` cannot have a \`ttl\` of its own`;
  return [{ code, message, hint: 'leave `ttl` or `df` out', word: 'ttl' }];
}

/** The kernel keeps a device of each such mode for what no other tunnel takes (gre0, tunl0, sit0…), and refuses a second one like it. */
function fallback(value: Value, called: TunnelMode, { ends, identity }: Mode): Problem[] {
  if (ends === null || identity.some((word) => value[word] !== undefined)) return [];
  const others = identity.filter((word) => word !== 'remote' && word !== 'link').map((word) => `\`${word}\``);
  const message = `${article(called)} tunnel needs \`remote\`, or at least ${others.join(' or ')}`;
  return [{ code: 'missing-key', message }];
}

/** The kernel takes it for `inherit` (ip_tunnel_ecn_encap and its like). */
function inherited({ tos }: Value, called: TunnelMode): Problem[] {
  if (tos !== 1 || called.startsWith('ip6')) return [];
  const message = `a \`tos\` of 1 means \`inherit\` to ${article(called)} tunnel`;
  return [{ code: 'tunnel-field', message, hint: 'say `inherit`', word: 'tos' }];
}

/** ipip_netlink_parms() and ipip_tunnel_xmit(): what is inside has to be of the mode; addresses of another family would be of no use. */
function payloads(value: Value, called: TunnelMode, { carries }: Mode): Problem[] {
  if (carries === 'frames') return [];
  const { payload } = value;
  const said = payload === 'ipv4' ? 4 : payload === 'ipv6' ? 6 : null;
  if (said !== null && !carries.includes(said)) {
    const message = `${article(called)} tunnel carries no IPv${String(said)}`;
    return [{ code: 'tunnel-payload', message, hint: 'say `sit`', word: 'payload' }];
  }
  const carried = said === null ? carries : [said];
  const useless = (Array.isArray(value['addresses']) ? (value['addresses'] as readonly unknown[]) : []).find(
    (text) => {
      const address = typeof text === 'string' ? parseInterfaceAddress(text) : null;
      return address !== null && !carried.includes(address.family);
    },
  );
  if (useless === undefined) return [];
  const message = `the tunnel carries IPv${carried.join(' and IPv')} alone, and \`${String(useless)}\` is not`;
  return [{ code: 'tunnel-payload', severity: 'warning', message, word: 'addresses' }];
}

function kernelsOwn(entry: Entry): Finding[] {
  const device = deviceNamed(entry);
  if (!FALLBACK_DEVICES.has(device)) return [];
  const message = `the kernel has a device \`${device}\` of its own, for packets that are for no other tunnel`;
  const place =
    'name' in entry.value ? { path: [...entry.path, 'name'] } : { path: entry.path, at: 'key' as const };
  return [{ code: 'device-name', message, hint: 'choose another name', ...place }];
}

function twin(entry: Entry, names: Names): Problem[] {
  const first = firstTunnel(entry, names);
  if (first === undefined) return [];
  const { identity } = tunnelModes[tunnelModeOf(entry.value) as TunnelMode];
  const shared = identity.map((word) => `\`${word}\``).join(', ');
  return [{ code: 'duplicate-tunnel', message: `the tunnel \`${first.key}\` has the same ${shared}` }];
}

const firstTunnel = firstOf('tunnels', ({ body, value }, names) => {
  const called = tunnelModeOf(value) as TunnelMode;
  const isPort = names.link(body, value['bridge'] as string)?.bridge === 'ovs';
  if (isPort || !Object.hasOwn(tunnelModes, called)) return null;
  const { fields, identity } = tunnelModes[called];
  const said = identity.map(
    (word) => addressAt(value, word)?.ip ?? value[word] ?? fields[word]?.standard(value) ?? null,
  );
  // The same link-local address is another one on another link.
  const ends = ['local', 'remote'].flatMap((word) => addressAt(value, word)?.ip ?? []);
  const link = ends.some(isLinkLocal) ? (value['link'] ?? null) : null;
  return JSON.stringify([called, isOverIpv6(value), link, ...said]);
});
