// What a plan's changes require in, what this host lacks of it out: each an obstacle. Nothing is written.
import type { Obstacle } from '../diff.js';
import type { Requirement } from '../kind.js';
import type { Desired } from '../model.js';
import type { Settings } from '../settings.js';
import type { HostState } from '../state.js';
import type { Survey } from '../survey.js';
import { pathTo } from '../tools/path.js';
import { demandsIn, keyOf } from './demands.js';
import { kernelOf } from './kernel.js';
import type { Lack } from './lack.js';
import { absentOf } from './programs.js';
import type { KernelPart } from './parts.js';
import { refusedParts } from './trial.js';

/**
 * Nothing is looked at where nothing is to be made. Where nothing says whether the kernel has a part, it is tried out if `mayTry`
 * (which may load a module), and taken for there otherwise.
 */
export async function unmet(
  { plan, intent, host }: Pick<Survey, 'plan' | 'intent' | 'host'>,
  settings: Settings,
  mayTry: boolean,
): Promise<Obstacle[]> {
  const demands = demandsIn(plan.changes, intent, settings.ovsDatapath);
  const asked = new Map(demands.map(({ requirement }) => [keyOf(requirement), requirement]));
  const lacks = await lacksOf(asked, host, settings, mayTry);
  return demands.flatMap(({ desired, requirement }): Obstacle[] => {
    const lack = lacks.get(keyOf(requirement));
    return lack === undefined
      ? []
      : [{ reason: 'unsupported', desired: placed(desired, requirement.at), lack }];
  });
}

/** At the word that asks for it, where one does. */
const placed = (desired: Desired, word: string | undefined): Desired =>
  word === undefined || desired.at === null ? desired : { ...desired, at: [...desired.at, word] };

async function lacksOf(
  asked: ReadonlyMap<string, Requirement>,
  host: HostState,
  settings: Settings,
  mayTry: boolean,
): Promise<Map<string, Lack>> {
  const lacks = new Map<string, Lack>();
  const unknown = new Map<KernelPart, string>();
  const kernel = kernelOf();
  for (const [key, requirement] of asked) {
    if ('kernel' in requirement) {
      const presence = await kernel.has(requirement.kernel);
      if (presence === 'unknown') unknown.set(requirement.kernel, key);
      else if (presence !== 'there')
        lacks.set(key, { sort: 'kernel', part: requirement.kernel, why: presence, release: kernel.release });
      continue;
    }
    const lack = lackOf(requirement, host, settings);
    if (lack !== null) lacks.set(key, lack);
  }
  const refused = mayTry ? await refusedParts([...unknown.keys()], settings) : [];
  for (const part of refused)
    lacks.set(unknown.get(part) ?? '', { sort: 'kernel', part, why: 'refused', release: kernel.release });
  return lacks;
}

function lackOf(
  requirement: Exclude<Requirement, { readonly kernel: KernelPart }>,
  { ovs }: HostState,
  settings: Settings,
): Lack | null {
  if ('program' in requirement)
    return pathTo(requirement.program) === null ? { sort: 'program', program: requirement.program } : null;
  if ('tool' in requirement) return absentOf(requirement.tool, settings);
  const isDatapath = 'ovsDatapath' in requirement;
  const type = isDatapath ? requirement.ovsDatapath : requirement.ovsInterface;
  const known = ovs?.Open_vSwitch[0]?.[isDatapath ? 'datapath_types' : 'iface_types'] ?? [];
  // Before ovs-vswitchd has said what it has, nothing is known.
  if (known.length === 0 || known.includes(type)) return null;
  return { sort: isDatapath ? 'ovs-datapath' : 'ovs-interface', type, known };
}
