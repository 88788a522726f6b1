// Nothing in; the CPU time of a plan for a topology of 60 lines out, beside that of a Node that does nothing.
import { measurement, takeTurns, type Measurement, type Scale } from './measurement.js';
import { cpuTime, file, netplan, run } from './processes.js';
import { topologyOf } from './topology.js';

/** 4 lines, and 8 for each endpoint. */
const ENDPOINTS = 7;

/** Of the process alone: what the tools that it calls cost is not its own work. */
export function* startUp({ quick }: Scale): Generator<Measurement> {
  const text = topologyOf(ENDPOINTS, 'linux');
  const scene = `topology of ${text.split('\n').length - 1} lines`;
  const topology = file('start-up.yaml', text);
  const [, ...plan] = netplan('plan', topology);
  const empty = file('empty.cjs', '');
  run(netplan('apply', '--yes', topology));
  const runs = takeTurns(quick ? 7 : 21, {
    'an empty `node`': () => cpuTime([empty]),
    'CPU of plan, nothing to change': () => cpuTime(plan),
  });
  run(netplan('destroy', '--yes', topology));
  runs['CPU of plan, from nothing'] = takeTurns(quick ? 7 : 21, { it: () => cpuTime(plan) })['it'] ?? [];
  for (const [what, numbers] of Object.entries(runs)) yield measurement(scene, what, 'ms', numbers);
}
