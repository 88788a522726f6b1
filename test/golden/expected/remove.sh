#!/bin/sh
# What `netplan-ovs apply nothing.yaml` does, in the same order but a process each, and without its way back.
# For root, on the host that the plan was made for, as it was then.
set -eu

# ~ sysctl:net.ipv4.ip_forward
printf '%s\n' 0 | tee /proc/sys/net/ipv4/ip_forward >/dev/null

# - veth:v-desk
ip link del group 714193457

# - namespace:lab
ip netns del lab

# - namespace:store
ip netns del store

# - namespace:desk
ip netns del desk

# - ovs-bridge:br0
ovs-vsctl del-br br0

# - nat:host
nft 'add table inet netplan-ovs-office ; delete table inet netplan-ovs-office'
