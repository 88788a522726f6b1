// A number in, the times of making so many ports of an OVS bridge in one transaction out: by hand, and by netplan-ovs.
import { batchesOf } from './batches.js';
import { measurement, takeTurns, type Measurement, type Scale, type Way } from './measurement.js';
import { file, netplan, run, script, timed } from './processes.js';

export function* ports({ quick }: Scale): Generator<Measurement> {
  const count = quick ? 100 : 1000;
  const names = Array.from({ length: count }, (_, i) => `p${i + 1}`);
  run(script('links', names.map((name) => `ip link add ${name} type veth peer name x${name}\n`).join('')));
  const topology = file('ports.yaml', topologyOf(names));
  const plain = ['add-br', 'br0', '--', 'set', 'Bridge', 'br0', 'datapath_type=netdev'];
  const byHand = ['ovs-vsctl', '--', ...plain, ...names.flatMap((name) => ['--', 'add-port', 'br0', name])];
  const runs = takeTurns(3, {
    'one `ovs-vsctl` by hand': undone(byHand, ['ovs-vsctl', 'del-br', 'br0']),
    'the transaction of apply': undone(script('transaction', batchesOf(topology)), [
      'ovs-vsctl',
      'del-br',
      'br0',
    ]),
    apply: undone(netplan('apply', '--yes', topology), netplan('destroy', '--yes', topology)),
  });
  for (const [what, numbers] of Object.entries(runs))
    yield measurement(`${count} ports, ovs`, what, 's', numbers);
  run(script('unlink', names.map((name) => `ip link del ${name}\n`).join('')));
}

/** Times a command line, and takes back what it did. */
const undone =
  (argv: readonly string[], undo: readonly string[]): Way =>
  () => {
    const seconds = timed(argv);
    run(undo);
    return seconds;
  };

/** Links that are there already become ports: the bridge and they are all that is to be made. */
const topologyOf = (names: readonly string[]): string =>
  [
    'version: 1',
    'name: bench',
    'bridges: {br0: {type: ovs}}',
    'interfaces:',
    ...names.map((name) => `  ${name}: {bridge: br0}`),
    '',
  ].join('\n');
