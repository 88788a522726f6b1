// A plan in, its commands done, the first failure out. Looks at nothing but the plan.
import type { Batch, Command, Plan, Step } from './model.js';
import type { Settings } from './settings.js';
import { ToolError } from './errors.js';
import { toolsFor } from './tools/index.js';
import { runAll } from './tools/run.js';
import type { Call, Failure, Outcome } from './tools/tool.js';

/** A command that failed, the step that wanted it, and the tool's own words. */
export interface StepFailure {
  readonly step: Step;
  readonly command: Command;
  readonly netns: string | null;
  readonly message: string;
}

/** Does the waves of a plan, one after the other. Returns the first failure; the waves after it are not begun. */
export async function execute(
  plan: Plan,
  settings: Settings,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<StepFailure | null> {
  const total = plan.waves.flat().reduce((sum, batch) => sum + batch.commands.length, 0);
  let done = 0;
  for (const wave of plan.waves) {
    const failure = await doWave(wave, plan, settings);
    if (failure !== null) return failure;
    done += wave.reduce((sum, batch) => sum + batch.commands.length, 0);
    onProgress(done, total);
  }
  return null;
}

interface Part {
  readonly batch: Batch;
  readonly call: Call;
  readonly netns: string | null;
}

/** The first calls of all batches side by side, then the second ones: a batch rarely needs more than one. */
async function doWave(wave: readonly Batch[], plan: Plan, settings: Settings): Promise<StepFailure | null> {
  const netnsOf = new Map(plan.bodies.map((body) => [body.name, body.netns]));
  const rounds: Part[][] = [];
  for (const batch of wave) {
    const netns = netnsOf.get(batch.body);
    if (netns === undefined) throw new Error(`no namespace is known for the body ${batch.body}`);
    for (const [round, call] of toolsFor(settings)[batch.tool].calls(batch.commands, netns).entries()) {
      (rounds[round] ??= []).push({ batch, call, netns });
    }
  }
  for (const parts of rounds) {
    const failure = await doCalls(parts, plan, settings);
    if (failure !== null) return failure;
  }
  return null;
}

async function doCalls(parts: readonly Part[], plan: Plan, settings: Settings): Promise<StepFailure | null> {
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
    const failure =
      outcome === undefined ? null : toolsFor(settings)[part.batch.tool].failure(part.call, outcome);
    if (failure !== null) return blame(part, failure, plan);
  }
  return null;
}

function blame({ batch, netns }: Part, { command, message }: Failure, plan: Plan): StepFailure {
  const failed = batch.commands[command];
  const step = plan.steps[batch.steps[command] ?? 0];
  if (failed === undefined || step === undefined) throw new Error(`nobody to blame for: ${message}`);
  return { step, command: failed, netns, message };
}
