// Endpoints in, the shell scripts out with which a person would make, read and delete them without netplan-ovs.
import { BRIDGE, endpointsOf, GATEWAY, PREFIX, type Bridge } from './topology.js';

/** One process of `ip` (or `ovs-vsctl`) for each step. */
export function makeStepwise(count: number, bridge: Bridge): string {
  return lines(
    bridge === 'linux'
      ? `ip link add ${BRIDGE} type bridge`
      : `ovs-vsctl add-br ${BRIDGE} -- set Bridge ${BRIDGE} datapath_type=netdev`,
    `ip link set ${BRIDGE} up`,
    `ip addr add ${GATEWAY}/${PREFIX} dev ${BRIDGE}`,
    ...endpointsOf(count).flatMap(({ namespace, port, device, address }) => [
      `ip netns add ${namespace}`,
      `ip link add ${port} type veth peer name ${device} netns ${namespace}`,
      bridge === 'linux' ? `ip link set ${port} master ${BRIDGE}` : `ovs-vsctl add-port ${BRIDGE} ${port}`,
      `ip link set ${port} up`,
      `ip netns exec ${namespace} ip link set lo up`,
      `ip netns exec ${namespace} ip link set ${device} up`,
      `ip netns exec ${namespace} ip addr add ${address}/${PREFIX} dev ${device}`,
      `ip netns exec ${namespace} ip route add default via ${GATEWAY}`,
    ]),
  );
}

/** One by one, as one does without link groups and transactions. */
export function deleteStepwise(count: number, bridge: Bridge): string {
  return lines(
    ...endpointsOf(count).flatMap(({ namespace, port }) => [
      ...(bridge === 'linux' ? [] : [`ovs-vsctl del-port ${BRIDGE} ${port}`]),
      `ip link del ${port}`,
      `ip netns del ${namespace}`,
    ]),
    bridge === 'linux' ? `ip link del ${BRIDGE}` : `ovs-vsctl del-br ${BRIDGE}`,
  );
}

/** The quickest way to be rid of it all: the pairs go with their namespaces, a while after these. */
export function clearAway(count: number, bridge: Bridge): string {
  return lines(
    bridge === 'linux' ? `ip link del ${BRIDGE}` : `ovs-vsctl del-br ${BRIDGE}`,
    ...endpointsOf(count).map(({ namespace }) => `ip netns del ${namespace}`),
    'while ip -o link show type veth | grep -q .; do sleep 0.1; done',
  );
}

/** The commands in turns to two shells side by side, whose output goes into files: two keep two cores busy. */
export function inTwoShells(commands: readonly string[], output: string): string {
  const lanes = [0, 1].map((lane) => commands.filter((_, i) => i % 2 === lane));
  const shells = lanes
    .filter((lane) => lane.length > 0)
    .map((lane, i) => `(\n${lane.join('\n')}\n) >${output}.${i} &\nshells="$shells $!"`);
  return lines('set -e', 'shells=', ...shells, 'for shell in $shells; do wait "$shell"; done');
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
