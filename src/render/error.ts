// Whatever was thrown in, what a person should read of it out.
import { Refusal, ToolError } from '../errors.js';
import { packageOf } from '../tools/packages.js';
import { shellWord } from '../tools/tool.js';
import { escaped } from './diagnostics.js';
import { plain, type Paint } from './paint.js';

/** What is not meant for people is a bug, and says so with its stack. */
export function errorText(error: unknown, paint: Paint = plain): string {
  const head = paint.error('error:');
  const hint = (text: string): string => `  ${paint.faint('hint:')} ${escaped(text)}\n`;
  if (error instanceof Refusal)
    return `${head} ${lines(error.message)}\n${error.hint === undefined ? '' : hint(error.hint)}`;
  if (error instanceof ToolError) {
    const cure = isForbidden(error.stderr) ? ROOT : cureOf(error);
    return `${head} ${lines(toolText(error))}\n${cure === undefined ? '' : hint(cure)}`;
  }
  const { code, message, path = '' } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return `${head} may not open ${escaped(path)}\n${hint(ROOT)}`;
  if (FILE_ERRORS.has(code ?? '')) return `${head} ${escaped(message)}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${head} this is a bug in netplan-ovs; please report it with what follows.\n${lines(stack)}\n`;
}

const ROOT = 'looking into network namespaces and changing them needs root; `rehearse` and `sandbox` do not';

/** What the user's own paths and disks can answer. */
const FILE_ERRORS = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOSPC', 'EROFS', 'ELOOP', 'ENAMETOOLONG']);

function toolText({ message, process: { argv, netns }, stderr }: ToolError): string {
  const command = argv.map((word) => shellWord(word.startsWith('\0') ? '…' : word)).join(' ');
  const place = netns === null ? '' : ` (in ${netns})`;
  return [`${command}${place}: ${message}`, ...stderr.trim().split('\n')]
    .filter((line) => line !== '')
    .join('\n  ');
}

/** For a program that is not installed. */
function cureOf({ message, process: { argv } }: ToolError): string | undefined {
  const found = message.startsWith('could not start') ? packageOf(argv[0] ?? '') : undefined;
  return found && `Debian’s package ${found} has it`;
}

const isForbidden = (words: string): boolean => /not permitted|permission denied/i.test(words);

const lines = (text: string): string => text.split('\n').map(escaped).join('\n');
