// What every link may say of itself: its MAC address, its description.
import type { DeclaredLink } from '../../kind.js';
import { show, type Finding } from '../diagnostic.js';
import { textAt, type Subject } from './subject.js';

export function* macAddresses({ links }: Subject): Generator<Finding> {
  for (const link of links) {
    const fault = macFault(textAt(link, 'macaddress') ?? '');
    if (fault !== undefined) yield { ...fault, path: [...link.path, 'macaddress'] };
  }
}

/** br_add_if() takes Ethernet devices alone (EINVAL), as the userspace datapath of Open vSwitch does; dev_set_mac_address() says EOPNOTSUPP. */
export function* withoutFrames({ links }: Subject): Generator<Finding> {
  for (const { key, value, path, noEthernet } of links) {
    if (noEthernet !== true) continue;
    const message = (what: string) => `${show(key)} carries packets without an Ethernet header, and ${what}`;
    if (value['bridge'] !== undefined)
      yield {
        code: 'no-frames',
        message: message('cannot be a port of a bridge'),
        path: [...path, 'bridge'],
      };
    if (value['macaddress'] !== undefined)
      yield { code: 'no-frames', message: message('has no MAC address'), path: [...path, 'macaddress'] };
  }
}

/** is_valid_ether_addr() in include/linux/etherdevice.h. */
export function macFault(mac: string): Omit<Finding, 'path'> | undefined {
  if (/^[0:]+$/.test(mac)) {
    const hint = 'leave the line out to let the kernel choose one';
    return { code: 'bad-mac', message: 'no link has a MAC address of zeros', hint };
  }
  const first = Number.parseInt(mac, 16);
  if (Number.isNaN(first) || (first & 1) === 0) return undefined;
  const hint = `one for your own use has \`2\`, \`6\`, \`a\` or \`e\` as its second digit: \`02${mac.slice(2)}\``;
  return { code: 'bad-mac', message: `${show(mac)} is a group’s address, not a link’s`, hint };
}

/** In bytes; the kernel's alias has 255 (IFALIASZ is 256), of which our own mark takes up to 45. */
const LONGEST_DESCRIPTION = 200;

/** The schema counts characters. */
export function* descriptions({ links }: Subject): Generator<Finding> {
  for (const link of links) {
    const description = textAt(link, 'description') ?? '';
    if (description.startsWith(MARK)) yield marked(link);
    const bytes = Buffer.byteLength(description);
    if (bytes <= LONGEST_DESCRIPTION) continue;
    const message = `the description has ${bytes} bytes, and the kernel has room for ${LONGEST_DESCRIPTION}`;
    yield { code: 'long-description', message, path: [...link.path, 'description'] };
  }
}

/** How the alias of a link of ours begins (marks.ts). */
const MARK = 'netplan-ovs:';

const marked = ({ path }: DeclaredLink): Finding => ({
  code: 'marked-description',
  message: `a description cannot begin with \`${MARK}\`: so does the alias of a link that a topology owns`,
  path: [...path, 'description'],
});
