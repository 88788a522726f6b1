// This host in, the topologies on it and what each owns out.
import { EXIT, FORMAT, type Subcommand } from './command.js';

export const show: Subcommand = {
  name: 'show',
  summary: 'list what topologies own on this host',
  description:
    'Lists what netplan-ovs has made on this host, by topology. It reads the marks in the things themselves, so it needs no files.',
  arguments: [],
  options: [{ name: '--name', value: 'NAME', description: 'this topology alone' }, FORMAT],
  examples: [
    { line: 'netplan-ovs show', shows: 'every topology and what it owns' },
    { line: 'netplan-ovs show --name lab --format json', shows: 'one of them, for a program' },
  ],

  async run({ options, settings }, io) {
    const { owned } = await import('../owned.js');
    const { ownedJson, ownedText } = await import('../render/owned.js');
    const { sayUnderWay } = await import('./unfinished.js');
    await sayUnderWay(settings, io);
    const all = await owned(settings);
    const wanted =
      options['name'] === undefined ? all : all.filter(({ topology }) => topology === options['name']);
    if (options['format'] === 'json') io.out(ownedJson(wanted));
    else if (wanted.length === 0 && all.length > 0)
      io.out(`Nothing on this host belongs to ${String(options['name'])}.\n`);
    else io.out(ownedText(wanted, io.paint.out));
    return EXIT.done;
  },
};
