// A small topology, another one to change it to, and what may happen to a run between them.
import type { ExecutionContext } from 'ava';
import { Cli } from './cli.js';

/** What it takes to have them. */
export const needs = ['veth', 'bridge'] as const;

export const FIRST = `version: 1
name: lab
bridges: {br0: {type: linux, addresses: [10.0.0.1/24]}}
namespaces: {ns1: {}}
veths: {v1: {bridge: br0, peer: {namespace: ns1, name: eth0, addresses: [10.0.0.2/24]}}}
checks:
  - ping: {from: ns1, to: 10.0.0.1}
`;

/** Another address, another MTU, and a namespace more. */
const SECOND = `version: 1
name: lab
bridges: {br0: {type: linux, addresses: [10.0.1.1/24]}}
namespaces: {ns1: {}, ns2: {}}
veths:
  v1: {bridge: br0, peer: {namespace: ns1, name: eth0, mtu: 1400, addresses: [10.0.1.2/24]}}
  v2: {bridge: br0, peer: {namespace: ns2, name: eth0, addresses: [10.0.1.3/24]}}
`;

export async function lab(t: ExecutionContext): Promise<Cli> {
  const cli = await Cli.open(t);
  await cli.write('/run/first.yaml', FIRST);
  await cli.write('/run/second.yaml', SECOND);
  return cli;
}

/** An `ip` that ends the run, whoever started it, before or after its n-th call that writes. */
export const killing = (call: number, when: 'before' | 'after'): string => {
  const kill = `kill -9 $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' /run/netplan-ovs/lock)`;
  return `[ "$calls" != ${call} ] || { ${when === 'after' ? 'env PATH="${PATH#*:}" ip "$@";' : ''} ${kill}; exit 9; }`;
};

/** Waits for what happens by itself. */
export const until = (cli: Cli, condition: string) => cli.box.sh(`until ${condition}; do sleep 0.1; done`);

export const REVERTED = '[ ! -e /run/netplan-ovs/lab.journal ]';
