// In: the command line. Out: an exit status; the only file that ends the process.
import { setFlagsFromString } from 'node:v8';
import { Command, CommanderError, Option as Flag } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import {
  EXIT,
  type Argument,
  type Example,
  type Invocation,
  type Option,
  type Subcommand,
} from './commands/command.js';
import { commands } from './commands/index.js';
import { durationMs } from './duration.js';
import { Refusal } from './errors.js';
import { errorText } from './render/error.js';
import { settingsFrom } from './settings.js';
import { terminal } from './terminal.js';

/** Taken before the command's name and after it. */
const GLOBAL: readonly Option[] = [
  {
    name: '--ovs-db',
    value: 'DB',
    description: 'where OVSDB answers: unix:FILE or tcp:IP:PORT (default: db.sock in $OVS_RUNDIR)',
  },
  {
    name: '--timeout',
    value: 'TIME',
    description: 'how long one call of ip, ovs-vsctl or nft may take (default: 60s)',
  },
  { name: '--color', description: 'use colours even where no terminal shows them' },
  { name: '--no-color', description: 'use no colours; NO_COLOR in the environment says the same' },
];

async function main(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = programOf(async (command, invocation) => {
    exitCode = await command.run(invocation, terminal(invocation.color));
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return failed(error);
  }
}

const STATUSES = `
Exit status:
  0  done, or nothing to change
  1  usage, an invalid file, any other failure before the first write
  2  changes are pending (plan --detailed-exitcode)
  3  apply failed, and the host is as it was before
  4  apply failed, and the host is not as it was before
  5  another run holds the lock
  6  a check failed`;

type Run = (command: Subcommand, invocation: Invocation) => Promise<void>;

function programOf(run: Run): Command {
  const program = new Command(packageJson.name)
    .description(packageJson.description)
    .version(packageJson.version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [COMMAND]', 'print the help of a command')
    .enablePositionalOptions()
    .exitOverride();
  for (const option of GLOBAL) program.addOption(flagOf(option));
  program.addHelpText('after', STATUSES);
  for (const command of commands)
    program.addCommand(commandOf(command, program, run), { hidden: command.hidden === true });
  return program;
}

function commandOf(subcommand: Subcommand, program: Command, run: Run): Command {
  const { name, summary, description, examples, passThrough = false } = subcommand;
  const command = new Command(name)
    .summary(summary)
    .description(description)
    .helpOption('--help', 'print this help')
    .passThroughOptions(passThrough)
    .addHelpText('after', examplesText(examples))
    .exitOverride();
  for (const argument of subcommand.arguments) command.argument(termOf(argument), argument.description);
  for (const option of [...subcommand.options, ...GLOBAL]) command.addOption(flagOf(option));
  return command.action(() => {
    const given = { ...program.opts(), ...command.opts() } as Given;
    return run(subcommand, invocationOf(subcommand, command.args, given));
  });
}

/** By commander's names: `detailedExitcode`. */
type Given = Readonly<Record<string, string | boolean | undefined>>;

function invocationOf({ options }: Subcommand, words: readonly string[], given: Given): Invocation {
  const ownOptions = options.map((option) => [option.name.slice(2), valueOf(option, given)] as const);
  const { ovsDb, timeout, wait, color } = given;
  return {
    arguments: words,
    color: typeof color === 'boolean' ? color : undefined,
    options: Object.fromEntries(ownOptions),
    settings: settingsFrom(process.env, {
      ...(typeof ovsDb === 'string' ? { ovsDb } : {}),
      ...(typeof timeout === 'string' ? { timeoutMs: millisecondsOf('--timeout', timeout) } : {}),
      ...(typeof wait === 'string' ? { lockWaitMs: millisecondsOf('--wait', wait) } : {}),
    }),
  };
}

/** For `--no-checks` commander has `checks: false`. */
function valueOf(option: Option, given: Given): string | true | undefined {
  const flag = flagOf(option);
  const value = given[flag.attributeName()];
  if (flag.negate) return value === false ? true : undefined;
  return value === false ? undefined : value;
}

function millisecondsOf(option: string, text: string): number {
  const milliseconds = durationMs(text) ?? 0;
  if (milliseconds > 0) return milliseconds;
  throw new Refusal(`${option} takes a time like \`500ms\`, \`30s\` or \`5m\`, at most a day: \`${text}\``);
}

const termOf = ({ name, many = false, optional = false }: Argument): string => {
  const term = many ? `${name}...` : name;
  return optional ? `[${term}]` : `<${term}>`;
};

function flagOf({ name, value, description, choices, default: initial, hidden = false }: Option): Flag {
  const flag = new Flag(value === undefined ? name : `${name} <${value}>`, description).hideHelp(hidden);
  if (choices !== undefined) flag.choices(choices);
  return initial === undefined ? flag : flag.default(initial);
}

const examplesText = (examples: readonly Example[]): string =>
  ['', 'Examples:', ...examples.flatMap(({ line, shows }) => [`  ${line}`, `      ${shows}`])].join('\n');

/** Says what went wrong. What is not meant for people is a bug, and says so with its stack. */
function failed(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.refused;
  const { err, paint } = terminal(undefined);
  err(errorText(error, paint.err));
  return error instanceof Refusal ? error.exitCode : EXIT.refused;
}

// A run is over before V8's optimizing compiler has paid off: it begins later than the default (66 KB of bytecode run).
setFlagsFromString('--interrupt-budget=500000');

void main(process.argv).then((status) => {
  process.exitCode = status; // not exit(): what was written may still be on its way into a pipe
});
