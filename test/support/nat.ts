// Rules as a file's section `nat` says them in; what the kind makes of them, and what it reads back from nft, out.
import type { Entry, Names } from '../../src/kind.js';
import { nat } from '../../src/kinds/nat.js';
import type { Desired, Json, Live } from '../../src/model.js';
import { nft, parseRuleset } from '../../src/tools/nft.js';

export const TOPOLOGY = 'lab.1_a-b';

/** The entries of the host's section. */
export const entriesOf = (rules: readonly Json[]): Entry[] =>
  rules.map((value, at) => ({
    body: 'host',
    key: String(at),
    value: value as Entry['value'],
    path: ['nat', at],
  }));

/** A document in which the key `uplink` means the device `up0`. */
export function namesOf(entries: readonly Entry[]): Names {
  const uplink = { body: 'host', key: 'uplink', device: 'up0', value: {}, path: ['interfaces', 'uplink'] };
  const link = { ...uplink, adopted: true, netdev: true, byOvs: false };
  return {
    topology: TOPOLOGY,
    link: (_body, key) => (key === 'uplink' ? link : undefined),
    links: () => [link],
    master: () => undefined,
    ports: () => [],
    found: () => true,
    device: () => undefined,
    entries: () => entries,
  };
}

/** The resource of a section. */
export function wanted(rules: readonly Json[]): Desired {
  const entries = entriesOf(rules);
  return entries.flatMap((entry) => nat.section!.desired(entry, namesOf(entries)))[0]!;
}

/** The script that makes the table. */
export function scriptOf(resource: Desired): string {
  const commands = nat.make(resource, {
    topology: TOPOLOGY,
    ovsDatapath: 'netdev',
    netns: () => null,
    isInHost: () => false,
  });
  return nft.calls(commands, null)[0]!.process.input!;
}

/** What is read from what `nft -j -n list ruleset inet` printed. */
export function found(stdout: string): readonly Live[] {
  const body = { name: 'host', netns: null };
  const nothing = { links: [], routes: [], neighbours: [], proxies: [], vlans: [], fdb: [], sysctls: {} };
  const state = { body, exists: true, ...nothing, nft: parseRuleset(stdout) };
  return nat.live({ topology: TOPOLOGY, bodies: new Map([['host', state]]), ovs: null });
}

/** The rules of a resource. */
export const rulesOf = (resource: Desired | Live | undefined): readonly Json[] =>
  (resource?.fields['rules'] ?? []) as readonly Json[];

/** Every word of the section in some form. */
export const everyRule: readonly Json[] = [
  { masquerade: { source: '192.168.1.5/24', out: 'uplink' } },
  { masquerade: { source: ['10.0.0.0/25', '10.0.0.128/25', '11.0.0.0/24', '11.0.1.0/25', '11.0.0.9'] } },
  { masquerade: {} },
  { snat: { source: 'FD00::/64', out: 'eth0', to: 'fd01:0::1' } },
  { snat: { source: '10.1.0.0/16', protocol: 'tcp', to: '1.2.3.4:2000-3000' } },
  { dnat: { in: 'uplink', protocol: 'tcp', port: 8080, to: '192.168.1.1:80' } },
  { dnat: { protocol: 'tcp', port: [82, '8000-8010', 81, 8005], to: '[FD00::1]:80' } },
  { dnat: { destination: '1.2.3.4', to: '192.168.1.1' } },
  { dnat: { destination: '0.0.0.0/0', protocol: 'udp', port: '53', to: '192.168.1.1:53' } },
  { dnat: { protocol: 'tcp', port: '8000-8010', to: '192.168.1.1:8000-8010' } },
  { redirect: { protocol: 'tcp', port: 80, to: 8080 } },
  { redirect: { protocol: 'sctp', source: ['::/0'], port: 80 } },
  { masquerade: { in: 'a*', out: '-x', protocol: 'gre' } },
  { masquerade: { protocol: 'icmpv6', destination: '::1.2.3.4' } },
  { masquerade: { in: 'a;b}c{#$@', out: 'éü$(x)`' } },
];
