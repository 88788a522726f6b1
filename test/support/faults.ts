// Tools that fail on demand: a throw-away host in, the environment in which its tools fail at the n-th call that writes out.
import type { Sandbox } from './sandbox.js';

export const FAULTY_TOOLS = ['ip', 'ovs-vsctl', 'nft'] as const;

/**
 * How a call that writes fails: without doing anything, after half of its lines (of `ip`), after all of it, or because
 * somebody killed it, after all of it as well.
 */
export const FAULT_MODES = ['refuses', 'half', 'late', 'killed'] as const;

export interface Fault {
  readonly tool: (typeof FAULTY_TOOLS)[number];
  /** Which of the calls that write, counting from 1. */
  readonly call: number;
  readonly mode: (typeof FAULT_MODES)[number];
}

const DIRECTORY = '/run/faults';

/** Each call takes the next number (only one can make a directory), and the one with the number of the fault fails. */
const WRAPPER = String.raw`#!/bin/sh
case " $* " in *" -j "*|*" -json "*|*--format=json*) exec "$REAL" "$@";; esac
[ -f ${DIRECTORY}/fault ] || exec "$REAL" "$@"
read -r tool call mode <${DIRECTORY}/fault
[ "$tool" = "$NAME" ] || exec "$REAL" "$@"
n=1; until mkdir ${DIRECTORY}/calls/$n 2>/dev/null; do n=$((n + 1)); done
[ $n = "$call" ] || exec "$REAL" "$@"
case $mode in
refuses) ;;
half)
  for file in "$@"; do :; done
  half=$(($(wc -l <"$file") / 2))
  head -n $half "$file" | "$REAL" -batch -
  echo "no more today" >&2; echo "Command failed $file:$((half + 1))" >&2; exit 1;;
late) "$REAL" "$@";;
killed) "$REAL" "$@"; kill -9 $$;;
esac
echo "$NAME: not today" >&2; exit 1
`;

/** Puts programs before the tools that do as these do, but for the fault that was set. */
export async function withFaults(box: Sandbox): Promise<NodeJS.ProcessEnv> {
  await box.sh(`mkdir -p ${DIRECTORY}/bin ${DIRECTORY}/calls`);
  for (const tool of FAULTY_TOOLS) {
    const real = (await box.sh(`command -v ${tool}`)).trim();
    const input = WRAPPER.replaceAll('"$REAL"', real).replaceAll('$NAME', tool);
    await box.run(['tee', `${DIRECTORY}/bin/${tool}`], { input });
  }
  const path = (await box.sh(`chmod +x ${DIRECTORY}/bin/*; echo "$PATH"`)).trim();
  return { PATH: `${DIRECTORY}/bin:${path}` };
}

/** Sets the fault of the next run, or none. */
export async function setFault(box: Sandbox, fault: Fault | null): Promise<void> {
  const words = fault === null ? '' : `${fault.tool} ${fault.call} ${fault.mode}\n`;
  await box.sh(
    `rm -rf ${DIRECTORY}/calls ${DIRECTORY}/fault; mkdir ${DIRECTORY}/calls
    [ -z "$FAULT" ] || printf '%s\n' "$FAULT" >${DIRECTORY}/fault`,
    { env: { FAULT: words.trim() } },
  );
}

/** True when there was such a call, and so a fault. */
export const wasFaulty = async (box: Sandbox, { call }: Fault): Promise<boolean> =>
  (await box.sh(`if [ -d ${DIRECTORY}/calls/${call} ]; then echo yes; fi`)) !== '';
