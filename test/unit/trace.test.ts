// That the judge of dry runs knows a write when it sees one.
import test from 'ava';
import { writesIn } from '../support/trace.js';

const READS = [
  'openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3',
  'openat(AT_FDCWD, "/dev/null", O_RDWR) = 3',
  'openat(AT_FDCWD, "/tmp/netplan-ovs-2EUCau/1", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0600) = 17',
  'openat(AT_FDCWD, "/dev/tty", O_RDWR|O_NOCTTY) = -1 ENXIO (No such device or address)',
  'mkdir("/tmp/netplan-ovs-2EUCau", 0700) = 0',
  'sendto(3, [{nlmsg_len=40, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST|NLM_F_DUMP}, {ifi_family=AF_UNSPEC}], 40, 0, NULL, 0) = 40',
  'sendto(3, [{nlmsg_len=20, nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_GETTABLE, nlmsg_flags=NLM_F_REQUEST}, ""], 20, 0) = 20',
  String.raw`sendto(3, "{\"id\":1,\"method\":\"get_schema\",\"params\":[\"_Server\"]}", 51, 0, NULL, 0) = 51`,
  'connect(3, {sa_family=AF_UNIX, sun_path="/run/openvswitch/db.sock"}, 27) = 0',
  'sendto(3, [{nlmsg_len=40, nlmsg_type=0x12 /* NLMSG_??? */, nlmsg_flags=NLM_F_REQUEST}, ""], 40, 0, NULL, 0) = 40',
  'sendto(3, [{nlmsg_len=20, nlmsg_type=0xa10 /* NLMSG_??? */, nlmsg_flags=NLM_F_REQUEST}, ""], 20, 0, NULL, 0) = 20',
  String.raw`sendto(3, "\5\0\0\10\0\0\0\1", 8, 0, NULL, 0) = 8`,
  String.raw`sendto(3, "\5\22\08\0\0\0\2\0\1\0", 56, 0, NULL, 0) = 56`,
  '--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=26, si_uid=0} ---',
  '+++ exited with 0 +++',
];

const WRITES = [
  'openat(AT_FDCWD, "/proc/sys/net/ipv4/ip_forward", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3',
  'openat(AT_FDCWD, "/run/netplan-ovs/lock", O_RDWR|O_CREAT, 0666) = 3',
  'openat(AT_FDCWD, "/tmp/netplan-ovs-2EUCau/../x", O_WRONLY|O_CREAT) = -1 EACCES (Permission denied)',
  'mkdir("/run/netplan-ovs", 0700) = -1 EEXIST (File exists)',
  'mount("", "/run/netns", 0x55, MS_REC|MS_SHARED, NULL) = 0',
  'sendmsg(3, {msg_name={sa_family=AF_NETLINK}, msg_iov=[{iov_base=[{nlmsg_len=52, nlmsg_type=RTM_NEWLINK, nlmsg_flags=NLM_F_REQUEST}, {}]}]}, 0) = 52',
  'sendto(3, [{nlmsg_len=20, nlmsg_type=RTM_GETLINK}, [{nlmsg_len=20, nlmsg_type=RTM_DELROUTE}]], 20, 0) = 20',
  'sendto(3, [{nlmsg_len=20, nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWTABLE}, ""], 20, 0) = 20',
  String.raw`sendto(3, "{\"id\":4,\"method\":\"transact\",\"params\":[\"Open_vSwitch\"]}", 51, 0, NULL, 0) = 51`,
  'sendto(3, [{nlmsg_len=40, nlmsg_type=0x10 /* NLMSG_??? */, nlmsg_flags=NLM_F_REQUEST}, ""], 40, 0, NULL, 0) = 40',
  'sendto(3, [{nlmsg_len=40, nlmsg_type=0x13 /* NLMSG_??? */, nlmsg_flags=NLM_F_REQUEST}, ""], 40, 0, NULL, 0) = 40',
  'sendto(3, [{nlmsg_len=20, nlmsg_type=0xa00 /* NLMSG_??? */, nlmsg_flags=NLM_F_REQUEST}, ""], 20, 0, NULL, 0) = 20',
  String.raw`sendto(3, "\5\16\0P\0\0\0\2\0\0", 80, 0, NULL, 0) = 80`,
  'connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("192.0.2.1")}, 16) = 0',
  'ioctl(3, SIOCSIFFLAGS, {ifr_name="eth0"}) = 0',
  'finit_module(3, "", 0) = 0',
  'kill(1, SIGTERM) = 0',
];

test('what reads is no write', (t) => {
  t.deepEqual(writesIn(READS.join('\n')), []);
  t.deepEqual(writesIn(READS.map((line) => `19    ${line}`).join('\n')), []);
});

test('each sort of write is one', (t) => {
  for (const line of WRITES) t.deepEqual(writesIn([READS[0], line].join('\n')), [line], line);
});
