// Names of links and their devices: what the kernel takes, and each of them once in a namespace.
import { groupBy } from '../../collections.js';
import type { DeclaredLink } from '../../kind.js';
import { show, type Finding } from '../diagnostic.js';
import { deviceFault, nameFault } from './device-name.js';
import { inFileOrder, inLine, type Subject } from './subject.js';

/** Ports that only Open vSwitch knows (patches, tunnels) are rows of a database, and may have longer names. */
const LONGEST_PORT = 63;

export function* deviceNames(subject: Subject): Generator<Finding> {
  for (const link of subject.links) {
    const { device, netdev, adopted } = link;
    const fault = netdev ? deviceFault(device) : nameFault(device, LONGEST_PORT);
    const problem =
      fault ?? (device === 'lo' && !isLoopback(link) ? 'is the loopback link of every namespace' : undefined);
    if (problem === undefined) continue;
    const hint = 'give the device another name with `name`; other entries refer to it by its key';
    yield {
      code: 'device-name',
      message: `${show(device)} ${problem}`,
      hint: 'name' in link.value ? ALLOWED : adopted ? undefined : hint,
      ...nameOf(link),
    };
  }
}

const ALLOWED = 'use letters, digits, `.`, `_`, `+` and `-`';

/** A namespace brings its `lo`, and `interfaces` may speak of it; nothing is made by either. */
const isLoopback = ({ path }: DeclaredLink): boolean =>
  path.at(-2) === 'interfaces' || path.at(-2) === 'namespaces';

/** Where the device's name stands: in `name`, or as the key. */
const nameOf = ({ value, path }: DeclaredLink): Pick<Finding, 'path' | 'at'> =>
  value['name'] === undefined ? { path, at: 'key' } : { path: [...path, 'name'], at: 'value' };

/** A key that two entries of a body have, in whatever sections. */
export function* keysOnce(subject: Subject): Generator<Finding> {
  for (const { name } of subject.bodies) {
    for (const [key, same] of groupBy(subject.names.links(name), (link) => link.key)) {
      const [first, ...others] = inFileOrder(subject, same);
      for (const other of others) {
        if (first === undefined) continue;
        const message = `${name} has a link ${show(key)} already, ${inLine(subject, first.path)}`;
        yield {
          code: 'duplicate-link',
          message,
          hint: 'links of one namespace share one set of names',
          ...keyOf(other),
        };
      }
    }
  }
}

/** The other end of a veth pair has no key but its name. */
const keyOf = ({ value, key, path }: DeclaredLink): Pick<Finding, 'path' | 'at'> =>
  path.at(-1) === key || value['name'] === undefined ? { path, at: 'key' } : { path: [...path, 'name'] };

/** A device that two links of a body have; ports of Open vSwitch share one database with all its devices. */
export function* devicesOnce(subject: Subject): Generator<Finding> {
  for (const { name } of subject.bodies) {
    for (const [device, same] of groupBy(subject.names.links(name), (link) => link.device)) {
      const [first, ...others] = inFileOrder(subject, same);
      for (const other of others.filter(({ key }) => key !== first?.key)) {
        if (first === undefined) continue;
        const message = `${name} has a device ${show(device)} already: that of \`${first.key}\`, ${inLine(subject, nameOf(first).path)}`;
        yield { code: 'duplicate-device', message, ...nameOf(other) };
      }
    }
  }
}
