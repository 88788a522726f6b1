// A batch in, the same batch out, where it deletes every link of ours in a namespace: as one `ip link del group N`.
import { groupOf } from './marks.js';
import type { Batch, Change, Command, Step } from './model.js';
import type { HostState } from './state.js';

/**
 * Deleting a group costs the kernel one grace period, deleting links one by one costs one each: 0.8 s against 18 to 38 s
 * for 1,000. Only where the batch deletes all links of the group in that namespace, and makes none before that.
 */
export function deleteByGroup(
  batch: Batch,
  steps: readonly Step[],
  changes: readonly Change[],
  host: HostState,
): Batch {
  if (batch.tool !== 'ip') return batch;
  const deletions = batch.commands.map(isDeletion);
  const last = deletions.lastIndexOf(true);
  if (deletions.filter(Boolean).length < 2) return batch;
  if (batch.commands.slice(0, last).some(isCreation)) return batch;
  if (!deletesAll(batch, deletions, steps, changes, host)) return batch;
  const kept = batch.commands.map((_, i) => i).filter((i) => i === last || deletions[i] !== true);
  const group: Command = {
    tool: 'ip',
    body: batch.body,
    args: ['link', 'del', 'group', String(groupOf(host.topology))],
  };
  return {
    ...batch,
    commands: kept.map((i) => (i === last ? group : (batch.commands[i] ?? group))),
    steps: kept.map((i) => batch.steps[i] ?? 0),
  };
}

const isDeletion = ({ args }: Command): boolean =>
  args[0] === 'link' && args[1] === 'del' && args[2] === 'dev';

const isCreation = ({ args: [object, verb] }: Command): boolean =>
  (object === 'link' || object === 'tuntap') && verb === 'add';

function deletesAll(
  batch: Batch,
  deletions: readonly boolean[],
  steps: readonly Step[],
  changes: readonly Change[],
  host: HostState,
): boolean {
  const group = String(groupOf(host.topology));
  const members = (host.bodies.get(batch.body)?.links ?? []).filter((link) => link.group === group);
  const deleting = new Set(batch.steps.filter((_, i) => deletions[i]).map((step) => steps[step]?.id));
  const gone = new Set(
    changes.filter(({ id }) => deleting.has(id)).flatMap(({ before }) => [...(before?.provides ?? [])]),
  );
  return members.every(({ ifname }) => gone.has(`${batch.body}/device/${ifname}`));
}
