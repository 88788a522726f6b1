// The marks of ownership that live in the things themselves: a topology's name in, numbers and strings for the kernel out.
import { remembering } from './collections.js';
import type { IpLink } from './state.js';

const PREFIX = 'netplan-ovs:';

/** A stable 32-bit hash of a string (FNV-1a). */
const hash = remembering((text: string): number => {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
  return h;
});

/**
 * The link group of a topology: set as the link is made, so that no link of ours is ever without it. Between 2^16 and
 * 2^31: small numbers are what people choose by hand and name in /etc/iproute2/group.
 */
export const groupOf = (topology: string): number => 0x10000 + (hash(topology) % 0x7ffe0000);

/**
 * The number that marks a topology's routes (rtm_protocol, one byte). 200 to 254 are unassigned in the kernel's
 * rtnetlink.h and in /etc/iproute2/rt_protos. Two names may meet; the link or the record then tells them apart.
 */
export const protocolOf = (topology: string): number => 200 + (hash(`route:${topology}`) % 55);

/** The cookie of a topology's flows, as ovs-ofctl writes it: `npov` in ASCII, and a number derived from the name. */
export const cookieOf = (topology: string): string =>
  `0x6e706f76${hash(`flow:${topology}`).toString(16).padStart(8, '0')}`;

/** The link alias of an owned link: the mark and, after a space, the user's description. */
export const aliasOf = (topology: string, description: string): string =>
  description === '' ? PREFIX + topology : `${PREFIX}${topology} ${description}`;

/** What an alias says: whose it is (null: not ours), and the description. */
export function readAlias(alias: string | undefined): { topology: string | null; description: string } {
  if (alias?.startsWith(PREFIX) !== true) return { topology: null, description: alias ?? '' };
  const [topology = '', ...words] = alias.slice(PREFIX.length).split(' ');
  return { topology, description: words.join(' ') };
}

/**
 * What a link is called until it has its mark, where that cannot be set as it is made: `np`, the topology's group, a point and
 * something for each device, at most 15 bytes. Then even a run that was killed in between leaves nothing that nobody owns.
 */
export const nameInTheMaking = (topology: string, device: string): string =>
  inTheMaking(topology) + (hash(device) % 36 ** 5).toString(36);

/** Whether a device has such a name of this topology's. */
export const isInTheMaking = (device: string, topology: string): boolean =>
  device.startsWith(inTheMaking(topology));

const inTheMaking = (topology: string): string => `np${groupOf(topology).toString(36)}.`;

/**
 * The topology that made a link: its group and its alias agree. A link of `topology`'s group without an alias is one
 * whose making was cut short before the alias was set: still ours. Any other link is foreign.
 */
export function ownerOf(link: IpLink, topology: string): string | null {
  const named = readAlias(link.ifalias).topology;
  if (named !== null) return link.group === String(groupOf(named)) ? named : null;
  if (isInTheMaking(link.ifname, topology)) return topology;
  return link.group === String(groupOf(topology)) && link.ifalias === undefined ? topology : null;
}
