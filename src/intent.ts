// A topology in, what it wants of the host out: its namespaces as files, and every resource.
import { checkKey } from './check.js';
import { desiredOf } from './load/desired.js';
import type { DeclaredBody, Topology } from './load/topology.js';
import { HOST, netnsFile, type Body } from './model.js';
import type { Intent } from './survey.js';

/** What `survey` takes. */
export const intentOf = (topology: Topology): Intent => ({
  topology: topology.name,
  bodies: topology.bodies.map(bodyOf),
  desired: desiredOf(topology),
  checks: topology.checks.map(checkKey),
  protect: topology.protect,
});

/** Where a body's namespace is found: that of a process, a file that names it, or by its name where it is ours. */
export function bodyOf({ name, from }: DeclaredBody): Body {
  if (name === HOST) return { name, netns: null };
  const [, sort, rest = ''] = /^(pid|path):(.*)$/s.exec(from ?? '') ?? [];
  if (sort === 'pid') return { name, netns: `/proc/${rest}/ns/net` };
  return { name, netns: sort === 'path' ? rest : netnsFile(name) };
}
