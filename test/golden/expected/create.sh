#!/bin/sh
# What `netplan-ovs apply before.yaml` does, in the same order but a process each, and without its way back.
# For root, on the host that the plan was made for, as it was then.
set -eu

# ~ sysctl:net.ipv4.ip_forward  before.yaml:4:11
printf '%s\n' 1 | tee /proc/sys/net/ipv4/ip_forward >/dev/null

# + nat:host  before.yaml:40:1
nft 'add table inet netplan-ovs-office ; delete table inet netplan-ovs-office ; add table inet netplan-ovs-office ; add chain inet netplan-ovs-office netplan-ovs ; add rule inet netplan-ovs-office netplan-ovs return comment "netplan-ovs:office" ; add chain inet netplan-ovs-office prerouting { type nat hook prerouting priority -100 ; } ; add chain inet netplan-ovs-office output { type nat hook output priority -100 ; } ; add chain inet netplan-ovs-office postrouting { type nat hook postrouting priority 100 ; } ; add rule inet netplan-ovs-office postrouting oifname "vx0" ip saddr 10.0.0.0/24 masquerade comment "nat[0]"'

# + linux-bridge:br-old  before.yaml:7:3
ip link add name br-old group 714193457 type bridge

# + namespace:desk  before.yaml:11:3
ip netns add desk

# + namespace:lab  before.yaml:12:3
ip netns add lab

# + namespace:store  before.yaml:13:3
ip netns add store

# + tunnel:vx0  before.yaml:32:3
ip link add name vx0 group 714193457 type vxlan id 7 local 10.0.0.250 remote 192.0.2.2 dstport 4789

# + link:br-old  before.yaml:7:3
ip link set dev br-old mtu 1500 alias netplan-ovs:office up

# + veth:v-desk  before.yaml:16:3
ip link add name v-desk group 714193457 type veth peer name eth0 netns desk group 714193457

# + veth:v-lab  before.yaml:23:3
ip link add name v-lab group 714193457 type veth peer name eth0 netns lab group 714193457

# + veth:v-store  before.yaml:27:3
ip link add name v-store group 714193457 type veth peer name eth0 netns store group 714193457

# + link:vx0  before.yaml:32:3
ip link set dev vx0 mtu 1500 alias netplan-ovs:office up

# + link:v-desk  before.yaml:16:3
ip link set dev v-desk mtu 1500 alias netplan-ovs:office up

# + bridge-port:v-desk  before.yaml:16:3
ip link set dev v-desk master br-old

# + link:v-lab  before.yaml:23:3
ip link set dev v-lab mtu 1500 alias netplan-ovs:office up

# + link:v-store  before.yaml:27:3
ip link set dev v-store mtu 1500 alias netplan-ovs:office up

# + address:vx0/10.9.0.1  before.yaml:37:17
ip address replace 10.9.0.1/24 dev vx0

# + address:v-store/10.0.2.250  before.yaml:28:17
ip address replace 10.0.2.250/24 dev v-store

# + route:main/10.99.0.0/16  before.yaml:38:14
ip route replace 10.99.0.0/16 via 10.9.0.2 dev vx0 table 254 proto 239

# + link:desk/lo  before.yaml:11:3
ip -n desk link set dev lo alias netplan-ovs:office up

# + link:desk/eth0  before.yaml:18:5
ip -n desk link set dev eth0 mtu 1500 alias netplan-ovs:office up

# + address:desk/eth0/10.0.0.1  before.yaml:21:19
ip -n desk address replace 10.0.0.1/24 dev eth0

# + address:desk/eth0/fd00::1  before.yaml:21:32
ip -n desk address replace fd00::1/64 dev eth0 nodad

# + route:desk/main/default  before.yaml:22:16
ip -n desk route replace default via 10.0.0.250 dev eth0 table 254 proto 239

# + link:lab/lo  before.yaml:12:3
ip -n lab link set dev lo alias netplan-ovs:office up

# + link:lab/eth0  before.yaml:26:5
ip -n lab link set dev eth0 mtu 1500 alias netplan-ovs:office up

# + address:lab/eth0/10.0.1.1  before.yaml:26:52
ip -n lab address replace 10.0.1.1/24 dev eth0

# + link:store/lo  before.yaml:13:3
ip -n store link set dev lo alias netplan-ovs:office up

# + link:store/eth0  before.yaml:29:5
ip -n store link set dev eth0 mtu 9000 alias netplan-ovs:office up

# + address:store/eth0/10.0.2.1  before.yaml:29:65
ip -n store address replace 10.0.2.1/24 dev eth0

# + ovs-bridge:br0  before.yaml:8:3
ovs-vsctl add-br br0 -- set Bridge br0 datapath_type=netdev external_ids:netplan-ovs=office -- del-controller br0

# + ovs-port:v-lab  before.yaml:23:3
ovs-vsctl add-port br0 v-lab tag=10 external_ids:netplan-ovs=office

# + link:br0  before.yaml:8:3
ip link set dev br0 alias netplan-ovs:office up

# + address:br0/10.0.0.250  before.yaml:8:32
ip address replace 10.0.0.250/24 dev br0

# + address:br0/fd00::250  before.yaml:8:47
ip address replace fd00::250/64 dev br0 nodad
