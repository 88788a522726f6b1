// (stub)
import { EXIT, FILE, type Subcommand } from './command.js';

export const rehearse: Subcommand = {
  name: 'rehearse',
  summary: 'try a topology’s whole life in a sandbox',
  description: '',
  arguments: [{ ...FILE, many: true }],
  options: [],
  examples: [],
  async run() {
    return EXIT.done;
  },
};
