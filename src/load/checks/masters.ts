// Links that belong to another one, by their `bridge` or by its `interfaces`: to one of them at most.
import { groupBy } from '../../collections.js';
import type { DeclaredLink } from '../../kind.js';
import type { Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { inFileOrder, inLine, type Subject } from './subject.js';

/** netdev_master_upper_dev_link(): a device has one master (EBUSY). */
export function* masters(subject: Subject): Generator<Finding> {
  for (const { name } of subject.bodies) {
    const claims = subject.names.links(name).flatMap(claimsOf);
    for (const [member, same] of groupBy(claims, (claim) => claim.member)) {
      const [first, ...others] = inFileOrder(subject, same);
      for (const { path } of others) {
        if (first === undefined) continue;
        const message = `${show(member)} belongs to ${show(first.master)} already, ${inLine(subject, first.path)}`;
        const hint = 'a link has one master: a bridge, a bond or a VRF';
        yield { code: 'two-masters', message, hint, path };
      }
    }
  }
}

interface Claim {
  readonly member: string;
  readonly master: string;
  readonly path: Path;
}

function claimsOf({ key, value, path, members = [] }: DeclaredLink): Claim[] {
  const { bridge } = value;
  const own = typeof bridge === 'string' ? [{ member: key, master: bridge, path: [...path, 'bridge'] }] : [];
  const others = members.map((member, i) => ({ member, master: key, path: [...path, 'interfaces', i] }));
  return [...own, ...others];
}
