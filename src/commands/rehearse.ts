// Topology files in; whether their whole life goes well, in a sandbox that nothing leaves, out.
import type { Script } from '../rehearsal/rehearse.js';
import { EXIT, FILE, FORMAT, type Invocation, type Io, type Subcommand } from './command.js';

export const rehearse: Subcommand = {
  name: 'rehearse',
  summary: 'try a topology’s whole life in a sandbox',
  description:
    'Does in a throw-away host what would be done on a real one: apply, checks, a second plan that must be empty, destroy; then the host must be as it was. NICs that the files adopt get stand-ins. Each of several files gets a host of its own, and NICs of one name or one network are wired together, so that both ends of a tunnel can be rehearsed. Needs no root where the kernel lets users make namespaces.',
  arguments: [{ ...FILE, description: 'topology files, a host each; `-` reads standard input', many: true }],
  options: [FORMAT],
  examples: [
    { line: 'netplan-ovs rehearse topology.yaml', shows: 'in an editor’s terminal, or in CI' },
    { line: 'netplan-ovs rehearse node1.yaml node2.yaml', shows: 'two hosts on one wire' },
  ],

  async run(invocation, io) {
    if (!invocation.settings.standIns) return enter(invocation);
    const scripts = await scriptsOf(invocation.arguments, io);
    if (scripts === null) return EXIT.refused;
    const { needsOvs, rehearse: play } = await import('../rehearsal/rehearse.js');
    await requireSandbox(scripts.some(needsOvs));
    return play(scripts, invocation, io);
  },
};

/** Tells the second of two runs, in the sandbox that the first has made, that it is there. */
const INSIDE = 'NETPLAN_OVS_REHEARSAL';

/** The same command line again, in a sandbox: its own network is the world between the hosts. */
async function enter({ arguments: files }: Invocation): Promise<number> {
  const { sandboxCommand } = await import('../sandbox.js');
  const { runAttached } = await import('../tools/run.js');
  const { dirname, resolve } = await import('node:path');
  await requireSandbox(false);
  const { argv, env } = sandboxCommand([process.execPath, ...process.argv.slice(1)], {
    ovs: 'none',
    reachable: files.map((file) => dirname(resolve(file))),
  });
  return runAttached(argv, { ...env, [INSIDE]: '1' });
}

async function requireSandbox(ovs: boolean): Promise<void> {
  const { sandboxMissing } = await import('../sandbox.js');
  const missing = sandboxMissing({ ovs });
  if (missing.length === 0) return;
  const { Refusal } = await import('../errors.js');
  throw new Refusal(['no rehearsal is possible here:', ...missing].join('\n  '));
}

async function scriptsOf(files: readonly string[], io: Io): Promise<readonly Script[] | null> {
  const { loadFile } = await import('../load/index.js');
  const { renderDiagnostics } = await import('../render/diagnostics.js');
  const { Refusal } = await import('../errors.js');
  const { normalize } = await import('node:path');
  const scripts = files.map((file): Script | null => {
    const { topology, diagnostics, texts } = loadFile(file);
    if (diagnostics.length > 0) io.err(renderDiagnostics(diagnostics, texts, io.paint.err));
    for (const { name, from } of topology?.bodies ?? []) {
      if (from?.startsWith('pid:') === true)
        throw new Refusal(`${file}: \`${name}\` is found by a process, which a sandbox does not have`);
      if (from !== null && !normalize(from.slice('path:'.length)).startsWith('/run/'))
        throw new Refusal(`${file}: \`${name}\` is found outside of /run, where a rehearsal makes no files`);
    }
    return topology && { file, topology, input: file === '-' ? texts.get(topology.file) : undefined };
  });
  const sound = scripts.filter((script) => script !== null);
  return sound.length === files.length ? sound : null;
}
