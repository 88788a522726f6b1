#!/bin/sh
# What `netplan-ovs apply before.yaml` does, in the same order but a process each, and without its way back.
# For root, on the host that the plan was made for, as it was then.
set -eu
