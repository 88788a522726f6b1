// How many processes are started one after the other, each in its namespace: the words of a small program that reads their words out.
import { arch } from 'node:os';
import { pathTo } from './path.js';

/** Ends each word of a line; words cannot hold it. */
export const SEPARATOR = '\x1f';

/**
 * Programs that start the processes of a lane, the fastest first, because Node takes three times as long for each. They read
 * a line for each process: the file of the namespace (nothing: our own), then the words, an ASCII unit separator after
 * each. These are data to them, never code. All lines are read at once. Each outcome ends with `\0STATUS\0` on standard output,
 * and with a NUL on standard error.
 */
export function drivers(): readonly (readonly [string, ...string[]])[] {
  const perl = pathTo('perl');
  const setns = SETNS[arch()];
  const shell = ['sh', '-c', SHELL, 'sh', pathTo('nsenter') ?? 'nsenter'] as const;
  return perl === null || setns === undefined ? [shell] : [[perl, '-e', PERL, String(setns)], shell];
}

/** The number of setns(2): arch/…/syscall*.tbl and include/uapi/asm-generic/unistd.h of the kernel, by Node's names. */
const SETNS: Readonly<Record<string, number>> = {
  ...{ x64: 308, arm64: 268, riscv64: 268, loong64: 268, arm: 375, ia32: 346, ppc64: 350, s390x: 339 },
};

/** Enters the namespaces itself: starting nsenter for each would take as long as `ip` does. In its own it needs no rights to. */
const PERL = `
use strict;
my $setns = shift;
my $CLONE_NEWNET = 0x40000000;
open(my $own, '<', '/proc/self/ns/net') or die "cannot open /proc/self/ns/net: $!\\n";
my @lines = <STDIN>;
open(STDIN, '<', '/dev/null') or die "cannot open /dev/null: $!\\n";
$| = 1;
my $here = '';
sub enter {
  my ($name) = @_;
  return 1 if $name eq $here;
  my $file = $own;
  if ($name ne '') {
    undef $file;
    open($file, '<', $name) or return refuse("cannot open $name: $!");
  }
  syscall($setns, fileno($file), $CLONE_NEWNET) == 0 or return refuse("cannot enter $name: $!");
  $here = $name;
  return 1;
}
sub refuse {
  print STDERR "nsenter: $_[0]\\n";
  return 0;
}
sub run {
  my $status = system { $_[0] } @_;
  if ($status == -1) {
    print STDERR "$_[0]: $!\\n";
    return 127;
  }
  return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}
for my $line (@lines) {
  my ($netns, @words) = split(/\\x1f/, $line, -1);
  pop @words;
  my $status = enter($netns) ? run(@words) : 1;
  print "\\0$status\\0";
  print STDERR "\\0";
}
`;

/** \`read\` would read byte by byte. */
const SHELL = `
set -f
separator=$(printf '\\037') newline='
'
nsenter=$1
IFS=$newline
for line in $(cat); do
  IFS=$separator; set -- $line; IFS=$newline
  netns=$1; shift
  if [ -n "$netns" ]; then set -- "$nsenter" "--net=$netns" "$@"; fi
  "$@" </dev/null
  printf '\\0%d\\0' "$?"
  printf '\\0' >&2
done
`;
