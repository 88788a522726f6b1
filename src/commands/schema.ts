// Nothing in, the JSON schema of a topology file out.
import { EXIT, type Subcommand } from './command.js';

export const schema: Subcommand = {
  name: 'schema',
  summary: 'print the JSON schema of topology files',
  description: 'Prints the JSON schema with which files are validated, and from which editors complete.',
  arguments: [],
  options: [],
  examples: [
    { line: 'netplan-ovs schema > topology.schema.json', shows: 'the schema as a file' },
    {
      line: '# yaml-language-server: $schema=./topology.schema.json',
      shows: 'as the first line of a topology: editors complete it',
    },
  ],

  async run(_invocation, io) {
    const { topologySchema } = await import('../schema.js');
    const { jsonText } = await import('../render/json.js');
    io.out(jsonText(topologySchema()));
    return EXIT.done;
  },
};
