// The program in a throw-away host, with one process for many commands: topologies as data in, their plans and outcomes out.
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { Ajv, type ValidateFunction } from 'ajv';
import type { PlanJson } from '../../src/render/json.js';
import { SIGNS } from '../../src/render/text.js';
import { nodeOptions, type Outcome } from './process.js';
import { projectRoot, type Host } from './sandbox.js';

/** A command of the program. */
export interface Request {
  readonly command: string;
  /** The file, or an empty text where there is none. */
  readonly argument: string;
  /** What to write into the file before. */
  readonly text?: string;
  readonly options: Readonly<Record<string, string | true>>;
}

/** A topology as the YAML parser would give it. */
export type Document = Readonly<Record<string, unknown>>;

/** A change as `plan --format json` says it. */
export type PlannedChange = PlanJson['changes'][number];

/** A process of the program in a host; it ends with the host. */
export class Session {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  /** With more variables in its environment, if need be. */
  constructor(host: Host, env: NodeJS.ProcessEnv = {}) {
    this.#process = host.start([
      'env',
      ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
      process.execPath,
      ...nodeOptions,
      path.join(projectRoot, 'build/test/support/session-host.js'),
    ]);
    this.#process.stderr!.on('data', (data: Buffer) => (this.#errors += data.toString()));
    const lines: Interface = createInterface({ input: this.#process.stdout! });
    this.#answers = lines[Symbol.asyncIterator]();
  }

  /** Any command. Rejects when the program crashed; any exit status is an outcome. */
  async run(request: Request): Promise<Outcome> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`the session has ended: ${this.#errors}`);
    return JSON.parse(value) as Outcome;
  }

  /** `plan --format json`: what would change, in order. Rejects when it cannot be planned. */
  async plan(topology: Document): Promise<readonly PlannedChange[]> {
    const outcome = await this.run({ ...about('plan', topology), options: { format: 'json' } });
    if (outcome.exitCode !== 0) throw new Error(`plan: ${describe(outcome)}`);
    return planOf(outcome.stdout).changes;
  }

  /** `apply --format json`: what has changed, in order. Rejects unless it ends with status 0. */
  async apply(topology: Document): Promise<readonly PlannedChange[]> {
    const outcome = await this.run({ ...about('apply', topology), options: { format: 'json' } });
    if (outcome.exitCode !== 0) throw new Error(`apply: ${describe(outcome)}`);
    return (JSON.parse(outcome.stdout) as { plan: PlanJson }).plan.changes;
  }

  /** `destroy --name`. Rejects unless it ends with status 0. */
  async destroy(name: string): Promise<void> {
    const outcome = await this.run({ command: 'destroy', argument: '', options: { name, format: 'text' } });
    if (outcome.exitCode !== 0) throw new Error(`destroy: ${describe(outcome)}`);
  }
}

let isPlan: ValidateFunction | undefined;

/** A plan as `plan --format json` prints it. Throws when it is not as its schema says. */
export function planOf(text: string): PlanJson {
  const plan = JSON.parse(text) as PlanJson;
  isPlan ??= new Ajv({ strict: false, allErrors: true }).compile(
    JSON.parse(readFileSync(path.join(projectRoot, 'schemas/plan.schema.json'), 'utf8')) as object,
  );
  if (!isPlan(plan)) throw new Error(`not as the schema of plans says: ${JSON.stringify(isPlan.errors)}`);
  return plan;
}

/** JSON is YAML. */
const about = (command: string, topology: Document): Omit<Request, 'options'> => ({
  command,
  argument: '/run/topology.yaml',
  text: JSON.stringify(topology, null, 1),
});

const describe = ({ exitCode, stdout, stderr }: Outcome): string =>
  `exit status ${exitCode}\n${stderr}${stdout}`;

/** A change in a line: `~ host/link/v0 mtu`, with the fields that differ where something was and is to be. */
export function changeLine({ action, id, fields }: PlannedChange): string {
  const names = action === 'create' || action === 'remove' ? [] : fields.map(({ field }) => field);
  return [SIGNS[action], id, ...names].join(' ');
}

/** True for a change that another one brings with it. */
export const isImplied = ({ reason }: PlannedChange): boolean => reason.startsWith('goes with ');
