// A topology file in, whether its checks pass on this host out.
import { EXIT, FILE, FORMAT, type Subcommand } from './command.js';

export const verify: Subcommand = {
  name: 'verify',
  summary: 'run the checks of a file',
  description:
    'Runs the `checks` of a topology that has been applied, and changes nothing. Exits with 6 when one fails.',
  arguments: [FILE],
  options: [FORMAT],
  examples: [{ line: 'netplan-ovs verify topology.yaml', shows: 'a line for each check' }],

  async run(invocation, io) {
    const { open } = await import('./open.js');
    const { checked } = await import('./checked.js');
    const opened = await open(invocation.arguments[0] ?? '', invocation.settings, io);
    if (opened === null) return EXIT.refused;
    const { topology, intent, origin } = opened;
    const results = await checked(topology.checks, intent.bodies, origin, invocation, io);
    if (invocation.options['format'] === 'json') {
      const { checksJson } = await import('../render/checks.js');
      const { jsonText } = await import('../render/json.js');
      io.out(jsonText({ format: 1, topology: topology.name, checks: checksJson(results, origin) }));
    }
    return results.every(({ passed }) => passed) ? EXIT.done : EXIT.checkFailed;
  },
};
