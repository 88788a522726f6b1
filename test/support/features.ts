// What the running kernel can do: a feature's name in, whether it was made to work here out.

import { spawnSync } from 'node:child_process';
import { sandboxCommand, sandboxMissing } from '../../src/sandbox.js';

/** How ip makes a link of each kind, which it calls `%`. There are four to build upon, up0 to up3. */
const LINKS = {
  veth: 'link add name % type veth peer name other',
  dummy: 'link add name % type dummy',
  bridge: 'link add name % type bridge',
  'vlan-filtering': 'link add name % type bridge vlan_filtering 1',
  '8021q': 'link add link up0 name % type vlan id 10',
  '8021ad': 'link add link up0 name % type vlan protocol 802.1ad id 10',
  vxlan: 'link add name % type vxlan id 1 local 127.0.0.1 remote 127.0.0.2 dstport 4789',
  geneve: 'link add name % type geneve id 1 remote 127.0.0.2',
  gre: 'link add name % type gre local 127.0.0.1 remote 127.0.0.2',
  gretap: 'link add name % type gretap local 127.0.0.1 remote 127.0.0.2',
  erspan: 'link add name % type erspan local 127.0.0.1 remote 127.0.0.2 key 1 seq erspan_ver 1',
  ip6gre: 'link add name % type ip6gre local ::1 remote ::2',
  ip6gretap: 'link add name % type ip6gretap local ::1 remote ::2',
  ipip: 'link add name % type ipip local 127.0.0.1 remote 127.0.0.2',
  sit: 'link add name % type sit local 127.0.0.1 remote 127.0.0.2',
  ip6tnl: 'link add name % type ip6tnl local ::1 remote ::2',
  bond: 'link add name % type bond',
  vrf: 'link add name % type vrf table 10',
  macvlan: 'link add link up1 name % type macvlan mode bridge',
  macvtap: 'link add link up2 name % type macvtap mode bridge',
  ipvlan: 'link add link up3 name % type ipvlan',
  ifb: 'link add name % type ifb',
  wireguard: 'link add name % type wireguard',
  tap: 'tuntap add dev % mode tap',
} as const;

/** Commands that succeed where the kernel has, and lets us use, a feature that is no kind of link. */
const COMMANDS = {
  nat: 'nft "add table ip nat; add chain ip nat c { type nat hook postrouting priority 100; }; add rule ip nat c masquerade"',
  openvswitch: 'ovs-dpctl add-dp probe',
  htb: 'tc qdisc add dev lo root handle 1: htb && tc qdisc del dev lo root',
  strace: 'strace -qq -o /dev/null true',
  hfsc: 'tc qdisc add dev lo root handle 1: hfsc && tc qdisc del dev lo root',
  policing:
    'tc qdisc add dev lo ingress && tc filter add dev lo parent ffff: protocol all basic action police rate 1mbit burst 10k',
} as const;

/** `ovs` is a userspace datapath that works; `openvswitch` the kernel's datapath; `systemd` one of our own. */
export type Feature = keyof typeof LINKS | keyof typeof COMMANDS | 'ovs' | 'systemd';

export const features: readonly Feature[] = [
  ...(Object.keys(LINKS) as Feature[]),
  ...(Object.keys(COMMANDS) as Feature[]),
  'ovs',
  'systemd',
];

/** In the lab: whether the machine that it runs on has a feature, too. */
export const machineHas = (feature: Feature): boolean =>
  (process.env['LAB_MACHINE_HAS'] ?? '').split(' ').includes(feature);

/** Whether this kernel has a feature, tried out once per test file in a throw-away host. */
export function kernelHas(feature: Feature): boolean {
  return whyNot(feature) === undefined;
}

/** Why a test that needs a feature cannot run here; undefined when it can. */
export function whyNot(feature: Feature): string | undefined {
  if (feature === 'systemd')
    return process.env['LAB_GUEST'] === '1' ? undefined : 'only the lab may have a systemd of its own';
  const problems = sandboxMissing({ ovs: feature === 'ovs' });
  if (problems.length > 0) return problems.join('; ');
  return feature === 'ovs' || present().has(feature) ? undefined : `this kernel has no ${feature}`;
}

let found: ReadonlySet<string> | undefined;

function present(): ReadonlySet<string> {
  found ??= probe();
  return found;
}

const PARENTS = ['link add name up0 type veth peer name up1', 'link add name up2 type veth peer name up3'];

function probe(): ReadonlySet<string> {
  // Links bear numbers: ip refuses some words as names (`vrf` is one) and ends its batch there, -force or not.
  const links = Object.keys(LINKS);
  const batch = [...PARENTS, ...Object.values(LINKS).map((line, i) => line.replace('%', `link${i}`)), ''];
  const commands = Object.entries(COMMANDS).map(
    ([name, words]) => `${words} >/dev/null 2>&1 && echo ${name}`,
  );
  const script = ['ip -force -batch - 2>/dev/null', 'ls /sys/class/net', ...commands, ':'].join('\n');
  const answers = inSandbox(script, batch.join('\n')).split('\n');
  return new Set([...answers, ...links.filter((_, i) => answers.includes(`link${i}`))]);
}

function inSandbox(script: string, input: string): string {
  const { argv, env } = sandboxCommand(['sh', '-c', script], { ovs: 'none' });
  const [program, ...words] = argv;
  const { status, stdout, stderr } = spawnSync(program, words, {
    input,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cannot find out what this kernel can do: ${stderr}`);
  return stdout;
}
