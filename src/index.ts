// The library: what other programs may import, and nothing else.
//
//   import { loadFile, plan, apply } from 'netplan-ovs';
//   const { topology, diagnostics } = loadFile('topology.yaml');
//   if (topology !== null && (await plan(topology)).plan.changes.length > 0) await apply(topology);
export { load, loadFile, type Loaded } from './load/index.js';
export { apply, destroy, plan, show, verify, type Options, type Outcome, type Planned } from './library.js';
export { topologySchema, type Schema } from './schema.js';
export { Refusal, ToolError } from './errors.js';
export type { Applied } from './apply.js';
export type { CheckResult } from './check.js';
export type { Obstacle } from './diff.js';
export type { StepFailure } from './execute.js';
export type { Diagnostic } from './load/diagnostic.js';
export type { Check, Topology } from './load/topology.js';
export type {
  Action,
  Batch,
  Body,
  Change,
  Command,
  Desired,
  FieldChange,
  Fields,
  Interruption,
  Json,
  Live,
  Plan,
  Position,
  Resource,
  Step,
} from './model.js';
export type { Owned } from './owned.js';
export type { Settings } from './settings.js';
