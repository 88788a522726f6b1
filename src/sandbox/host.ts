// The shell script that makes a throw-away host around a command; a constant, into which nothing is ever inserted.

/** Where the Open vSwitch of the throw-away host keeps its sockets, database and logs. */
export const OVS_DIRECTORY = '/run/openvswitch';

/**
 * Process 1 of the throw-away host. Its arguments: the Open vSwitch to start (`none`, `netdev`, `system`), how many
 * directories below `/run` stay reachable, these (relative to `/run`), the command. Its environment names the
 * directories of Open vSwitch. It runs the command as a child, because the kernel drops every signal
 * for which a process 1 has no handler.
 *
 * With userspace-tso-enable (ovs-vswitchd.conf.db(5)) the userspace datapath learns of a frame from a veth that its checksum
 * is still to be filled in. Without, it passes such frames on as they are, and their receivers drop them: all TCP and UDP.
 * (Open vSwitch 3.1 sends no such frame into a tunnel either way: TCP through one needs the kernel's datapath, or a later version.)
 */
export const HOST_SCRIPT = String.raw`
fail() { echo "sandbox: $1" >&2; exit 125; }
ovs=$1 kept=$2; shift 2

mount -n -t proc proc /proc || fail 'cannot mount a /proc of its own'

# mount -n writes nothing into /run/mount, neither of the old /run nor of the new.
# The new /run is made on /sys, from where the old one can still be seen, and then moved to its place.
mount -n -t tmpfs -o mode=755,nosuid,nodev sandbox /sys || fail 'cannot mount a tmpfs'
while [ "$kept" -gt 0 ]; do
  { mkdir -p "/sys/$1" && mount -n --rbind "/run/$1" "/sys/$1"; } || fail "cannot keep /run/$1 reachable"
  shift; kept=$((kept - 1))
done
{ mkdir /sys/netns /sys/netplan-ovs /sys/openvswitch && mount -n --move /sys /run; } || fail 'cannot replace /run'
[ -h /var/run ] || mount -n --rbind /run /var/run || fail 'cannot replace /var/run'
mount -n -t sysfs sysfs /sys || fail 'cannot mount a /sys of its own'
cd "$PWD" || fail "cannot return to $PWD"

ip link set lo up || fail 'cannot set lo up'

start_ovs() {
  for schema in "$OVS_PKGDATADIR" /usr/share/openvswitch /usr/local/share/openvswitch; do
    schema=$schema/vswitch.ovsschema; [ ! -e "$schema" ] || break
  done
  set -- --verbose=console:off --no-chdir --detach --log-file --pidfile
  ovsdb-tool create "$OVS_DBDIR/conf.db" "$schema" &&
    ovsdb-server "$@" --remote="punix:$OVS_RUNDIR/db.sock" "$OVS_DBDIR/conf.db" &&
    ovs-vsctl --no-wait --timeout=60 init -- set Open_vSwitch . other_config:userspace-tso-enable=true || return
  [ "$ovs" = system ] || set -- "$@" --disable-system
  ovs-vswitchd "$@" "unix:$OVS_RUNDIR/db.sock"
}
if [ "$ovs" != none ] && command -v ovs-vswitchd >/dev/null; then
  start_ovs || { cat "$OVS_LOGDIR"/*.log >&2; fail 'cannot start Open vSwitch'; }
fi

(exec "$@") # in a subshell, with exec, so that no word of it is taken for a builtin or a function
`;
