// A number in, the topology of so many endpoints out: each a namespace, a veth pair into a bridge, an address, a default route.

export type Bridge = 'linux' | 'ovs';

export const NAME = 'bench';
export const BRIDGE = 'br0';
export const GATEWAY = '10.0.0.1';
export const PREFIX = 12;

/** Namespace, its `lo`, veth pair, both ends' settings, membership of the bridge, address, route. */
export const RESOURCES_EACH = 8;

export interface Endpoint {
  readonly namespace: string;
  /** The end of the pair that is a port of the bridge. */
  readonly port: string;
  readonly device: string;
  readonly address: string;
}

export const endpointsOf = (count: number): Endpoint[] =>
  Array.from({ length: count }, (_, i) => endpoint(i + 1));

const endpoint = (number: number): Endpoint => ({
  namespace: `ns${number}`,
  port: `p${number}`,
  device: 'eth0',
  address: addressOf(number + 1),
});

const addressOf = (host: number): string => `10.${(host >> 16) & 0xff}.${(host >> 8) & 0xff}.${host & 0xff}`;

export function topologyOf(count: number, bridge: Bridge): string {
  const all = endpointsOf(count);
  return [
    'version: 1',
    `name: ${NAME}`,
    `bridges: {${BRIDGE}: {type: ${bridge}, addresses: [${GATEWAY}/${PREFIX}]}}`,
    'namespaces:',
    ...all.map(({ namespace }) => `  ${namespace}: {}`),
    'veths:',
    ...all.flatMap(({ namespace, port, device, address }) => [
      `  ${port}:`,
      `    bridge: ${BRIDGE}`,
      '    peer:',
      `      namespace: ${namespace}`,
      `      name: ${device}`,
      `      addresses: [${address}/${PREFIX}]`,
      `      routes: [{to: default, via: ${GATEWAY}}]`,
    ]),
    '',
  ].join('\n');
}
