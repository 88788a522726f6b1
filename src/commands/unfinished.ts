// The journals of this host in, words about runs that were ended before they were through out.
import { journals, type Journal } from '../journal.js';
import { plural } from '../render/fold.js';
import { escaped } from '../render/diagnostics.js';
import { isRunning } from '../run-id.js';
import type { Settings } from '../settings.js';
import { isReadable } from '../state-dir.js';
import type { Io } from './command.js';

/** For whoever holds the lock, and so knows that no run of a journal is still going on. */
export async function sayUnfinished({ stateDir }: Settings, io: Io): Promise<void> {
  for (const journal of await unfinished(stateDir)) io.err(unfinishedText(journal));
}

/** For whoever only looks, perhaps while a run goes on. */
export async function sayUnderWay({ stateDir }: Settings, io: Io): Promise<void> {
  if (!(await isReadable(stateDir))) {
    io.err(UNREAD);
    return;
  }
  for (const journal of await unfinished(stateDir))
    io.err(isRunning(journal) ? underWayText(journal) : unfinishedText(journal));
}

const unfinished = async (stateDir: string): Promise<Journal[]> =>
  (await journals(stateDir)).filter(({ isComplete }) => !isComplete);

const UNREAD =
  'Without root this sees what the kernel shows to everybody: not what earlier runs remember, nor into other namespaces.\n';

const underWayText = ({ what, pid, since, done, commands }: Journal): string =>
  `A run is on its way (${escaped(what)}, process ${pid}, since ${since}), at ${done} of ${plural('command', commands)}: the host is about to change.\n`;

const unfinishedText = ({ topology, what, pid, since, done, commands }: Journal): string =>
  `An earlier run (${escaped(what)}, process ${pid}, since ${since}) ended on the way, at ${done} of ${plural('command', commands)}.\n` +
  `  hint: \`netplan-ovs rollback --name ${topology}\` puts back what was there before it; applying goes on from what is there\n`;
