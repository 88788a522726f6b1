// What a link with IPv6 addresses must be like for the kernel to take them.
import { parseInterfaceAddress } from '../../address.js';
import type { DeclaredLink } from '../../kind.js';
import type { Fields, Json, Path } from '../../model.js';
import type { Finding } from '../diagnostic.js';
import { numberAt, texts, type Subject } from './subject.js';

/** RFC 8200, section 5; addrconf_add_dev() in net/ipv6/addrconf.c answers `Invalid argument` below it. */
const SMALLEST_MTU = 1280;

export function* ipv6(subject: Subject): Generator<Finding> {
  for (const link of subject.links.filter(hasIpv6)) {
    const mtu = numberAt(link, 'mtu');
    if (mtu !== undefined && mtu < SMALLEST_MTU) {
      yield {
        code: 'small-mtu',
        message: `a link with IPv6 addresses needs an MTU of ${SMALLEST_MTU} bytes or more`,
        hint: 'remove its IPv6 addresses, or the line',
        path: [...link.path, 'mtu'],
      };
    }
    const off = disabledAt(link, subject);
    if (off !== undefined) {
      yield {
        code: 'ipv6-disabled',
        message: `\`${link.key}\` has IPv6 addresses, which the kernel refuses where IPv6 is disabled`,
        hint: 'remove its IPv6 addresses, or the line',
        path: off,
        at: 'key',
      };
    }
  }
}

const hasIpv6 = ({ value }: DeclaredLink): boolean =>
  texts(value['addresses']).some(([, text]) => parseInterfaceAddress(text)?.family === 6);

/** The setting that disables IPv6 on a link: its own says more than that of all, that of all more than that of new links. */
function disabledAt(link: DeclaredLink, { names }: Subject): Path | undefined {
  const settings = new Map<string, readonly [Json | undefined, Path]>();
  for (const { key, value, path } of names.entries(link.body, 'sysctls'))
    settings.set(dotted(key), [value['value'], path]);
  const own = isMap(link.value['sysctls']) ? link.value['sysctls'] : {};
  for (const [key, value] of Object.entries(own))
    if (dotted(key) === 'ipv6.disable_ipv6')
      settings.set(ofLink(link.device), [value, [...link.path, 'sysctls', key]]);
  const [value, path] =
    settings.get(ofLink(link.device)) ??
    settings.get(ofLink('all')) ??
    (link.adopted ? undefined : settings.get(ofLink('default'))) ??
    [];
  return Number(value) === 1 ? path : undefined;
}

const ofLink = (device: string): string => `net.ipv6.conf.${device}.disable_ipv6`;

const dotted = (key: string): string => key.replaceAll('/', '.');

const isMap = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
