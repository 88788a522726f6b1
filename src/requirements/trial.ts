// Parts of the kernel of which nothing says whether they are there in, those out that it refuses in a network namespace of their own.
import { mayMakeNamespaces } from '../sandbox/missing.js';
import { run, type RunOptions } from '../tools/run.js';
import { INPUT, type Process } from '../tools/tool.js';
import { kernelParts, type KernelPart, type Part } from './parts.js';

/** The kernel loads a module for it where it can, as it would for what is to be made. Whoever may not try is told nothing. */
export async function refusedParts(
  parts: readonly KernelPart[],
  options: RunOptions,
): Promise<ReadonlySet<KernelPart>> {
  const tried = parts.filter((name) => partOf(name).trial !== undefined);
  if (tried.length === 0 || !mayMakeNamespaces()) return new Set();
  const { stderr } = await run(trialOf(tried), options);
  const answers = answersIn(stderr);
  return new Set(tried.filter((name, i) => refusalOf(name).test(answers.get(i + 1) ?? '')));
}

const partOf = (name: KernelPart): Part => kernelParts[name];

/** rtnl_newlink() in net/core/rtnetlink.c. */
const refusalOf = (name: KernelPart): RegExp => partOf(name).refusal ?? /Unknown device type/;

/** The namespace ends with the process, and all that was made in it with the namespace. */
const trialOf = (parts: readonly KernelPart[]): Process => ({
  argv: ['unshare', '--net', 'ip', '-force', '-batch', INPUT],
  netns: null,
  mayBeMissing: true,
  input: parts.map((name, i) => `link add name trial${i} ${partOf(name).trial ?? ''}\n`).join(''),
});

/** What `ip -force -batch` says of each line that failed: its words, then `Command failed FILE:LINE`. */
function answersIn(stderr: string): ReadonlyMap<number, string> {
  const failed = stderr.matchAll(/([^]*?)^Command failed .*:(\d+)$/gm);
  return new Map([...failed].map(([, words = '', line]) => [Number(line), words]));
}
