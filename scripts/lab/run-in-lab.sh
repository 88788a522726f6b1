#!/bin/bash
# In: a command. Out: its output and exit status, as a stock Debian kernel gives them in a throw-away virtual machine.
# The guest sees this host's filesystem, read-only over 9p, under a tmpfs: nothing that it writes comes back, but under
# --rw directories. It has no network device. KVM is used where it proves to work, else QEMU's emulation.
set -u -o pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<'EOF'
usage: run-in-lab.sh [OPTION]... [--] COMMAND [ARG]...
Runs COMMAND as root in the guest, in the current directory and with the current environment and LAB_GUEST=1.
  --timeout S      kill the guest after S seconds and exit with 124     (default 600)
  --rw DIR         let writes under DIR reach the host (repeatable)
  --hide DIR       an empty tmpfs on DIR in the guest (repeatable)
  --mem MIB        memory of the guest                                  (default 2048)
  --cpus N         processors of the guest                              (default 1 when emulated, else all)
  --accel A        auto, kvm or tcg                                     (default auto)
  --kernel PKG     Debian package that has the kernel                   (default linux-image-amd64)
  --append WORDS   more words for the kernel's command line
  --console FILE   keep the kernel's console there
  --prepare        only fetch and unpack the kernel
  --check          only say what is there and what would be used
exit status: COMMAND's own; 124 timed out; 125 the lab itself failed.
environment: LAB_CACHE (default ~/.cache/netplan-ovs/lab), LAB_KERNEL, LAB_ACCEL, LAB_MEM, LAB_CPUS.
In the guest standard input is empty, so are /run and the state directories of Open vSwitch, Docker and Podman; no daemon runs.
EOF
}

main() {
  options "$@"
  require_tools
  kernel=$cache/$package
  [ "$mode" = check ] || "$here/kernel.sh" "$package" "$kernel" || exit 125
  choose_machine
  case $mode in
    run) run "${command[@]}" ;;
    *) say "kernel: $(cut -d' ' -f2- "$kernel/ready" 2>/dev/null || echo 'not fetched yet'); in $kernel; accelerator: $accel" ;;
  esac
}

say() { echo "lab: $*" >&2; }
die() {
  say "$@"
  exit 125
}

options() {
  mode=run timeout=600 append='' console='' read_write=() command=()
  memory=${LAB_MEM:-2048} cpus=${LAB_CPUS:-} accel=${LAB_ACCEL:-auto} package=${LAB_KERNEL:-linux-image-amd64}
  cache=${LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/netplan-ovs/lab}
  hidden=(/var/lib/openvswitch /var/log/openvswitch /etc/openvswitch /etc/netns
    /var/lib/docker /var/lib/containerd /var/lib/containers /var/lib/cni)
  while [ $# -gt 0 ]; do
    case $1 in
      --timeout | --rw | --hide | --mem | --cpus | --accel | --kernel | --append | --console)
        [ $# -ge 2 ] || die "$1 needs a value"
        option "$1" "$2"
        shift
        ;;
      --prepare) mode=prepare ;;
      --check) mode=check ;;
      -h | --help) usage && exit ;;
      --) shift && break ;;
      -*) usage >&2 && die "unknown option: $1" ;;
      *) break ;;
    esac
    shift
  done
  command=("$@")
  [[ $timeout =~ ^[0-9]+$ && $memory =~ ^[0-9]+$ && $cpus =~ ^[0-9]*$ ]] || die "--timeout, --mem and --cpus take whole numbers"
  [[ $accel =~ ^(auto|kvm|tcg)$ ]] || die "--accel takes auto, kvm or tcg"
  [ $mode != run ] || [ $# -gt 0 ] || { usage >&2 && exit 125; }
}

option() {
  case $1 in
    --timeout) timeout=$2 ;;
    --rw) [ -d "$2" ] && read_write+=("$(realpath -e -- "$2")") || die "--rw: no such directory: $2" ;;
    --hide) hidden+=("$2") ;;
    --mem) memory=$2 ;;
    --cpus) cpus=$2 ;;
    --accel) accel=$2 ;;
    --kernel) package=$2 ;;
    --append) append=$2 ;;
    --console) console=$2 ;;
  esac
}

require_tools() {
  local missing=()
  PATH=$PATH:/usr/sbin:/sbin # depmod and modprobe, for an ordinary user
  [ "$(uname -m)" = x86_64 ] || die "x86_64 machines only"
  command -v qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86)
  has_static_busybox || missing+=(busybox-static)
  command -v depmod >/dev/null || missing+=(kmod)
  command -v xz >/dev/null || missing+=(xz-utils)
  [ ${#missing[@]} = 0 ] || die "missing: apt-get install -y --no-install-recommends ${missing[*]}"
}

# In the guest's first root filesystem there is no library.
has_static_busybox() {
  local busybox
  busybox=$(command -v busybox) && ! ldd "$busybox" >/dev/null 2>&1 && busybox --list | grep -x switch_root >/dev/null
}

# ---- the machine ----

choose_machine() {
  local image=$kernel/vmlinux
  [ -e "$image" ] || image=$kernel/bzImage
  common=(-nodefaults -no-user-config -display none -no-reboot -kernel "$image")
  words="console=ttyS0 panic=-1 reboot=t mitigations=off nokaslr norandmaps cryptomgr.notests"
  if [ "$accel" = auto ]; then if kvm_works; then accel=kvm; else accel=tcg; fi; fi
  if [ "$accel" = kvm ]; then machine=(-machine "q35,accel=kvm" -cpu host -smp "${cpus:-$(nproc)}")
  else machine=(-machine q35 -accel "tcg,thread=multi" -cpu Nehalem -smp "${cpus:-1}"); fi
}

# A /dev/kvm that opens proves nothing: a guest must have booted with it. Asked once per boot of the host and kernel.
kvm_works() {
  local memo
  [ -r /dev/kvm ] && [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo && [ -e "$kernel/ready" ] || return 1
  memo=$cache/kvm-$(cat /proc/sys/kernel/random/boot_id)-$(stat -c %i "$kernel/ready")
  if [ ! -e "$memo" ]; then
    if boot_probe | grep LAB-HAS-BOOTED >/dev/null; then echo yes; else echo no; fi >"$memo"
  fi
  [ "$(cat "$memo")" = yes ]
}

boot_probe() {
  timeout -k 1 15 qemu-system-x86_64 -machine q35,accel=kvm -cpu host -m 512 "${common[@]}" -serial stdio \
    -initrd "$kernel/probe.cpio" -append "$words" </dev/null 2>&1
}

# ---- one run ----

run() {
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/netplan-ovs-lab.XXXXXX") || die "no temporary directory"
  qemu='' tails=() shares=()
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  pack "$@" || die "cannot write to $scratch"
  boot
  conclude
}

clean_up() {
  [ -z "$qemu" ] || kill "$qemu" 2>/dev/null
  [ ${#tails[@]} = 0 ] || kill "${tails[@]}" 2>/dev/null
  rm -rf "$scratch"
}

# The command, its environment and what the guest needs to know travel in a second archive after the kernel's own.
pack() {
  local lab=$scratch/initrd.d/lab directory number=0
  mkdir -p "$lab" && cp "$here/guest-init.sh" "$scratch/initrd.d/init" && chmod +x "$scratch/initrd.d/init" || return
  printf '%s\0' "$@" >"$lab/args"
  # As it was given to us: our own variables may bear the same names. There is no network in the guest, and
  # reading a bundle of certificates costs each node 0.4 s there.
  grep -zv '^NODE_EXTRA_CA_CERTS=' /proc/$$/environ >"$lab/env"
  printf '%s' "$PWD" >"$lab/cwd"
  printf '%s\n' "${hidden[@]}" >"$lab/hide"
  printf '%s\n' "$kernel" >"$lab/kernel"
  hot_files >"$lab/hot"
  # Where both go to the same place, one port keeps them in order.
  [ "$(readlink /proc/$$/fd/1)" != "$(readlink /proc/$$/fd/2)" ] || : >"$lab/merge"
  share root / ,readonly=on
  : >"$lab/rw"
  for directory in "${read_write[@]}"; do
    echo "$directory" >>"$lab/rw"
    share "rw$number" "$directory"
    number=$((number + 1))
  done
  (cd "$scratch/initrd.d" && find . | busybox cpio -o -H newc 2>/dev/null) | cat "$kernel/base.cpio" - >"$scratch/initrd"
}

# The programs that tests start most, with their libraries.
hot_files() {
  local program file
  for program in ip bridge tc nft iptables ovs-vsctl ovs-ofctl ovs-appctl ovsdb-client unshare nsenter setpriv \
    bash sh cat sleep sysctl modprobe env true; do
    file=$(type -P "$program") && file=$(readlink -f "$file") || continue
    echo "$file"
    ldd "$file" 2>/dev/null | grep -o '/[^ ]*' | xargs -r readlink -f
  done | sort -u | sed 's|^/||'
  echo etc/ld.so.cache
}

# Device numbers are mapped, because a host directory may hold several filesystems. QEMU wants a comma in a value twice.
share() {
  shares+=(-fsdev "local,id=$1,path=${2//,/,,},security_model=none,multidevs=remap${3:-}" -device "virtio-9p-pci,fsdev=$1,mount_tag=lab$1")
}

boot() {
  local port ports=()
  for port in out err rc; do
    : >"$scratch/$port"
    ports+=(-chardev "file,id=$port,path=$scratch/$port,append=on" -device "virtserialport,chardev=$port,name=lab.$port")
  done
  timeout -k 5 "$timeout" qemu-system-x86_64 "${machine[@]}" -m "$memory" "${common[@]}" -initrd "$scratch/initrd" \
    -append "$words loglevel=4 $append" -serial "file:$scratch/console" "${shares[@]}" \
    -object rng-random,id=rng,filename=/dev/urandom -device virtio-rng-pci,rng=rng \
    -device virtio-serial-pci,ioeventfd=off "${ports[@]}" </dev/null >"$scratch/qemu" 2>&1 &
  qemu=$!
  tail -q -c +1 -s 0.1 -f --pid=$qemu "$scratch/out" &
  tails+=($!)
  tail -q -c +1 -s 0.1 -f --pid=$qemu "$scratch/err" >&2 &
  tails+=($!)
  wait $qemu
  qemu_status=$? qemu=''
  wait "${tails[@]}"
  tails=()
}

conclude() {
  local status=
  [ -z "$console" ] || cp "$scratch/console" "$console"
  read -r status <"$scratch/rc"
  [ -z "$status" ] || exit "$status"
  if [ $qemu_status = 124 ] || [ $qemu_status = 137 ]; then
    say "timed out after $timeout s"
    exit 124
  fi
  say "the guest ended without a result (QEMU's exit status: $qemu_status). The last of its console:"
  cat "$scratch/qemu" >&2
  grep -aE 'LAB:|panic|BUG:|Out of memory|Oops' "$scratch/console" >&2
  tail -n 20 "$scratch/console" >&2
  exit 125
}

main "$@"
