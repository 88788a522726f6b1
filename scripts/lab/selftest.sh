#!/bin/bash
# In: nothing. Out: a line per awkward case of run-in-lab.sh, `ok` or `FAIL`; about a minute and a half when emulated.
cd "$(dirname "$0")" || exit 1
lab=./run-in-lab.sh
scratch=$(mktemp -d)
export scratch
trap 'rm -rf "$scratch"' EXIT
failed=0

is() {
  if [ "$2" = "$3" ]; then echo "ok   $1"; else
    echo "FAIL $1: got '$2', wanted '$3'"
    failed=1
  fi
}

# Output
is "one write of 5 MB is whole" "$($lab node -e 'process.stdout.write("x".repeat(5e6))' | wc -c)" 5000000
is "a slow reader loses nothing" "$($lab sh -c 'seq 200000' | (sleep 6 && md5sum))" "$(seq 200000 | md5sum)"
$lab --rw "$scratch" -- sh -c 'head -c 3000000 /dev/urandom | tee $scratch/random' >"$scratch/copy"
is "binary output is unchanged" "$(sha1sum <"$scratch/copy")" "$(sha1sum <"$scratch/random")"
is "stdout and stderr to one place keep their order" \
  "$($lab sh -c 'for i in 1 2 3; do echo o$i; echo e$i >&2; done' 2>&1 | tr '\n' ' ')" "o1 e1 o2 e2 o3 e3 "
is "stdout alone" "$($lab sh -c 'echo o; echo e >&2' 2>/dev/null)" o
is "stderr alone" "$($lab sh -c 'echo o; echo e >&2' 2>&1 >/dev/null)" e

# The command
is "arguments" "$($lab printf '[%s]' 'a b' $'c\nd' '' '$HOME' "it's")" $'[a b][c\nd][][$HOME][it\'s]'
is "environment" "$(FOO=$'a\nb "c' $lab sh -c 'echo "$FOO" $LAB_GUEST')" $'a\nb "c 1'
is "a variable with the name of one of ours" "$(memory=mine $lab sh -c 'echo $memory')" mine
is "directory" "$($lab pwd)" "$PWD"

# Exit status
for status in 0 1 124 125 200 255; do
  $lab sh -c "exit $status"
  is "status $status" $? $status
done
$lab bash -c 'kill -9 $$' 2>/dev/null
is "killed" $? 137
$lab no-such-command 2>/dev/null
is "not found" $? 127
$lab /etc/passwd 2>/dev/null
is "not executable" $? 126
timeout 60 $lab bash -c '(while :; do sleep 1; done) & exit 3'
is "a process left behind does not hold the guest" $? 3
$lab --timeout 8 sleep 100 2>/dev/null
is "timeout" $? 124
$lab sh -c 'echo c >/proc/sysrq-trigger' 2>"$scratch/err"
is "panic" $? 125
is "a panic is shown" "$(grep -c 'Kernel panic' "$scratch/err")" 1

# What the guest can reach
$lab --rw "$scratch" -- sh -c 'echo y >$scratch/inside; echo x >outside'
is "--rw reaches the host" "$(cat "$scratch/inside")" y
is "nothing else does" "$(ls outside 2>/dev/null)" ""
is "no network device but lo" "$($lab sh -c 'ls /sys/class/net | tr "\n" " "')" "lo "
(for i in 1 2 3; do $lab sh -c "echo $i" & done; wait) >"$scratch/three"
is "three at once" "$(sort "$scratch/three" | tr -d '\n')" 123
exit $failed
