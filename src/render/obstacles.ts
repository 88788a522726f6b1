// What is in a plan's way in, diagnostics out: who holds the name, and what to do about it.
import { groupBy } from '../collections.js';
import { compare } from '../compare.js';
import type { Obstacle } from '../diff.js';
import type { Diagnostic } from '../load/diagnostic.js';
import { deviceNamed, linkOfPlace } from '../kind.js';
import { kindOf } from '../kinds/index.js';
import { HOST, type Desired, type Live } from '../model.js';
import { escaped, renderDiagnostics } from './diagnostics.js';
import { plural } from './fold.js';
import { label, labelOf } from './label.js';
import { lackText } from './lack.js';
import type { Origin } from './origin.js';
import { plain, type Paint } from './paint.js';
import { valueText } from './value.js';

/** All obstacles, each at the entry that runs into it; what belongs to one other topology, or lacks one thing, is told once. */
export function obstaclesText(obstacles: readonly Obstacle[], origin: Origin, paint: Paint = plain): string {
  const texts = new Map(origin.file === null || origin.text === null ? [] : [[origin.file, origin.text]]);
  const groups = groupBy(
    obstacles,
    ({ owner, lack, desired }) => owner ?? (lack && JSON.stringify(lack)) ?? desired,
  );
  const diagnostics = [...groups.values()].flatMap((group) => groupDiagnostic(group, origin));
  return renderDiagnostics(diagnostics, texts, paint);
}

/** At the first of them. */
function groupDiagnostic(group: readonly Obstacle[], origin: Origin): Diagnostic[] {
  const [first, ...others] = group;
  if (first === undefined) return [];
  const diagnostic = obstacleDiagnostic(first, origin);
  const { desired, owner, lack } = first;
  if (others.length === 0) return [diagnostic];
  const things = `${labelOf(desired)} and ${plural('other thing', others.length)}`;
  if (lack !== undefined) {
    const message = lackText(lack).message.replace(/^needs/, 'need');
    return [{ ...diagnostic, message: `${things} ${message}` }];
  }
  if (owner == null) return [diagnostic];
  return [{ ...diagnostic, message: `${things} are there already and belong to topology \`${owner}\`` }];
}

/** An obstacle as a problem of the entry that runs into it. */
export function obstacleDiagnostic(obstacle: Obstacle, origin: Origin): Diagnostic {
  const { desired, reason } = obstacle;
  // A saved plan knows where entries are, and not their words.
  const position = origin.positionOf(desired.at) ??
    origin.positionOf(desired.at?.slice(0, -1) ?? null) ?? {
      file: origin.file ?? obstacle.desired.id,
      line: 0,
      column: 0,
    };
  const problem = { missing, taken, occupied, unsupported, refused, beside, nowhere }[reason](obstacle);
  return { code: reason, severity: 'error', position, ...problem };
}

function missing({ desired: { id, kind }, name }: Obstacle): Pick<Diagnostic, 'message' | 'hint'> {
  const { name: own, place, command } = whereabouts(id);
  const device = deviceNamed(name ?? '');
  return {
    message: `there is no link \`${device ?? own}\`${place}, which ${label(id, kind)} ${device === null || device === own ? 'is to adopt' : 'is to be on'}`,
    hint: `\`${command} link\` lists the links that are there; \`netplan-ovs rehearse\` makes a stand-in for one that is missing`,
  };
}

function taken(obstacle: Obstacle): Pick<Diagnostic, 'message' | 'hint'> {
  const { desired, holder, owner } = obstacle;
  const { kind } = desired;
  const id = takenOf(obstacle);
  const wanted =
    id === desired.id
      ? label(id, kind)
      : `\`${whereabouts(id).name}\`${whereabouts(id).place}, the other end of ${label(desired.id, kind)},`;
  const found = holder === undefined ? 'something' : describe(holder);
  if (owner != null) {
    const hint = `if this topology was called \`${owner}\` before, call it so again: a name cannot be changed; or remove that one first, with \`netplan-ovs destroy --name ${owner}\``;
    return { message: `${wanted} is there already and belongs to topology \`${owner}\` (${found})`, hint };
  }
  if (desired.ownership === 'part' && holder !== undefined) return otherThan(desired, holder);
  return {
    message: `${wanted} is there already and was not made by netplan-ovs${found === wanted ? '' : ` (${found})`}`,
    hint: adoption(id, kind),
  };
}

/** The id of what is there: the resource's own, or that of the other device that it is to have. */
function takenOf({ desired: { id }, name = '' }: Obstacle): string {
  const [body, noun, device] = name.split('/');
  const own = whereabouts(id);
  const isOther = noun === 'device' && (body !== own.body || device !== own.name);
  return isOther ? `${body}/link/${device}` : id;
}

/** An address, a route or a neighbour that would do if it were the same. */
function otherThan(desired: Desired, holder: Live): Pick<Diagnostic, 'message' | 'hint'> {
  const differences = compare(holder.fields, desired.fields).map(
    ({ field, before, after }) => `${field} ${valueText(before)} instead of ${valueText(after)}`,
  );
  return {
    message: `${labelOf(desired)} is there already, was not made by netplan-ovs, and is another: ${differences.join(', ')}`,
    hint: 'say it as it is there, choose another one, or remove that one first',
  };
}

function unsupported({ desired, lack }: Obstacle): Pick<Diagnostic, 'message' | 'hint'> {
  if (lack === undefined) throw new Error(`nothing is lacking for ${desired.id}`);
  const { message, hint } = lackText(lack);
  return { message: `${labelOf(desired)} ${message}`, hint };
}

const refused = ({ desired, words = '' }: Obstacle): Pick<Diagnostic, 'message' | 'hint'> => ({
  message: `${labelOf(desired)} cannot be: ${escaped(words)}`,
});

const nowhere = ({ desired: { body }, words = '' }: Obstacle): Pick<Diagnostic, 'message' | 'hint'> => ({
  message: `the namespace \`${body}\` is not there: no ${escaped(words)}`,
  hint: 'is the process or the container still running? Without `from` the namespace is made',
});

function occupied({ desired: { id, kind }, holder }: Obstacle): Pick<Diagnostic, 'message' | 'hint'> {
  const { name, body, command } = whereabouts(holder?.id ?? id);
  const free = holder && kindOf(holder.kind).advice?.(body, name).free;
  return {
    message: `${label(id, kind)} is to go, and would take \`${name}\` with it, which netplan-ovs did not make`,
    hint:
      free ??
      `move it elsewhere or delete it first (\`${command} link set ${name} netns …\`, \`${command} link del ${name}\`)`,
  };
}

function beside({ desired, holder, owner }: Obstacle): Pick<Diagnostic, 'message' | 'hint'> {
  const lower = desired.provides.flatMap((name) => linkOfPlace(name) ?? [])[0] ?? '';
  const { name, command } = whereabouts(holder?.id ?? desired.id);
  return {
    message: `${labelOf(desired)} cannot stand on \`${lower}\` beside \`${name}\`, which ${owner == null ? 'netplan-ovs did not make' : `topology \`${owner}\` made`}: they would receive the same, or differ in their mode`,
    hint: `say the mode that \`${name}\` has (\`${command} -d link show ${name}\`), or choose another link`,
  };
}

/** Its kind, and what tells it from others: the fields that a person would look for. */
function describe({ id, kind, fields }: Live): string {
  const type = fields['kind'];
  return typeof type === 'string' ? `a link of type ${escaped(type)}` : label(id, kind);
}

function adoption(id: string, kind: string): string {
  const { name, body, command } = whereabouts(id);
  const { use, look = `${command} -d link show ${name}` } = kindOf(kind).advice?.(body, name) ?? {};
  const instead = `list \`${name}\` under \`interfaces\`; or choose another name, or remove it (\`${look}\` shows it)`;
  return `to use it as it is, ${use ?? instead}`;
}

function whereabouts(id: string): { name: string; body: string; place: string; command: string } {
  const [body = '', , ...rest] = id.split('/');
  const name = rest.join('/');
  if (body === HOST) return { name, body, place: '', command: 'ip' };
  return { name, body, place: ` in namespace \`${body}\``, command: `ip -n ${body}` };
}
