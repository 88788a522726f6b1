// An intent and a state in; everything done with them that `plan` and `apply` do until the first process is started.
import assert from 'node:assert/strict';
import { Refusal } from '../../src/errors.js';
import type { Command } from '../../src/model.js';
import { jsonText, planJson } from '../../src/render/json.js';
import { obstaclesText } from '../../src/render/obstacles.js';
import { NOWHERE } from '../../src/render/origin.js';
import { planScript } from '../../src/render/script.js';
import { planText } from '../../src/render/text.js';
import { settingsFrom } from '../../src/settings.js';
import type { HostState } from '../../src/state.js';
import { assess, type Intent, type Survey } from '../../src/survey.js';
import { toolsFor } from '../../src/tools/index.js';
import type { Call } from '../../src/tools/tool.js';

const settings = settingsFrom({ NETPLAN_OVS_DATAPATH: 'netdev' });

/** Number of commands. Throws when one of them would not reach its program as it is. */
export function planned(intent: Intent, host: HostState): number {
  const surveyed = assessed(intent, host);
  if (surveyed === null) return 0;
  const { plan, obstacles, fingerprint } = surveyed;
  obstaclesText(obstacles, NOWHERE);
  planText(plan, null);
  planScript(plan, NOWHERE);
  jsonText([planJson(plan, obstacles, NOWHERE, []), fingerprint]);
  const tools = toolsFor(settings);
  const batches = plan.waves.flat();
  for (const { tool, commands } of batches) {
    for (const call of tools[tool].calls(commands, null)) requireWhole(call, commands);
  }
  return batches.reduce((sum, { commands }) => sum + commands.length, 0);
}

function assessed(intent: Intent, host: HostState): Survey | null {
  try {
    return assess(intent, null, host, settings);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** No word may become two, end its line or be lost: what a program reads out of its file or its arguments is what was meant. */
function requireWhole({ process, commands: indexes }: Call, commands: readonly Command[]): void {
  const { argv, input } = process;
  const meant = indexes.map((index) => [...(commands[index]?.args ?? [])]);
  const lines = input?.split('\n').slice(0, -1) ?? [];
  if (argv.includes('-batch')) {
    const option = argv[1] === '-batch' ? [] : argv.slice(1, 2);
    assert.deepEqual(
      lines.map((line) => [...option, ...iproute2Words(line)]),
      meant,
    );
  } else if (argv[0] === 'nft') {
    assert.equal(lines.length, meant.length);
    for (const line of lines) assert.match(line.replace(/"[^"]*"/g, ''), /^[\w.:/[\] ;{},!=-]*$/);
  } else if (argv[0] === 'ovs-vsctl') {
    const [, ...told] = argv.join('\0').split('\0--\0--\0');
    assert.deepEqual(
      told.map((words) => words.split('\0')),
      meant,
    );
  } else if (argv[0] === 'ovs-ofctl') {
    assert.deepEqual(
      lines,
      meant.map(([verb = '', , flow = '']) => `flow ${verb} ${flow}`),
    );
    assert.doesNotMatch(lines.join(), /#/);
  } else if (input !== undefined) {
    assert.deepEqual(lines, meant.flat());
  } else {
    assert.deepEqual(argv.slice(1), meant.flat());
  }
}

/** makeargs() of iproute2's lib/utils.c. */
function iproute2Words(line: string): string[] {
  const [code = ''] = line.split('#');
  return [...code.matchAll(/'([^']*)'?|"([^"]*)"?|[^ \t\r]+/g)].map(
    ([whole, single, double]) => single ?? double ?? whole,
  );
}
