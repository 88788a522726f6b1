#!/bin/sh
# In: `run` or `test`, what the clone is to be made ready for. Out: node modules, the Debian packages whose commands are
# missing, and an up-to-date build. Where all of that is there already it does nothing, and needs neither root nor network.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
PATH=$PATH:/usr/sbin:/sbin # where an ordinary user's PATH does not look, but ip and ovs-vswitchd live

main() {
  node_modules
  debian_packages
  build
}

say() { echo "setup: $*" >&2; }
die() {
  say "$@"
  exit 1
}

node_modules() {
  [ ! -L node_modules ] || return 0 # someone else's, and npm ci would empty the directory behind the link
  [ node_modules/.package-lock.json -nt package-lock.json ] && return
  say "installing the node modules that package-lock.json names"
  npm ci --include=dev --no-audit --no-fund >&2 || die "npm ci failed: see above; nothing can be built without the node modules"
  touch node_modules/.package-lock.json
}

debian_packages() {
  missing=$(missing_packages | sort -u | xargs)
  if [ -n "$missing" ]; then install_packages; fi
}

# One line for each command that is missing: the Debian package that has it.
missing_packages() {
  needs iproute2 ip bridge
  needs openvswitch-switch ovs-vsctl ovs-vswitchd ovsdb-server ovsdb-tool
  needs nftables nft
  needs iputils-ping ping
  needs util-linux unshare nsenter
  [ "$purpose" = test ] || return 0
  needs iptables iptables
  needs qemu-system-x86 qemu-system-x86_64
  needs kmod depmod
  needs systemd systemd-run
  needs xz-utils xz
  needs strace strace
  has_static_busybox || echo busybox-static
}

needs() {
  package=$1
  shift
  for command in "$@"; do command -v "$command" >/dev/null || echo "$package"; done
}

# The lab's first process is busybox in an initramfs without libraries.
has_static_busybox() {
  busybox=$(command -v busybox) && ! ldd "$busybox" >/dev/null 2>&1
}

install_packages() {
  say "installing $missing"
  case " $missing " in *" openvswitch-switch "*)
    say "note: the openvswitch-switch package starts Open vSwitch, which has no bridges yet, where systemd runs" ;;
  esac
  # The lists may be absent (container images) or name versions that the mirror has dropped since.
  # shellcheck disable=SC2086 # package names, one word each
  apt_get install -y --no-install-recommends $missing >&2 2>/dev/null ||
    { apt_get update >&2 && apt_get install -y --no-install-recommends $missing >&2; } ||
    die "could not; as root: apt-get install --no-install-recommends $missing"
  missing=$(missing_packages | sort -u | xargs)
  [ -z "$missing" ] || die "installed, but its commands are not found: $missing"
}

apt_get() {
  if [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
  elif [ -t 0 ]; then
    sudo DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
  else
    sudo -n DEBIAN_FRONTEND=noninteractive apt-get -q "$@" # nobody is there to type a password
  fi
}

build() {
  compiled=dist/code-cache/$(node -p 'process.version + "-" + process.arch')
  if [ -e build/.stamp ] && [ -e "$compiled" ] && [ -z "$(changed_since_build)" ]; then return; fi
  say "building"
  npm run -s build >&2 || die "the build failed: see above"
}

changed_since_build() {
  find src test scripts package.json tsconfig*.json -newer build/.stamp -print -quit
}

main
