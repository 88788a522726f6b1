#!/bin/bash
# In: a Debian kernel package and a directory. Out: in that directory what the lab boots. The package is never installed.
#   vmlinux or bzImage   the kernel, uncompressed where a decompressor is at hand
#   lib/modules          its modules, without those for hardware that the guest does not have
#   base.cpio            the first root filesystem: busybox, and the modules with which it reaches the real one
#   probe.cpio           a root filesystem that only says that it has booted
#   ready                layout, package and kernel version; written last
set -euo pipefail

LAYOUT=2 # another number when something else lies in the directory
PATH=$PATH:/usr/sbin:/sbin
package=$1
target=$2

main() {
  ! grep -qs "^layout=$LAYOUT " "$target/ready" || return 0
  new=$target.new.$$
  trap 'rm -rf "$new"' EXIT
  mkdir -p "$new/apt"
  fetch
  unpack
  uncompress_kernel
  base_archive
  probe_archive
  rm -rf "$new/apt" "$new/boot" "$new/base" "$new/probe"
  echo "layout=$LAYOUT $image $version" >"$new/ready"
  rm -rf "$target"
  # Another run may have put its own there meanwhile; that is as good.
  mv -T "$new" "$target" 2>/dev/null || [ -e "$target/ready" ]
}

say() { echo "lab: $*" >&2; }
die() {
  say "$@"
  exit 1
}

# ---- the package ----

# The machine's package lists may be absent, or name what the mirror has no longer; then private ones help.
fetch() {
  download && return
  say "reading the package lists anew, into a private directory"
  use_private_lists
  apt-get -q update >"$new/apt/log" 2>&1 && download && return
  cat "$new/apt/log" >&2
  die "cannot download $package"
}

# linux-image-amd64 only names the package that holds the newest kernel.
download() {
  image=$(apt-cache depends "$package" 2>/dev/null | awk '/Depends: linux-image-[0-9]/ { print $2; exit }') || true
  image=${image:-$package}
  say "fetching $image; it is unpacked in $target, not installed"
  (cd "$new/apt" && apt-get -q -o APT::Sandbox::User=root download "$image") >"$new/apt/log" 2>&1
}

# The machine's sources, keys and proxies, but neither its lists and caches nor what it runs after an update.
use_private_lists() {
  mkdir -p "$new/apt/lists/partial" "$new/apt/archives/partial"
  {
    apt-config dump | grep '^Acquire::' | grep -vE '^Acquire::(IndexTargets|Languages)'
    cat <<EOF
Acquire::Languages "none";
APT::Sandbox::User "root";
Dir::Etc::main "/nonexistent";
Dir::Etc::parts "/nonexistent";
Dir::State::lists "$new/apt/lists";
Dir::Cache::archives "$new/apt/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
EOF
  } >"$new/apt/apt.conf"
  export APT_CONFIG=$new/apt/apt.conf
}

# ---- what is in it ----

unpack() {
  local without=() directory
  for directory in sound drivers/{ata,gpu,hid,hwmon,iio,infiniband,input,isdn,media,mmc,mtd,scsi,staging,usb} \
    drivers/net/{ethernet,wireless,can,arcnet,fddi,hamradio,ieee802154,usb}; do
    without+=(--exclude="*/kernel/$directory")
  done
  dpkg-deb --fsys-tarfile "$new"/apt/*.deb |
    tar -x -C "$new" "${without[@]}" --exclude='./usr/share' --exclude='./boot/System.map*'
  [ -d "$new/lib" ] || ln -s usr/lib "$new/lib" # newer packages have no /lib
  version=$(ls "$new/lib/modules")
  depmod -b "$new" "$version"
}

# QEMU starts an uncompressed kernel directly (PVH), which saves seconds of emulated decompression.
uncompress_kernel() {
  mv "$new"/boot/config-* "$new/config"
  mv "$new"/boot/vmlinuz-* "$new/bzImage"
  if extract "$new/bzImage" "$new/vmlinux"; then rm "$new/bzImage"; else
    rm -f "$new/vmlinux"
    say "no decompressor for this kernel is installed: it will boot some seconds slower"
  fi
}

# As the kernel's scripts/extract-vmlinux: tries every place that looks like the start of a compressed stream.
extract() {
  local magic tool position
  while read -r magic tool; do
    command -v "$tool" >/dev/null || continue
    for position in $(LC_ALL=C grep -abo -P "$magic" "$1" | cut -d: -f1); do
      # The tool complains even of the right stream, about what follows it.
      tail -c "+$((position + 1))" "$1" | "$tool" >"$2" 2>/dev/null || true
      [ "$(head -c 4 "$2" | tr -d '\0')" != $'\x7fELF' ] || return 0
    done
  done <<'EOF'
\xFD7zXZ\x00 unxz
\x28\xB5\x2F\xFD unzstd
\x1F\x8B\x08 gunzip
\x02\x21\x4C\x18 unlz4
EOF
  return 1
}

# ---- the archives that the kernel unpacks into its first root filesystem ----

base_archive() {
  local root=$new/base module file
  mkdir -p "$root"/{bin,proc,sys,dev,lower,overlay,new,modules}
  cp "$(command -v busybox)" "$root/bin/busybox"
  for module in virtio_pci virtio_console virtio_rng 9pnet_virtio 9p overlay; do
    modprobe -d "$new" -S "$version" --show-depends "$module" >"$new/apt/log" ||
      die "$image has no module $module (the -cloud- kernels have no 9p: use linux-image-amd64)"
    while read -r file; do add_module "$file" "$root/modules"; done < <(awk '$1 == "insmod" { print $2 }' "$new/apt/log")
  done
  (cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) >"$new/base.cpio"
}

# busybox loads uncompressed modules only, in the order of this list.
add_module() {
  local name
  name=$(basename "$1" | sed 's/\.ko.*/.ko/')
  [ ! -e "$2/$name" ] || return 0
  case $1 in
    *.xz) xz -dc "$1" ;;
    *.zst) zstd -qdc "$1" ;;
    *) cat "$1" ;;
  esac >"$2/$name"
  echo "$name" >>"$2/order"
}

probe_archive() {
  mkdir -p "$new/probe"/{bin,dev}
  cp "$new/base/bin/busybox" "$new/probe/bin/"
  printf '#!/bin/busybox sh\necho LAB-HAS-BOOTED\n/bin/busybox poweroff -f\n' >"$new/probe/init"
  chmod +x "$new/probe/init"
  (cd "$new/probe" && find . | busybox cpio -o -H newc 2>/dev/null) >"$new/probe.cpio"
}

main
