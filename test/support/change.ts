// Two topologies of one host that have little in common, and the host that they need.
import type { Document } from './session.js';

/** A bit of everything that every kernel has. */
export const first: Document = {
  version: 1,
  name: 'lab',
  interfaces: {
    nic0: {
      mtu: 1450,
      addresses: ['203.0.113.2/24'],
      routes: [{ to: '198.51.100.0/24', via: '203.0.113.9' }],
    },
  },
  sysctls: { 'net.ipv4.ip_forward': 1 },
  namespaces: { ns1: { sysctls: { 'net.ipv4.ip_forward': 1 } }, ns2: {} },
  bridges: {
    br0: { type: 'linux', addresses: ['192.0.2.1/26'] },
    ovs0: { type: 'ovs', addresses: ['192.0.2.129/26'], mtu: 1400 },
  },
  veths: {
    v0: {
      bridge: 'br0',
      peer: {
        namespace: 'ns1',
        name: 'eth0',
        addresses: ['192.0.2.2/26'],
        routes: [{ to: 'default', via: '192.0.2.1' }],
      },
    },
    v1: { bridge: 'ovs0', tag: 10, peer: { namespace: 'ns2', name: 'eth0', mtu: 1400 } },
  },
  tunnels: { vx: { mode: 'vxlan', id: 9, local: '127.0.0.1', remote: '127.0.0.2' } },
  nat: [{ masquerade: { source: '192.0.2.0/26', out: 'nic0' } }],
  ifbs: { shape0: {} },
};

/** The two veths trade bridges, one namespace goes and another comes, a bridge and a tunnel are replaced. */
export const second: Document = {
  version: 1,
  name: 'lab',
  interfaces: { nic0: { addresses: ['203.0.113.5/24'] } },
  namespaces: { ns1: {}, ns3: {} },
  bridges: { br0: { type: 'ovs' }, ovs0: { type: 'linux', addresses: ['192.0.2.129/26'] } },
  veths: {
    v0: { bridge: 'ovs0', peer: { namespace: 'ns1', name: 'eth0', addresses: ['192.0.2.3/26'] } },
    v1: { bridge: 'br0', tag: 20, peer: { namespace: 'ns3', name: 'eth1' } },
  },
  tunnels: { vx: { mode: 'vxlan', id: 10, local: '127.0.0.1', remote: '127.0.0.2', port: 4790 } },
  nat: [{ dnat: { in: 'nic0', protocol: 'tcp', port: 8080, to: '192.0.2.2:80' } }],
};

/** The NIC that both adopt, with an address, a route and a neighbour of somebody else's. */
export const NIC = `ip link add nic0 type veth peer name far0; ip link set nic0 up; ip link set far0 up
  ip addr add 203.0.113.1/24 dev nic0; ip route add 198.51.102.0/24 via 203.0.113.9`;

/** Open vSwitch chooses a MAC address each time that it makes a device. */
export const isChosenByOvs = (line: string): boolean =>
  /^~ namespaces host links (ovs-netdev|ovs0|br0) address: /.test(line);
