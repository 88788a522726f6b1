// Files in; every problem of each of them out, with its place. Reads nothing but the files.
import { EXIT, FILE, FORMAT, type Subcommand } from './command.js';

export const validate: Subcommand = {
  name: 'validate',
  summary: 'check files: schema, references, semantics',
  description:
    'Finds everything that is wrong with topology files without looking at the host: it needs no root and no network, so it fits into an editor or a commit hook.',
  arguments: [{ ...FILE, description: 'topology files; `-` reads standard input', many: true }],
  options: [FORMAT],
  examples: [
    { line: 'netplan-ovs validate topology.yaml', shows: 'every problem, each with its line and a hint' },
    { line: 'netplan-ovs validate --format json *.yaml', shows: 'the same for a program' },
  ],

  async run({ arguments: files, options }, io) {
    const { loadFile } = await import('../load/index.js');
    const { validationJson, validationText } = await import('../render/validation.js');
    const results = files.map((file) => ({ file, ...loadFile(file) }));
    if (options['format'] === 'json') io.out(validationJson(results));
    else io.out(validationText(results, io.paint.out));
    return results.every(({ topology }) => topology !== null) ? EXIT.done : EXIT.refused;
  },
};
