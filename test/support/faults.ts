// Tools that fail on demand: a throw-away host in, the environment in which the n-th process that writes fails out.
import type { Sandbox } from './sandbox.js';

/** What the program does its writing with; `sh` writes kernel settings. */
const TOOLS = ['ip', 'bridge', 'ovs-vsctl', 'ovs-ofctl', 'nft', 'sh'] as const;

/**
 * How a process fails: without doing anything, after all of it, because somebody killed it after all of it, or by never ending after
 * all of it; or (of a batch) at one of its lines.
 */
export const FAULT_MODES = ['refuses', 'late', 'killed', 'hangs'] as const;

export interface Fault {
  /** Which of the processes that write, counting from 1. */
  readonly call: number;
  readonly mode: (typeof FAULT_MODES)[number] | 'line';
  /** Of the mode `line`: the line that is not done, counting from 1. */
  readonly line?: number;
}

const DIRECTORY = '/run/faults';

/** Each process that writes takes the next number (only one can make a directory), and the one with the number of the fault fails. */
const WRAPPER = String.raw`#!/bin/sh
real() { exec "$REAL" "$@"; }
[ -f ${DIRECTORY}/fault ] || real "$@"
file=; lines=1
case " $* " in
*" -force "*) real "$@";; # tries in a namespace of its own what the kernel can do
*" -batch "*)
  for file in "$@"; do :; done
  lines=$(wc -l <"$file")
  case $(head -n 1 "$file") in "address show"*) real "$@";; esac;;
*" -j "*|*" -json "*|*" --format=json "*|*-flows\ *|*" -V "*|*" --version "*) real "$@";;
esac
case "$NAME $*" in sh*tee*) ;; sh*) real "$@";; esac
read -r call mode line <${DIRECTORY}/fault
n=1; until mkdir ${DIRECTORY}/calls/$n 2>/dev/null; do n=$((n + 1)); done
echo "$lines" >${DIRECTORY}/calls/$n/lines
[ $n = "$call" ] || real "$@"
case $mode in
refuses) ;;
late) "$REAL" "$@";;
killed) "$REAL" "$@"; kill -9 $$;;
hangs) "$REAL" "$@"; exec sleep 600;;
line)
  head -n $((line - 1)) "$file" >${DIRECTORY}/part
  for word in "$@"; do shift; [ "$word" != "$file" ] || word=${DIRECTORY}/part; set -- "$@" "$word"; done
  "$REAL" "$@"
  echo "no more today" >&2; echo "Command failed $file:$line" >&2; exit 1;;
esac
echo "$NAME: not today" >&2; exit 1
`;

/** Puts programs before the tools that do as these do, but for the fault that was set. */
export async function withFaults(box: Sandbox): Promise<NodeJS.ProcessEnv> {
  await box.sh(`mkdir -p ${DIRECTORY}/bin ${DIRECTORY}/calls`);
  for (const tool of TOOLS) {
    const real = (await box.sh(`command -v ${tool}`)).trim();
    const input = WRAPPER.replaceAll('"$REAL"', real).replaceAll('$NAME', tool);
    await box.run(['tee', `${DIRECTORY}/bin/${tool}`], { input });
  }
  const path = (await box.sh(`chmod +x ${DIRECTORY}/bin/*; echo "$PATH"`)).trim();
  return { PATH: `${DIRECTORY}/bin:${path}` };
}

/** Sets the fault of the next run. */
export const setFault = (box: Sandbox, { call, mode, line = 0 }: Fault): Promise<string> =>
  box.sh(
    `rm -rf ${DIRECTORY}/calls; mkdir ${DIRECTORY}/calls; echo "${call} ${mode} ${line}" >${DIRECTORY}/fault`,
  );

/** Takes the fault away. How many lines the process had to do that failed; 0 where there was no such process, and so no fault. */
export const endFault = async (box: Sandbox, { call }: Fault): Promise<number> =>
  Number(await box.sh(`rm ${DIRECTORY}/fault; cat ${DIRECTORY}/calls/${call}/lines 2>/dev/null || :`));
