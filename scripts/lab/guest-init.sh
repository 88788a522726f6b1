#!/bin/busybox sh
# Process 1 of the lab's guest. In: /lab, which run-in-lab.sh has filled. Out: the command's output and exit status, through virtio ports.
# It runs twice: without an argument in the first root filesystem, by busybox; then with the argument "root" on the
# host's filesystem, by bash.

first_root() {
  busybox=/bin/busybox
  fail() {
    echo "LAB: $*"
    $busybox poweroff -f
  }
  $busybox mount -t proc proc /proc
  $busybox mount -t sysfs sysfs /sys
  $busybox mount -t devtmpfs dev /dev
  while read -r module; do $busybox insmod "/modules/$module" || fail "insmod $module"; done </modules/order

  # The host's filesystem, which the guest cannot write to (QEMU sees to that), and a tmpfs above it for what it writes.
  $busybox mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288,cache=loose,access=any,ro labroot /lower ||
    fail "no root filesystem"
  $busybox mount -t tmpfs -o size=75%,mode=755 overlay /overlay
  $busybox mkdir /overlay/upper /overlay/work
  # Programs that tests start by the hundred are copied into memory: a read over 9p costs milliseconds.
  (cd /lower && $busybox cpio -o -H newc </lab/hot) | (cd /overlay/upper && $busybox cpio -idmu)
  $busybox mount -t overlay -o lowerdir=/lower,upperdir=/overlay/upper,workdir=/overlay/work overlay /new ||
    fail "no overlay"
  $busybox mkdir -p /new/proc /new/sys /new/dev /new/run /new/tmp /new/lib/modules
  read -r kernel </lab/kernel
  $busybox mount --bind "/lower$kernel/lib/modules" /new/lib/modules || fail "no modules"
  for directory in proc sys dev; do $busybox mount --move /$directory /new/$directory; done
  $busybox mount -t tmpfs -o mode=755,nosuid,nodev run /new/run
  $busybox mkdir /new/run/lock /new/run/netns
  $busybox cp -r /lab /init $busybox /new/run/ || fail "cannot copy"
  exec $busybox switch_root /new /bin/bash /run/init root
}
[ "${1:-}" = root ] || first_root

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
lab=/run/lab

machine() {
  mkdir -p /dev/pts /dev/shm /dev/net
  mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
  mount -t tmpfs -o mode=1777 shm /dev/shm
  mount -t cgroup2 cgroup /sys/fs/cgroup
  [ -e /dev/net/tun ] || mknod -m 666 /dev/net/tun c 10 200
  ln -sf /proc/self/fd /dev/fd
  ln -sf /proc/self/fd/0 /dev/stdin
  ln -sf /proc/self/fd/1 /dev/stdout
  ln -sf /proc/self/fd/2 /dev/stderr
  echo lab >/proc/sys/kernel/hostname
  ip link set lo up
  ulimit -Hn 524288
}

directories() {
  local directory number=0
  # The host goes on using its own, and an overlay may not have what is below it change.
  case $(cat $lab/cwd)/ in /tmp/*) ;; *) mount -t tmpfs -o mode=1777 tmp /tmp ;; esac
  while read -r directory; do mkdir -p "$directory" && mount -t tmpfs -o mode=755 lab "$directory"; done <$lab/hide
  while read -r directory; do
    mkdir -p "$directory"
    mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288,cache=mmap,access=any "labrw$number" "$directory" ||
      echo "LAB: --rw $directory failed"
    number=$((number + 1))
  done <$lab/rw
}

# The ports named lab.out, lab.err and lab.rc.
find_ports() {
  local port name
  for port in /sys/class/virtio-ports/*; do
    read -r name <"$port/name"
    declare -g "port_${name#lab.}=/dev/${port##*/}"
  done
}

# A port takes at most 32 KiB a write and one opener at a time, so the command writes into pipes.
run_command() {
  local arguments environment directory
  mapfile -d '' -t arguments <$lab/args
  mapfile -d '' -t environment <$lab/env
  directory=$(cat $lab/cwd)
  exec 3> >(exec cat >"$port_out")
  writers=$!
  if [ -e $lab/merge ]; then exec 4>&3; else
    exec 4> >(exec cat >"$port_err")
    writers="$writers $!"
  fi
  if cd "$directory"; then
    env -i "${environment[@]}" LAB_GUEST=1 "${arguments[@]}" </dev/null >&3 2>&4 3>&- 4>&-
    status=$?
  else
    status=126
    echo "lab: no directory $directory in the guest" >&4
  fi
  exec 3>&- 4>&-
}

# A writer has written everything when it has ended, or sleeps in read() or splice() from its input: a daemon that the
# command left behind may hold the pipe open for ever.
drain() {
  local writer call
  for writer in $writers; do
    while read -r call 2>/dev/null </proc/"$writer"/syscall; do
      case $call in "0 0x0 "* | "275 0x0 "*) break ;; esac
    done
  done
}

machine
directories
find_ports
run_command
drain
sync
echo $status >"$port_rc"
exec /run/busybox poweroff -f
