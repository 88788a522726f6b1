// A topology file in; what it says and where, or its problems on standard error.
import { bind } from '../bind.js';
import { intentOf } from '../intent.js';
import { loadFile, type Loaded } from '../load/index.js';
import type { Diagnostic } from '../load/diagnostic.js';
import type { Topology } from '../load/topology.js';
import { renderDiagnostics } from '../render/diagnostics.js';
import type { Origin } from '../render/origin.js';
import type { Settings } from '../settings.js';
import type { Intent } from '../survey.js';
import type { Io } from './command.js';

export interface Opened {
  readonly topology: Topology;
  readonly intent: Intent;
  readonly origin: Origin;
}

/** Null when the file has an error, or seeks a link that the host does not have; what is wrong, and warnings too, have then been said. `owners`: see `loadFile`. */
export async function open(
  file: string,
  settings: Settings,
  io: Io,
  owners: Settings['fileOwners'] = null,
): Promise<Opened | null> {
  const read = readTopology(file, io, owners);
  if (read === null) return null;
  const { topology, diagnostics } = await bind(read.topology, settings);
  sayDiagnostics(diagnostics, read.texts, io);
  if (diagnostics.length > 0) return null;
  const text = read.texts.get(topology.file) ?? null;
  return { topology, intent: intentOf(topology), origin: originOf(topology, text) };
}

interface ReadTopology {
  readonly topology: Topology;
  readonly texts: Loaded['texts'];
}

/** The same without a look at the host. */
export function readTopology(
  file: string,
  io: Io,
  owners: Settings['fileOwners'] = null,
): ReadTopology | null {
  const { topology, diagnostics, texts } = loadFile(file, owners);
  sayDiagnostics(diagnostics, texts, io);
  return topology && { topology, texts };
}

function sayDiagnostics(diagnostics: readonly Diagnostic[], texts: Loaded['texts'], io: Io): void {
  if (diagnostics.length > 0) io.err(renderDiagnostics(diagnostics, texts, io.paint.err));
}

const originOf = (topology: Topology, text: string | null): Origin => ({
  file: topology.file,
  text,
  positionOf: (path) => (path === null ? null : topology.positionOf(path, 'key')),
});
