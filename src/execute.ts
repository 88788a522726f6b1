// A plan in, its commands done, the first failure out, and what namespaces have become. Looks at nothing but the plan.
import { HOST, type Batch, type Command, type Plan, type Step, type Wave } from './model.js';
import type { Settings } from './settings.js';
import { ToolError } from './errors.js';
import { toolsFor } from './tools/index.js';
import { showingAll } from './tools/ip.js';
import { runAll } from './tools/run.js';
import type { Call, Failure, Outcome, Tool } from './tools/tool.js';
import { lastOf } from './touched.js';

/** A command that failed, the step that wanted it, and the tool's own words. */
export interface StepFailure {
  readonly step: Step;
  readonly command: Command;
  readonly netns: string | null;
  readonly message: string;
}

export interface Executed {
  /** The first failure; the waves after it have not been begun. */
  readonly failure: StepFailure | null;
  /** By body, what `readNamespace` would have printed of it right after the last command that could change it. */
  readonly shown: ReadonlyMap<string, Outcome>;
}

/**
 * Does the waves of a plan, one after the other. The process that does the last of a namespace's commands also shows what has
 * become of it: to start another one for that would take as long as the commands did. `onProgress` is told before each wave,
 * and in the end.
 */
export async function execute(
  plan: Plan,
  settings: Settings,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Executed> {
  const total = plan.waves.flat().reduce((sum, batch) => sum + batch.commands.length, 0);
  const shown = new Map<string, Outcome>();
  const last = lastOf(plan);
  let done = 0;
  for (const wave of plan.waves) {
    onProgress(done, total);
    for (const parts of roundsOf(wave, last, plan, settings)) {
      const failure = await doCalls(parts, shown, plan, settings);
      if (failure !== null) return { failure, shown };
    }
    done += wave.reduce((sum, batch) => sum + batch.commands.length, 0);
  }
  onProgress(done, total);
  return { failure: null, shown };
}

interface Part {
  readonly batch: Batch;
  readonly call: Call;
  readonly netns: string | null;
  readonly shows: boolean;
}

/** The first calls of all batches side by side, then the second ones: a batch rarely needs more than one. */
function roundsOf(wave: Wave, last: ReadonlySet<Batch>, { bodies }: Plan, settings: Settings): Part[][] {
  const netnsOf = new Map(bodies.map((body) => [body.name, body.netns]));
  const rounds: Part[][] = [];
  for (const batch of wave) {
    const netns = netnsOf.get(batch.body);
    if (netns === undefined) throw new Error(`no namespace is known for the body ${batch.body}`);
    const calls = toolsFor(settings)[batch.tool].calls(batch.commands, netns);
    for (const [round, call] of calls.entries()) {
      const isLast = batch.body !== HOST && last.has(batch) && round === calls.length - 1;
      const process = isLast ? showingAll(call.process) : null;
      const part = process === null ? { call, shows: false } : { call: { ...call, process }, shows: true };
      (rounds[round] ??= []).push({ batch, netns, ...part });
    }
  }
  return rounds;
}

async function doCalls(
  parts: readonly Part[],
  shown: Map<string, Outcome>,
  plan: Plan,
  settings: Settings,
): Promise<StepFailure | null> {
  let outcomes: readonly Outcome[];
  try {
    outcomes = await runAll(
      parts.map(({ call }) => call.process),
      settings,
    );
  } catch (error) {
    const [part] = parts;
    if (!(error instanceof ToolError) || part === undefined) throw error;
    return blame(
      part,
      { command: part.call.commands[0] ?? 0, message: `${error.message}\n${error.stderr}`.trim() },
      plan,
    );
  }
  for (const [i, part] of parts.entries()) {
    const outcome = outcomes[i];
    if (outcome === undefined) continue;
    const tool = toolsFor(settings)[part.batch.tool];
    const failure = tool.failure(part.call, outcome);
    if (failure !== null) {
      const rest = isGone(part, failure, tool, plan) ? tool.rest?.(part.call, outcome) : undefined;
      if (rest === undefined) return blame(part, failure, plan);
      const further = rest && (await doCalls([{ ...part, call: rest }], shown, plan, settings));
      if (further !== null) return further;
    } else if (part.shows) shown.set(part.batch.body, outcome);
  }
  return null;
}

/** What was to be removed and is not there has gone since it was seen: what is left of its call can be done. */
const isGone = ({ batch }: Part, { command, message }: Failure, tool: Tool, plan: Plan): boolean =>
  plan.steps[batch.steps[command] ?? -1]?.phase === 'remove' && tool.saysGone?.(message) === true;

function blame({ batch, netns }: Part, { command, message }: Failure, plan: Plan): StepFailure {
  const failed = batch.commands[command];
  const step = plan.steps[batch.steps[command] ?? 0];
  if (failed === undefined || step === undefined) throw new Error(`nobody to blame for: ${message}`);
  return { step, command: failed, netns, message };
}
