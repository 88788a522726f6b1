// A command in, run in a throw-away host; its exit status out.
import type { Subcommand } from './command.js';

export const sandbox: Subcommand = {
  name: 'sandbox',
  summary: 'run a command in a throw-away host',
  description:
    'Runs a command in network, mount and process namespaces of its own, with nothing in them but `lo` and an empty Open vSwitch. When the command ends, everything goes. Needs no root where the kernel lets users make namespaces.',
  arguments: [{ name: 'COMMAND', description: 'program and its arguments', many: true }],
  options: [],
  examples: [
    { line: 'netplan-ovs sandbox -- bash', shows: 'a shell as root of an empty host' },
    {
      line: "netplan-ovs sandbox -- sh -c 'netplan-ovs apply lab.yaml && ip -br link'",
      shows: 'what a topology makes',
    },
  ],
  passThrough: true,

  async run({ arguments: command }) {
    const { sandboxCommand, sandboxMissing } = await import('../sandbox.js');
    const { Refusal } = await import('../errors.js');
    const { runAttached } = await import('../tools/run.js');
    const missing = sandboxMissing();
    if (missing.length > 0) throw new Refusal(['no sandbox can be made here:', ...missing].join('\n  '));
    const { argv, env } = sandboxCommand(command);
    return runAttached(argv, env);
  },
};
