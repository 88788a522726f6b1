// What the running kernel can do: a feature's name in, whether it was made to work here out.

import { spawnSync } from 'node:child_process';
import { sandboxCommand, sandboxMissing } from '../../src/sandbox.js';

/** The batch lines of ip that make a link of each kind; it bears the kind's name. */
const LINKS = {
  dummy: 'link add dummy type dummy',
  veth: 'link add veth type veth peer name peer',
  bridge: 'link add bridge type bridge',
  'vlan-filtering': 'link add vlan-filtering type bridge vlan_filtering 1',
  '8021q': 'link add link veth name 8021q type vlan id 10',
  '8021ad': 'link add link veth name 8021ad type vlan protocol 802.1ad id 10',
  vxlan: 'link add vxlan type vxlan id 1 local 127.0.0.1 remote 127.0.0.2 dstport 4789',
  geneve: 'link add geneve type geneve id 1 remote 127.0.0.2',
  gre: 'link add gre type gre local 127.0.0.1 remote 127.0.0.2',
  gretap: 'link add gretap type gretap local 127.0.0.1 remote 127.0.0.2',
  erspan: 'link add erspan type erspan local 127.0.0.1 remote 127.0.0.2 key 1 seq erspan_ver 1',
  ip6gre: 'link add ip6gre type ip6gre local ::1 remote ::2',
  ip6gretap: 'link add ip6gretap type ip6gretap local ::1 remote ::2',
  ipip: 'link add ipip type ipip local 127.0.0.1 remote 127.0.0.2',
  sit: 'link add sit type sit local 127.0.0.1 remote 127.0.0.2',
  ip6tnl: 'link add ip6tnl type ip6tnl local ::1 remote ::2',
  bond: 'link add bond type bond',
  vrf: 'link add vrf type vrf table 10',
  macvlan: 'link add link veth name macvlan type macvlan mode bridge',
  macvtap: 'link add link peer name macvtap type macvtap mode bridge',
  ipvlan: 'link add link peer name ipvlan type ipvlan',
  ifb: 'link add ifb type ifb',
  wireguard: 'link add wireguard type wireguard',
  tap: 'tuntap add dev tap mode tap',
} as const;

/** Commands that succeed where the kernel has a feature that is no kind of link. */
const COMMANDS = {
  nat: 'nft "add table ip nat; add chain ip nat c { type nat hook postrouting priority 100; }; add rule ip nat c masquerade"',
  'bridge-netfilter': 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables',
  openvswitch: 'ovs-dpctl add-dp probe',
} as const;

/** `ovs` is a userspace datapath that works; `openvswitch` the kernel's datapath. */
export type Feature = keyof typeof LINKS | keyof typeof COMMANDS | 'ovs';

/** Whether this kernel has a feature, tried out once per test file in a throw-away host. */
export function kernelHas(feature: Feature): boolean {
  return whyNot(feature) === undefined;
}

/** Why a test that needs a feature cannot run here; undefined when it can. */
export function whyNot(feature: Feature): string | undefined {
  const problems = sandboxMissing({ ovs: feature === 'ovs' });
  if (problems.length > 0) return problems.join('; ');
  return feature === 'ovs' || present().has(feature) ? undefined : `this kernel has no ${feature}`;
}

let found: ReadonlySet<string> | undefined;

function present(): ReadonlySet<string> {
  found ??= new Set(probe().split('\n'));
  return found;
}

function probe(): string {
  const commands = Object.entries(COMMANDS).map(
    ([name, command]) => `${command} >/dev/null 2>&1 && echo ${name}`,
  );
  const script = ['ip -force -batch - 2>/dev/null', 'ls /sys/class/net', ...commands, ':'].join('\n');
  const { argv, env } = sandboxCommand(['sh', '-c', script], { ovs: 'none' });
  const [program, ...words] = argv;
  const { status, stdout, stderr } = spawnSync(program, words, {
    input: Object.values(LINKS).join('\n'),
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`cannot find out what this kernel can do: ${stderr}`);
  return stdout;
}
