// A topology file in; what `apply` would do to the host out. Writes nothing but the file that it is told to.
import type { Glance } from '../glance.js';
import type { Origin } from '../render/origin.js';
import type { Survey } from '../survey.js';
import { EXIT, FILE, FORMAT, type Invocation, type Io, type Subcommand } from './command.js';
import { MAX_DISRUPTION, MAX_REMOVALS } from './guarded.js';

export const plan: Subcommand = {
  name: 'plan',
  summary: 'show what apply would do',
  description:
    'Compares the file with the host and shows what apply would do, in order: what is made, changed, made anew and removed, why, and what that interrupts. It needs root to look into namespaces, and changes nothing.',
  arguments: [FILE],
  options: [
    {
      ...FORMAT,
      description: 'for people (text), for programs (json), or as a shell script',
      choices: ['text', 'json', 'script'],
    },
    { name: '--out', value: 'PLAN', description: 'save the plan for `apply PLAN`' },
    { name: '--detailed-exitcode', description: 'exit with 2 when there is something to do' },
    MAX_REMOVALS,
    MAX_DISRUPTION,
  ],
  examples: [
    { line: 'netplan-ovs plan topology.yaml', shows: 'what apply would do' },
    {
      line: 'netplan-ovs plan topology.yaml --out plan.json && netplan-ovs apply plan.json',
      shows: 'exactly this, later',
    },
    {
      line: 'netplan-ovs plan topology.yaml --detailed-exitcode',
      shows: 'has the host drifted? 0: no, 2: yes',
    },
    {
      line: 'netplan-ovs plan topology.yaml --format script',
      shows: 'the same as commands of ip, ovs-vsctl and nft',
    },
  ],

  async run(invocation, io) {
    const { glance } = await import('../glance.js');
    const looking = glance(invocation.settings);
    try {
      return await planned(invocation, looking, io);
    } finally {
      looking.end();
    }
  },
};

async function planned(invocation: Invocation, looking: Glance, io: Io): Promise<number> {
  const { open } = await import('./open.js');
  const opened = await open(invocation.arguments[0] ?? '', invocation.settings, io);
  if (opened === null) return EXIT.refused;
  const { sayUnderWay } = await import('./unfinished.js');
  await sayUnderWay(invocation.settings, io);
  const { survey } = await import('../survey.js');
  const surveyed = await survey(opened.intent, invocation.settings, { glance: looking });
  await print(invocation, surveyed, opened.origin, io);
  if (surveyed.obstacles.length > 0) return EXIT.refused;
  const { out } = invocation.options;
  if (typeof out === 'string') {
    const { savePlan } = await import('../saved-plan.js');
    await savePlan(out, { ...opened, surveyed });
    if (invocation.options['format'] === 'text')
      io.out(`Saved: \`netplan-ovs apply ${out}\` does exactly this.\n`);
  }
  const isPending = invocation.options['detailed-exitcode'] === true && surveyed.plan.changes.length > 0;
  return isPending ? EXIT.pending : EXIT.done;
}

async function print(invocation: Invocation, surveyed: Survey, origin: Origin, io: Io): Promise<void> {
  const { options } = invocation;
  const { obstaclesText } = await import('../render/obstacles.js');
  const { plan: planned, obstacles } = surveyed;
  const { objectionsIn } = await import('./guarded.js');
  const { objectionsText } = await import('../render/guard.js');
  const objections = obstacles.length === 0 ? objectionsIn(surveyed, invocation) : [];
  if (options['format'] === 'json') {
    const { jsonText, planJson } = await import('../render/json.js');
    io.out(jsonText(planJson(planned, obstacles, origin, objections)));
    return;
  }
  if (obstacles.length > 0) {
    io.err(obstaclesText(obstacles, origin, io.paint.err));
    return;
  }
  if (options['format'] === 'script') {
    const { planScript } = await import('../render/script.js');
    io.out(planScript(planned, origin));
    return;
  }
  const { planText } = await import('../render/text.js');
  io.out(planText(planned, origin.file, io.paint.out));
  io.err(objectionsText(objections, { isRefused: false, canTry: true }, origin, io.paint.err));
}
