// What strace(1) has seen of a program and all that it started in, the calls that changed something out.

/** What is traced: all that opens for writing, changes a directory, speaks to the kernel's network or to another process, or loads a module. */
export const TRACED = [
  '%file',
  'ftruncate',
  'fchmod',
  'fchown',
  'fallocate',
  'sendto',
  'sendmsg',
  'sendmmsg',
  'connect',
  'bind',
  'ioctl',
  'init_module',
  'finit_module',
  'delete_module',
  'bpf',
  'kill',
  'sethostname',
].join(',');

/** Each as strace wrote it. What only reads, and what stays in our own temporary files, is left out. */
export function writesIn(trace: string): string[] {
  return trace
    .split('\n')
    .map((line) => line.replace(/^\d+ +/, ''))
    .filter((line) => /^[a-z]\w*\(/.test(line) && !isHarmless(line));
}

function isHarmless(line: string): boolean {
  const [, call = ''] = /^(\w+)\(/.exec(line) ?? [];
  // What is not there was not changed.
  if (/ = -1 (ENOENT|ENOTDIR|ENXIO) /.test(line)) return true;
  if (READING.has(call)) return true;
  if (call.startsWith('open')) return !/O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(line) || isOwn(line);
  if (/^(mkdir|unlink|rmdir|rename)/.test(call)) return isOwn(line);
  if (call.startsWith('send')) return isQuestion(line);
  // A socket of netlink is bound to a number of its own.
  if (call === 'bind') return line.includes('sa_family=AF_NETLINK') && line.includes('nl_groups=00000000');
  // nscd(8), OVSDB and bridges: what is said to them is looked at.
  if (call === 'connect') return /AF_UNIX, sun_path="[^"]*\/(db\.sock|nscd\/socket|\w+\.mgmt)"/.test(line);
  if (call === 'ioctl') return /, (TC|TIO|FIO|SIOCG|BTRFS_IOC|NS_GET)\w*/.test(line);
  return false;
}

const READING = new Set(
  'stat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat getcwd chdir execve execveat statfs getxattr lgetxattr name_to_handle_at inotify_add_watch'.split(
    ' ',
  ),
);

/** Devices that forget what they are told, and the directory that the program makes for itself. */
const isOwn = (line: string): boolean => /"(\/dev\/(null|tty)|\/tmp\/netplan-ovs-\w{6}(\/\w+)?)"/.test(line);

/** Of netlink and of OpenFlow only what asks, of OVSDB what looks. */
function isQuestion(line: string): boolean {
  // What has no length is the room that `ip` leaves behind its question.
  const types = [...line.matchAll(/nlmsg_len=[1-9]\d*, nlmsg_type=([^,]*)/g)].map(([, type = '']) => type);
  if (types.length > 0) return types.every(asksKernel);
  const [, version, type] = /^send\w*\(\d+, "\\([1-6])\\(\d{1,2})/.exec(line) ?? [];
  if (type !== undefined) return OPENFLOW[version === '1' ? 1 : 4].has(Number.parseInt(type, 8));
  const methods = [...line.matchAll(/\\"method\\":\\"(\w+)\\"/g)].map(([, method = '']) => method);
  return methods.length > 0 && methods.every((method) => ASKING.has(method));
}

/** In another namespace than its own, strace knows no words for what is said, and gives its number. */
function asksKernel(type: string): boolean {
  if (/RTM_GET|NFT_MSG_GET(?!\w*RESET)/.test(type)) return true;
  const [, digits] = /^0x([0-9a-f]+)/.exec(type) ?? [];
  const number = Number.parseInt(digits ?? '0', 16);
  // rtnetlink.h: of each four the third asks. nfnetlink.h: NFNL_SUBSYS_NFTABLES is 10.
  return number >> 8 === 10 ? NFT.has(number & 0xff) : number >> 8 === 0 && number >= 16 && number % 4 === 2;
}

/** nf_tables.h: NFT_MSG_GET… of tables, chains, rules, sets, their elements, the generation, objects, and flow tables. */
const NFT = new Set([1, 4, 7, 10, 13, 16, 19, 23]);

/** OFPT_HELLO, echoes, features, configuration, and statistics, as OpenFlow 1.0 numbers them and as 1.1 and later do. */
const OPENFLOW = { 1: new Set([0, 2, 3, 5, 7, 16]), 4: new Set([0, 2, 3, 5, 7, 18]) } as const;

/** RFC 7047, and ovsdb-server(7). */
const ASKING = new Set(
  'get_schema list_dbs monitor monitor_cond monitor_cond_since monitor_cancel echo set_db_change_aware'.split(
    ' ',
  ),
);
