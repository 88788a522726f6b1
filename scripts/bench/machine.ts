// Nothing in; what the numbers depend on out: cores, memory and versions, and nothing that tells one machine from another of its kind.
import { availableParallelism, release, totalmem } from 'node:os';
import { run } from './processes.js';

export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly iproute2: string;
  readonly openvswitch: string;
}

export const machine = (): Machine => ({
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: numberIn(release()),
  node: numberIn(process.version),
  iproute2: numberIn(run(['ip', '-V'])),
  openvswitch: numberIn(run(['ovs-vsctl', '--version'])),
});

const numberIn = (text: string): string => /\d+(\.\d+)+/.exec(text)?.[0] ?? text.trim();
