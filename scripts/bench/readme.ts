// Measurements in, the README with their tables between its two marks out.
import { readFileSync, writeFileSync } from 'node:fs';
import { machine } from './machine.js';
import type { Measurement } from './measurement.js';
import { overview } from './table.js';
import type { Verdict } from './targets.js';

const README = 'README.md';
const PART = /(<!-- speed: begin -->\n)[^]*(<!-- speed: end -->)/;

export function writeReadme(measurements: readonly Measurement[], verdicts: readonly Verdict[]): void {
  const text = readFileSync(README, 'utf8');
  const content = `\n${introduction()}\n\n${overview(measurements, verdicts)}\n${NOTES}\n`;
  writeFileSync(
    README,
    text.replace(PART, (_, begin: string, end: string) => `${begin}${content}\n${end}`),
  );
}

function introduction(): string {
  const { cores, memoryGiB, kernel, node, iproute2, openvswitch } = machine();
  const versions = `Linux ${kernel}, Node ${node}, iproute2 ${iproute2}, Open vSwitch ${openvswitch} (userspace datapath)`;
  return `\`npm run bench\` measures everything side by side in a sandbox, in turns, and fails when a target is missed. Medians of a
run on ${cores} cores with ${memoryGiB} GiB; ${versions}. An endpoint is a namespace, a veth pair into a bridge, an
address and a default route.`;
}

const NOTES = `- *One \`ip\` per step* is a shell script with a process for each step, *deleting one by one* another.
- *Batches as written by hand* bring up the bridge first and each end as it is made; *the same batches by hand* are those of the
  plan, in its order. Both are fed to the tools by two shells with \`nsenter\`.
- *Reading by hand*: two shells, one \`ip -j -d -batch\` for each namespace.
- *One endpoint more* is the whole of \`apply\`: plan, change, second look.
- *Own work* is load, diff, plan and render without any tool, on what was recorded of a host; *CPU* is that of the process
  without the tools that it calls.`;
