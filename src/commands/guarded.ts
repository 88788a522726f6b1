// A survey and the command line in, what speaks against doing it out.
import { Refusal } from '../errors.js';
import { objectionsTo, type Limit, type Objection } from '../guard.js';
import type { Interruption } from '../model.js';
import { sshConnection } from '../ssh.js';
import type { Survey } from '../survey.js';
import type { Invocation, Option } from './command.js';

/** The options of commands that write, and of `plan`, which says what they would do. */
export const MAX_DISRUPTION: Option = {
  name: '--max-disruption',
  value: 'MOST',
  description: 'refuse what interrupts more than this',
  choices: ['none', 'flap', 'gap'],
  default: 'gap',
};

export const MAX_REMOVALS: Option = {
  name: '--max-removals',
  value: 'N|N%',
  description: 'refuse to remove more of what is owned (default: 20%, or 5 things where that is more)',
};

export const ALLOW_DISRUPTION: Option = {
  name: '--allow-disruption',
  description: 'also touch what the host is reached by, and remove any number of things',
};

/** Where all of a topology is to go (`destroy`), their number says nothing; and nobody reaches the host of a rehearsal. */
export function objectionsIn(surveyed: Survey, { options, settings }: Invocation): readonly Objection[] {
  if (settings.standIns) return [];
  const { desired, protect = [] } = surveyed.intent;
  return objectionsTo(surveyed, {
    lifelines: { ssh: sshConnection(process.env), protect },
    removals: desired.length === 0 ? null : limitOf(options['max-removals']),
    disruption: (options['max-disruption'] ?? 'gap') as Interruption,
  });
}

/** True where nobody has allowed it, and nothing will revert it. */
export function isRefused(
  objections: readonly Objection[],
  isTrial: boolean,
  { options }: Invocation,
): boolean {
  const isAllowed = isTrial || options['allow-disruption'] === true;
  return objections.some(({ reason }) => reason === 'disruption' || !isAllowed);
}

function limitOf(text: string | true | undefined): Limit {
  if (typeof text !== 'string') return USUAL;
  const [, amount, percent] = /^(\d+)(%?)$/.exec(text) ?? [];
  if (amount === undefined)
    throw new Refusal(`--max-removals takes a number or a part: \`5\`, \`20%\`, not \`${text}\``);
  return percent === '%' ? { count: 0, share: Number(amount) } : { count: Number(amount), share: 0 };
}

/** Twenty percent, but five things at any rate. */
const USUAL: Limit = { count: 5, share: 20 };
