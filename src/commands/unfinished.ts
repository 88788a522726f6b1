// The journals of this host in, words about runs that were ended before they were through out.
import { journals, type Journal } from '../journal.js';
import { plural } from '../render/fold.js';
import { escaped } from '../render/diagnostics.js';
import type { Settings } from '../settings.js';
import type { Io } from './command.js';

/** Whoever holds the lock knows that no run of a journal is still going on. */
export async function sayUnfinished({ stateDir }: Settings, io: Io): Promise<void> {
  for (const journal of await journals(stateDir)) if (!journal.isComplete) io.err(unfinishedText(journal));
}

const unfinishedText = ({ topology, what, pid, since, done, commands }: Journal): string =>
  `An earlier run (${escaped(what)}, process ${pid}, since ${since}) ended on the way, at ${done} of ${plural('command', commands)}.\n` +
  `  hint: \`netplan-ovs rollback --name ${topology}\` puts back what was there before it; applying goes on from what is there\n`;
