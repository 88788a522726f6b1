// A topology file or a saved plan in, a host that is as it says out, proven by a second look and by the checks.
import type { Check } from '../load/topology.js';
import type { SavedPlan } from '../saved-plan.js';
import type { Survey } from '../survey.js';
import {
  EXIT,
  FILE,
  FORMAT,
  INSECURE_FILE,
  ownersFor,
  WAIT,
  YES,
  type Invocation,
  type Io,
  type Subcommand,
} from './command.js';
import type { Task } from './carry-out.js';
import { ALLOW_DISRUPTION, MAX_DISRUPTION, MAX_REMOVALS } from './guarded.js';

export const apply: Subcommand = {
  name: 'apply',
  summary: 'make the host as the file says',
  description:
    'Shows the plan, asks on a terminal, does it, looks at the host again to prove that nothing is left to do, and runs the checks. When a command fails, what was done is undone; so it is when a check fails that passed before, or that is new. A saved plan is refused when the host has changed since.',
  arguments: [
    {
      ...FILE,
      name: 'FILE|PLAN',
      description: 'topology file (`-` reads standard input), or what `plan --out` saved',
    },
  ],
  options: [
    YES,
    { name: '--no-checks', description: 'do not run the checks' },
    {
      name: '--confirm',
      value: 'TIME',
      description: 'revert it all unless `netplan-ovs confirm` comes within this time (`60s`)',
    },
    { name: '--no-rollback', description: 'leave what was done where a command or a check fails' },
    ALLOW_DISRUPTION,
    MAX_REMOVALS,
    MAX_DISRUPTION,
    INSECURE_FILE,
    WAIT,
    FORMAT,
  ],
  examples: [
    { line: 'netplan-ovs apply topology.yaml', shows: 'plan, question, changes, checks' },
    { line: 'netplan-ovs apply topology.yaml --yes', shows: 'without the question' },
    {
      line: 'netplan-ovs apply topology.yaml --confirm 60s',
      shows: 'it is reverted where nobody confirms it',
    },
    { line: 'netplan-ovs apply plan.json', shows: 'exactly what `plan --out plan.json` showed' },
  ],

  async run(invocation, io) {
    const { carryOut } = await import('./carry-out.js');
    const what = `apply ${invocation.arguments[0] ?? ''}`;
    const carried = await carryOut(what, () => orderOf(invocation, io), invocation, io);
    if (carried === null) return EXIT.refused;
    const { surveyed, applied, task, exitCode } = carried;
    const { checks, intent, origin } = task;
    // Nothing had to be done, so nothing was judged.
    const isLeft = exitCode === EXIT.done && applied === null && task.gate !== undefined;
    const { checked } = await import('./checked.js');
    const results = isLeft ? await checked(checks, intent.bodies, origin, invocation, io) : carried.results;
    if (invocation.options['format'] === 'json') {
      const { outcomeJson } = await import('../render/outcome.js');
      io.out(outcomeJson(surveyed, applied, results, origin));
    }
    const isFailing = exitCode === EXIT.done && results?.some(({ passed }) => !passed) === true;
    const status = isFailing ? EXIT.checkFailed : exitCode;
    if (applied?.status !== 'done' || task.trial === undefined) return status;
    const { decided } = await import('./decided.js');
    const outcome = await decided(task.trial.withinMs, intent.topology, invocation, io);
    return outcome === EXIT.done ? status : outcome;
  },
};

interface Wanted extends Task {
  readonly checks: readonly Check[];
}

async function orderOf(invocation: Invocation, io: Io): Promise<Wanted | null> {
  const { options, settings } = invocation;
  const trial = await trialIn(invocation);
  const wanted = await said(invocation, io);
  if (wanted === null) return null;
  const tried = trial === null ? wanted : { ...wanted, trial: trial(wanted.intent.topology) };
  if (options['no-checks'] === true || wanted.checks.length === 0) return tried;
  const { gateOf } = await import('./gate.js');
  return { ...tried, gate: (surveyed) => gateOf(wanted.checks, surveyed, settings) };
}

async function said(invocation: Invocation, io: Io): Promise<Wanted | null> {
  const {
    arguments: [file = ''],
    settings,
  } = invocation;
  const owners = ownersFor(invocation);
  const { readSavedPlan } = await import('../saved-plan.js');
  const saved = await readSavedPlan(file, owners);
  if (saved !== null) return orderOfPlan(saved, file);
  const { open } = await import('./open.js');
  const opened = await open(file, settings, io, owners);
  return opened && { ...opened, checks: opened.topology.checks };
}

async function orderOfPlan(saved: SavedPlan, file: string): Promise<Wanted> {
  const { originOf, staleness } = await import('../saved-plan.js');
  const { Refusal } = await import('../errors.js');
  const consent = (surveyed: Survey): void => {
    const reasons = staleness(saved, surveyed);
    if (reasons.length === 0) return;
    const lines = [`the host has changed since ${file} was made:`, ...reasons.map((reason) => `  ${reason}`)];
    throw new Refusal(lines.join('\n'), { hint: 'make the plan again, look at it, and apply that' });
  };
  return { intent: saved.intent, origin: originOf(saved), checks: saved.checks, consent };
}

/** What `--confirm` asks for; null where nobody has to confirm. */
async function trialIn({ options: { confirm }, settings }: Invocation) {
  if (typeof confirm !== 'string') return null;
  const { durationMs } = await import('../duration.js');
  const { trialOf } = await import('../trial.js');
  const { Refusal } = await import('../errors.js');
  const withinMs = durationMs(confirm) ?? 0;
  if (withinMs > 0) return (topology: string) => trialOf(topology, withinMs, settings);
  throw new Refusal(`--confirm takes a time like \`60s\` or \`5m\`, at most a day: \`${confirm}\``);
}
