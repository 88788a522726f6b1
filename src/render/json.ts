// A plan in, the document for programs out: see schemas/plan.schema.json.
import type { Obstacle } from '../diff.js';
import type {
  Action,
  Body,
  Change,
  Fields,
  Interruption,
  Json,
  Plan,
  Position,
  Step,
  ToolName,
} from '../model.js';
import type { Objection } from '../guard.js';
import { objectionsJson, type ObjectionJson } from './guard.js';
import { obstacleDiagnostic } from './obstacles.js';
import type { Origin } from './origin.js';
import { summaryOf } from './text.js';

export interface PlanJson {
  /** Version of this format. */
  readonly format: 1;
  readonly topology: string;
  readonly file: string | null;
  readonly summary: Readonly<Record<Action, number>>;
  readonly bodies: readonly Body[];
  /** In the order in which they are done. */
  readonly changes: readonly ChangeJson[];
  readonly steps: readonly Step[];
  readonly waves: readonly (readonly BatchJson[])[];
  /** Why the plan cannot be carried out; then it has no steps. */
  readonly obstacles: readonly ObstacleJson[];
  /** What speaks against it: `apply` refuses it unless that is allowed. */
  readonly objections: readonly ObjectionJson[];
}

interface ChangeJson {
  readonly action: Action;
  readonly id: string;
  readonly kind: string;
  readonly body: string;
  /** What differs; a value that is left out was not there, or is not to be there. */
  readonly fields: readonly { readonly field: string; readonly before?: Json; readonly after?: Json }[];
  /** All fields, of what is there and of what is to be there. */
  readonly before: Fields | null;
  readonly after: Fields | null;
  readonly reason: string;
  readonly interrupts: Interruption;
  readonly source: Position | null;
}

interface BatchJson {
  readonly tool: ToolName;
  readonly body: string;
  /** `step` is an index into the plan's steps. */
  readonly commands: readonly { readonly step: number; readonly args: readonly string[] }[];
}

interface ObstacleJson {
  readonly reason: Obstacle['reason'];
  readonly id: string;
  readonly kind: string;
  readonly message: string;
  readonly hint: string | null;
  readonly source: Position | null;
}

/** The plan as a document, which holds all that its text says, and more. */
export function planJson(
  plan: Plan,
  obstacles: readonly Obstacle[],
  origin: Origin,
  objections: readonly Objection[] = [],
): PlanJson {
  return {
    format: 1,
    topology: plan.topology,
    file: origin.file,
    summary: summaryOf(plan.changes),
    bodies: plan.bodies,
    changes: plan.changes.map((change) => changeJson(change, origin)),
    steps: plan.steps,
    waves: plan.waves.map((wave) => wave.map(batchJson)),
    obstacles: obstacles.map((obstacle) => obstacleJson(obstacle, origin)),
    objections: objectionsJson(objections),
  };
}

/** A document as text: indented for people, a newline at the end. */
export const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;

function changeJson(change: Change, origin: Origin): ChangeJson {
  const { action, id, before, after, fields, reason, interrupts } = change;
  const { kind, body } = resourceOf(change);
  return {
    ...{ action, id, kind, body, fields },
    before: before === null ? null : before.fields,
    after: after === null ? null : after.fields,
    ...{ reason, interrupts },
    source: after === null ? null : origin.positionOf(after.at),
  };
}

function resourceOf({ id, before, after }: Change) {
  const resource = after ?? before;
  if (resource === null) throw new Error(`a change of nothing: ${id}`);
  return resource;
}

const batchJson = ({ tool, body, commands, steps }: Plan['waves'][number][number]): BatchJson => ({
  tool,
  body,
  commands: commands.map(({ args }, i) => ({ step: steps[i] ?? 0, args })),
});

export function obstacleJson(obstacle: Obstacle, origin: Origin): ObstacleJson {
  const { reason, desired } = obstacle;
  const { message, hint } = obstacleDiagnostic(obstacle, origin);
  const source = origin.positionOf(desired.at);
  return { reason, id: desired.id, kind: desired.kind, message, hint: hint ?? null, source };
}
