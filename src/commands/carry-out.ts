// An intent in, the host as it says out: surveyed, shown, asked about, applied, proven. What `apply` and `destroy` have in common.
import { apply, settle, type Applied, type Order } from '../apply.js';
import type { CheckResult } from '../check.js';
import { Refusal } from '../errors.js';
import { glance } from '../glance.js';
import type { Journal } from '../journal.js';
import { withLock } from '../lock.js';
import { checksText } from '../render/checks.js';
import { appliedText } from '../render/failure.js';
import { plural } from '../render/fold.js';
import { objectionsText } from '../render/guard.js';
import { obstaclesText } from '../render/obstacles.js';
import type { Origin } from '../render/origin.js';
import { planText } from '../render/text.js';
import type { Settings } from '../settings.js';
import { surveyBack } from '../put-back.js';
import { survey, type Intent, type Survey } from '../survey.js';
import { requireDecided } from '../trial.js';
import { requireTrusted } from '../trusted-path.js';
import { EXIT, ownersFor, type Invocation, type Io } from './command.js';
import type { Gate } from './gate.js';
import { isRefused, objectionsIn } from './guarded.js';
import { sayUnfinished } from './unfinished.js';

export interface Task {
  readonly intent: Intent;
  readonly origin: Origin;
  /** Throws a Refusal when this is not what was agreed to. */
  readonly consent?: (surveyed: Survey) => void;
  /** What the host has to pass before and after. */
  readonly gate?: (surveyed: Survey) => Promise<Gate>;
  /** The run that this one undoes. */
  readonly undoes?: Journal;
  readonly trial?: Order['trial'];
}

/** What came of it; without a survey's plan having been done, `applied` is null. */
export interface CarriedOut<T extends Task> {
  readonly task: T;
  readonly exitCode: number;
  readonly surveyed: Survey;
  readonly applied: Applied | null;
  /** What the checks of its gate came to, where they were tried. */
  readonly results: readonly CheckResult[] | null;
}

/**
 * Holds the lock from the first look to the last, so that what was agreed to is what is done; the first look begins before it
 * is known what for. `what` (`apply topology.yaml`) is for whoever finds the lock taken. Null when there is no task.
 */
export function carryOut<T extends Task>(
  what: string,
  prepare: () => Promise<T | null>,
  invocation: Invocation,
  io: Io,
): Promise<CarriedOut<T> | null> {
  return withLock(invocation.settings, what, async () => {
    const looking = glance(invocation.settings);
    try {
      const task = await prepare();
      if (task === null) return null;
      if (task.undoes === undefined) {
        await requireDecided(task.intent.topology, invocation.settings);
        await sayUnfinished(invocation.settings, io);
      }
      const known = { glance: looking, mayTry: true };
      const surveyed = await lookFor(task)(task.intent, invocation.settings, known);
      task.consent?.(surveyed);
      if (task.undoes === undefined) requireTrusted(surveyed.plan, ownersFor(invocation));
      return { task, surveyed, ...(await proceed(what, task, surveyed, invocation, io)) };
    } finally {
      looking.end();
    }
  });
}

/** What is undone is undone as far as it can be: who waits for it may have no other way to the host. */
const lookFor = ({ undoes }: Task): typeof survey => (undoes === undefined ? survey : surveyBack);

async function proceed(
  what: string,
  task: Task,
  surveyed: Survey,
  invocation: Invocation,
  io: Io,
): Promise<Pick<CarriedOut<Task>, 'exitCode' | 'applied' | 'results'>> {
  const { options, settings } = invocation;
  const { plan, obstacles, missed = [] } = surveyed;
  const { origin } = task;
  const nothing = (exitCode: number) => ({ exitCode, applied: null, results: null });
  io.err(obstaclesText([...missed, ...obstacles], origin, io.paint.err));
  if (obstacles.length > 0 || (missed.length > 0 && plan.changes.length === 0)) return nothing(EXIT.refused);
  if (missed.length > 0) io.err('All else can be put back:\n');
  // Programs read standard output; the people who are asked read standard error.
  const isJson = options['format'] === 'json';
  if (isJson && io.ask !== null) io.err(planText(plan, origin.file, io.paint.err));
  const isBack = task.undoes !== undefined && plan.changes.length === 0;
  if (!isJson)
    io.out(
      isBack
        ? `Nothing to change: ${plan.topology} is as it was before.\n`
        : planText(plan, origin.file, io.paint.out),
    );
  if (plan.changes.length === 0) {
    await settle(surveyed, settings, task.undoes === undefined ? {} : { undoes: task.undoes });
    return nothing(EXIT.done);
  }
  const objections = task.undoes === undefined ? objectionsIn(surveyed, invocation) : [];
  const isBarred = isRefused(objections, task.trial !== undefined, invocation);
  const canTry = task.intent.desired.length > 0;
  io.err(objectionsText(objections, { isRefused: isBarred, canTry }, origin, io.paint.err));
  if (isBarred) return nothing(EXIT.refused);
  if (io.ask !== null && options['yes'] !== true) {
    if (!(await io.ask(questionOf(plan.changes.length)))) {
      io.err('Nothing was done.\n');
      return nothing(EXIT.refused);
    }
    await requireSame(surveyed, settings);
  }
  const gate = await task.gate?.(surveyed);
  const applied = await uninterrupted(io, () =>
    apply(surveyed, settings, {
      what,
      onProgress: (done, total) => io.progress(`${done} of ${total} commands`),
      rollsBack: options['no-rollback'] !== true,
      ...(gate === undefined ? {} : { judge: () => gate.judge() }),
      ...(task.undoes === undefined ? {} : { undoes: task.undoes }),
      ...(task.trial === undefined ? {} : { trial: task.trial }),
    }),
  );
  io.progress('');
  const results = gate?.results() ?? null;
  report(applied, results, surveyed, origin, isJson, io);
  return { exitCode: statusOf(applied), applied, results };
}

function statusOf({ status, isRefused }: Applied): number {
  if (status === 'broken') return EXIT.broken;
  if (isRefused) return EXIT.checkFailed;
  return status === 'done' ? EXIT.done : EXIT.restored;
}

/** An answer takes time, and the lock keeps nobody out but other runs of this program. */
async function requireSame(agreed: Survey, settings: Settings): Promise<void> {
  const now = await survey(agreed.intent, settings);
  const stateOf = ({ fingerprint, plan, obstacles }: Survey): string =>
    JSON.stringify([fingerprint, plan, obstacles]);
  if (stateOf(now) === stateOf(agreed)) return;
  throw new Refusal('the host has changed since this was shown; nothing was done', {
    hint: 'run it again, and look at what is planned now',
  });
}

const questionOf = (count: number): string =>
  `Do ${count === 1 ? 'this' : 'these'} ${plural('change', count)}?`;

function report(
  applied: Applied,
  results: readonly CheckResult[] | null,
  { plan }: Survey,
  origin: Origin,
  isJson: boolean,
  io: Io,
): void {
  const isDone = applied.status === 'done';
  const checks = (): void => {
    if (results !== null && !isJson) io.out(checksText(results, origin, io.paint.out));
  };
  if (!isDone) {
    checks();
    io.err(appliedText(applied, plan, origin, io.paint.err));
  } else {
    if (!isJson) io.out(appliedText(applied, plan, origin, io.paint.out));
    checks();
  }
}

/** Half a topology helps nobody: a signal that comes while commands run (the terminal's end, Ctrl-C) waits for their end. */
async function uninterrupted<Result>(io: Io, action: () => Promise<Result>): Promise<Result> {
  const wait = (): void => io.err('Stopping now would leave half of it: going on to the end.\n');
  for (const signal of SIGNALS) process.on(signal, wait);
  try {
    return await action();
  } finally {
    for (const signal of SIGNALS) process.off(signal, wait);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
