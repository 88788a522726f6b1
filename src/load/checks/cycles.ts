// Links that stand on each other in a circle: none of them could be made first.
import type { DeclaredLink, Names } from '../../kind.js';
import { show, type Finding } from '../diagnostic.js';
import type { Subject } from './subject.js';

/** A VLAN stands on its link, a bridge on its ports, a bond or a VRF on its members, as the kernel's own graph has it (__netdev_upper_dev_link). */
export function* cycles({ links, names }: Subject): Generator<Finding> {
  const done = new Set<DeclaredLink>();
  for (const start of links) {
    const circle = circleFrom(start, names, done);
    const said = circle.find(({ value }) => BELOW.some((word) => value[word] !== undefined));
    if (said === undefined) continue;
    const message =
      circle.length === 1
        ? `${show(said.key)} stands on itself`
        : `these links stand on each other in a circle: ${circle.map(({ key }) => show(key)).join(', ')}`;
    const word = BELOW.find((one) => said.value[one] !== undefined) ?? '';
    yield { code: 'cycle', message, path: [...said.path, word] };
  }
}

/** The fields with which a link says what it stands on, or what stands on it. */
const BELOW = ['link', 'bridge', 'interfaces'] as const;

interface Step {
  readonly link: DeclaredLink;
  readonly left: DeclaredLink[];
}

/** The first circle that is met on the ways down from a link; ways that were walked before are not walked again. */
function circleFrom(start: DeclaredLink, names: Names, done: Set<DeclaredLink>): readonly DeclaredLink[] {
  const way: Step[] = [];
  const enter = (link: DeclaredLink): void => {
    done.add(link);
    way.push({ link, left: below(link, names) });
  };
  if (!done.has(start)) enter(start);
  for (let step = way.at(-1); step !== undefined; step = way.at(-1)) {
    const next = step.left.pop();
    if (next === undefined) {
      way.pop();
      continue;
    }
    const at = way.findIndex(({ link }) => link === next);
    if (at >= 0) return way.slice(at).map(({ link }) => link);
    if (!done.has(next)) enter(next);
  }
  return [];
}

function below(link: DeclaredLink, names: Names): DeclaredLink[] {
  const lower =
    typeof link.value['link'] === 'string' ? names.link(link.body, link.value['link']) : undefined;
  // A bridge in a bridge is an error of its own.
  const ports =
    link.bridge === undefined ? [] : names.ports(link).filter(({ bridge }) => bridge === undefined);
  const members = (link.members ?? []).flatMap((key) => names.link(link.body, key) ?? []);
  return [...(lower ? [lower] : []), ...ports, ...members];
}
