// A topology in, a shell script out that feeds the very batches of its plan to the tools: what apply adds to that is its own.
import { readFileSync } from 'node:fs';
import type { SavedPlan } from '../../src/saved-plan.js';
import { settingsFrom } from '../../src/settings.js';
import { toolsFor } from '../../src/tools/index.js';
import { pathTo } from '../../src/tools/path.js';
import { INPUT, shellWord, type Process } from '../../src/tools/tool.js';
import { inTwoShells } from './by-hand.js';
import { file, netplan, run } from './processes.js';

/** Wave by wave, the processes of each in two shells. */
export function batchesOf(topology: string): string {
  const saved = '/run/bench/plan.json';
  run(netplan('plan', topology, '--out', saved));
  const { plan } = (JSON.parse(readFileSync(saved, 'utf8')) as { readonly saved: SavedPlan }).saved;
  const netnsOf = new Map(plan.bodies.map(({ name, netns }) => [name, netns]));
  const tools = toolsFor(settingsFrom(process.env));
  const waves = plan.waves.map((wave, w) => {
    const commands = wave.flatMap(({ tool, body, commands: all }, b) =>
      tools[tool]
        .calls(all, netnsOf.get(body) ?? null)
        .map(({ process }, c) => lineOf(process, file(`batches/${w}-${b}-${c}`, process.input ?? ''))),
    );
    return commands.length === 1 ? `${commands.join('')}\n` : inTwoShells(commands, '/run/bench/written');
  });
  return `set -e\n${waves.join('')}`;
}

/** A process as a line for a shell; `input` is the file that holds its input. Programs by their files, which saves lookups. */
export function lineOf({ argv, netns }: Process, input = ''): string {
  const [program = '', ...args] = argv;
  const words = args.map((word) => (word === INPUT ? input : word));
  const enter = netns === null ? [] : [fileOf('nsenter'), `--net=${netns}`];
  return [...enter, fileOf(program), ...words].map(shellWord).join(' ');
}

const fileOf = (program: string): string => pathTo(program) ?? program;
