// A small sound topology for each part of the reference, by the name of the section; the unit tests load every one of them.
export const examples: Readonly<Record<string, string>> = {
  namespaces: `
namespaces:
  web: {} # created, and removed again
  db: {from: "path:/run/netns/db"} # somebody else's: used as it is
veths:
  v-web: {addresses: [10.0.0.1/24], peer: {namespace: web, name: eth0, addresses: [10.0.0.2/24]}}
`,
  interfaces: `
interfaces:
  eth0: {bridge: br0} # becomes a port; everything else about it stays as it is
  uplink:
    match: {driver: "virtio*", macaddress: "52:54:00:12:34:56"}
    mtu: 9000
bridges:
  br0: {type: linux}
`,
  bridges: `
bridges:
  br0:
    type: linux
    stp: true
    forward-delay: 4
    addresses: [192.168.1.250/24]
  br1:
    type: ovs
    mcast-snooping: true
    other-config: {mac-aging-time: 60}
`,
  veths: `
bridges:
  br0: {type: ovs}
namespaces:
  ns1: {}
veths:
  veth0: # this end, a port of the bridge
    bridge: br0
    tag: 10
    peer: # the other end
      namespace: ns1
      name: eth0
      addresses: [192.168.1.1/24, fd00:1::1/64]
      routes: [{to: default, via: 192.168.1.250}]
`,
  vlans: `
interfaces:
  eth0: {}
vlans:
  eth0.10: {link: eth0, id: 10, addresses: [10.10.0.1/24]}
`,
  dummies: `
dummies:
  service0: {addresses: [198.51.100.1/32, 2001:db8:100::1/128]} # an address that stays, whichever NIC is down
`,
  ifbs: `
ifbs:
  ifb-eth0: {} # what eth0 receives can be redirected here by tc, and shaped
`,
  macvlans: `
interfaces:
  eth0: {}
macvlans:
  mv0: {link: eth0, mode: bridge, macaddress: "02:00:00:00:00:10", addresses: [192.0.2.50/24]}
`,
  macvtaps: `
interfaces:
  eth0: {}
macvtaps:
  vm1: {link: eth0, mode: bridge, macaddress: "52:54:00:00:00:01"} # for a virtual machine: /dev/tapN
`,
  ipvlans: `
interfaces:
  eth0: {}
ipvlans:
  ip0: {link: eth0, mode: l2, addresses: [192.0.2.60/24]}
  ip1: {link: eth0, mode: l2, addresses: [198.51.100.60/24]}
`,
  taps: `
bridges:
  br0: {type: linux}
taps:
  vm1: {mode: tap, user: libvirt-qemu, multi-queue: true, bridge: br0} # for a virtual machine
  vpn0: {mode: tun, user: openvpn, addresses: [10.8.0.1/24]} # for a program that speaks IP
`,
  tunnels: `
bridges:
  br0: {type: ovs}
tunnels:
  vx-node2: {mode: vxlan, id: 100, local: 192.0.2.1, remote: 192.0.2.2, bridge: br0} # a port of Open vSwitch
  gre-node3: {mode: gre, key: 7, local: 192.0.2.1, remote: 192.0.2.3, addresses: [10.9.0.1/30]} # a link of the kernel
`,
  patches: `
bridges:
  br-int: {type: ovs}
  br-ex: {type: ovs}
patches:
  to-ex: {bridge: br-int, peer: {bridge: br-ex, name: to-int}}
`,
  vrfs: `
interfaces:
  eth1: {}
veths:
  lab: {addresses: [10.0.0.1/24], peer: {name: lab-pc}}
vrfs:
  red:
    table: 10
    interfaces: [eth1, lab]
    routes: [{to: default, via: 10.0.0.254}] # in table 10
`,
  bonds: `
interfaces:
  eth0: {}
  eth1: {}
  eth2: {}
  eth3: {}
bridges:
  br0: {type: ovs}
bonds:
  bond0: # a link of the kernel
    interfaces: [eth0, eth1]
    mode: 802.3ad
    lacp-rate: fast
    addresses: [192.0.2.10/24]
  uplink: # a port of Open vSwitch
    bridge: br0
    interfaces: [eth2, eth3]
    mode: balance-tcp
    lacp: active
`,
  routes: `
interfaces:
  eth0: {addresses: [192.0.2.10/24]}
  eth1: {addresses: [198.51.100.10/24]}
routes:
  - {to: default, via: 192.0.2.1}
  - {to: 10.99.0.0/16, type: blackhole}
  - to: 10.100.0.0/16
    nexthops: [{via: 192.0.2.1, weight: 2}, {via: 198.51.100.1}] # two of three connections go by eth0
`,
  rules: `
interfaces:
  eth0: {addresses: [192.0.2.10/24], routes: [{to: default, via: 192.0.2.1, table: 200}]}
rules:
  - {from: 10.2.0.0/24, table: 200}
  - {mark: "0x10/0xf0", protocol: tcp, dport: 443, table: 200, priority: 100}
  - {from: "fd00:66::/64", type: prohibit}
`,
  neighbours: `
interfaces:
  eth0: {addresses: [192.0.2.10/24]}
neighbours:
  - {to: 192.0.2.1, macaddress: "02:00:00:00:00:01", link: eth0}
  - {to: 192.0.2.99, proxy: true, link: eth0} # eth0 answers for it
`,
  nat: `
sysctls: {net.ipv4.ip_forward: 1}
interfaces:
  eth0: {}
nat:
  - masquerade: {source: 192.168.1.0/24, out: eth0}
  - dnat: {in: eth0, protocol: tcp, port: 8080, to: "192.168.1.1:80"}
`,
  sysctls: `
sysctls:
  net.ipv4.ip_forward: 1
  net.ipv6.conf.all.forwarding: true
`,
  checks: `
namespaces:
  ns1: {}
veths:
  veth0: {addresses: [10.0.0.1/24], peer: {namespace: ns1, name: eth0, addresses: [10.0.0.2/24]}}
checks:
  - ping: {from: ns1, to: 10.0.0.1}
  - tcp: {from: ns1, to: "10.0.0.1:22", within: 20s}
  - no-ping: {from: ns1, to: 10.0.0.77}
`,
};
