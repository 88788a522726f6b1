// A topology file in; what it says and where, or its problems on standard error.
import { intentOf } from '../intent.js';
import { loadFile } from '../load/index.js';
import type { Topology } from '../load/topology.js';
import { renderDiagnostics } from '../render/diagnostics.js';
import type { Origin } from '../render/origin.js';
import type { Intent } from '../survey.js';
import type { Io } from './command.js';

export interface Opened {
  readonly topology: Topology;
  readonly intent: Intent;
  readonly origin: Origin;
}

/** Null when the file has an error; what is wrong with it, and warnings too, have then been said. */
export function open(file: string, io: Io): Opened | null {
  const { topology, diagnostics, texts } = loadFile(file);
  if (diagnostics.length > 0) io.err(renderDiagnostics(diagnostics, texts, io.paint.err));
  if (topology === null) return null;
  return {
    topology,
    intent: intentOf(topology),
    origin: originOf(topology, texts.get(topology.file) ?? null),
  };
}

const originOf = (topology: Topology, text: string | null): Origin => ({
  file: topology.file,
  text,
  positionOf: (path) => (path === null ? null : topology.positionOf(path, 'key')),
});
