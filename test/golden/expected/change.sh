#!/bin/sh
# What `netplan-ovs apply after.yaml` does, in the same order but a process each, and without its way back.
# For root, on the host that the plan was made for, as it was then.
set -eu

# - address:desk/eth0/10.0.0.1
ip -n desk address del 10.0.0.1/24 dev eth0

# ~ link:desk/eth0  after.yaml:17:5
ip -n desk link set dev eth0 mtu 1400

# + address:desk/eth0/10.0.0.9  after.yaml:21:19
ip -n desk address replace 10.0.0.9/24 dev eth0

# ± route:desk/main/default  after.yaml:22:16
ip -n desk route replace default via 10.0.0.250 dev eth0 table 254 proto 239

# ~ nat:host  after.yaml:37:1
nft 'add table inet netplan-ovs-office ; delete table inet netplan-ovs-office ; add table inet netplan-ovs-office ; add chain inet netplan-ovs-office netplan-ovs ; add rule inet netplan-ovs-office netplan-ovs return comment "netplan-ovs:office" ; add chain inet netplan-ovs-office prerouting { type nat hook prerouting priority -100 ; } ; add chain inet netplan-ovs-office output { type nat hook output priority -100 ; } ; add chain inet netplan-ovs-office postrouting { type nat hook postrouting priority 100 ; } ; add rule inet netplan-ovs-office postrouting oifname "vx0" ip saddr 10.0.0.0/23 masquerade comment "nat[0]" ; add rule inet netplan-ovs-office prerouting iifname "vx0" meta nfproto 2 fib daddr type 2 tcp dport { 8080 , 8443 } dnat ip to 10.0.0.9 comment "nat[1]"'

# - veth:v-store
ip link del dev v-store

# ± ovs-port:v-desk  after.yaml:15:3
ip link set dev v-desk nomaster

# ± tunnel:vx0  after.yaml:29:3
ip link del dev vx0

# - namespace:store
ip netns del store

# ± tunnel:vx0  after.yaml:29:3
ip link add name vx0 group 714193457 type vxlan id 8 local 10.0.0.250 remote 192.0.2.2 dstport 4789

# ± link:vx0  after.yaml:29:3
ip link set dev vx0 mtu 1500 alias netplan-ovs:office up

# ± address:vx0/10.9.0.1  after.yaml:34:17
ip address replace 10.9.0.1/24 dev vx0

# ± route:main/10.99.0.0/16  after.yaml:35:14
ip route replace 10.99.0.0/16 via 10.9.0.2 dev vx0 table 254 proto 239

# ± ovs-port:v-lab  after.yaml:23:3
ovs-vsctl del-port v-lab

# ± ovs-port:v-desk  after.yaml:15:3
ovs-vsctl add-port br0 v-desk external_ids:netplan-ovs=office

# ± veth:v-lab  after.yaml:23:3
ip link del dev v-lab

# ± veth:v-lab  after.yaml:23:3
ip link add name v-lab group 714193457 type veth peer name lan0 netns lab group 714193457

# ± link:v-lab  after.yaml:23:3
ip link set dev v-lab mtu 1500 alias netplan-ovs:office up

# + link:lab/lan0  after.yaml:26:5
ip -n lab link set dev lan0 mtu 1500 alias netplan-ovs:office up

# + address:lab/lan0/10.0.1.1  after.yaml:26:52
ip -n lab address replace 10.0.1.1/24 dev lan0

# ± ovs-port:v-lab  after.yaml:23:3
ovs-vsctl add-port br0 v-lab tag=20 external_ids:netplan-ovs=office
