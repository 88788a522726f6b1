// A topology file in; what it says and where, or its problems on standard error.
import { desiredOf } from '../load/desired.js';
import { loadFile } from '../load/index.js';
import type { DeclaredBody, Topology } from '../load/topology.js';
import type { Body } from '../model.js';
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
  const desired = desiredOf(topology);
  return {
    topology,
    intent: { topology: topology.name, bodies: topology.bodies.map(bodyOf), desired },
    origin: originOf(topology, texts.get(topology.file) ?? null),
  };
}

const originOf = (topology: Topology, text: string | null): Origin => ({
  file: topology.file,
  text,
  positionOf: (path) => (path === null ? null : topology.positionOf(path, 'key')),
});

/** Where a namespace is found: that of a process, a file that names it, or by its name where it is ours. */
function bodyOf({ name, from }: DeclaredBody, index: number): Body {
  if (index === 0) return { name, netns: null };
  const [, sort, rest = ''] = /^(pid|path):(.*)$/s.exec(from ?? '') ?? [];
  if (sort === 'pid') return { name, netns: `/proc/${rest}/ns/net` };
  return { name, netns: sort === 'path' ? rest : `/run/netns/${name}` };
}
