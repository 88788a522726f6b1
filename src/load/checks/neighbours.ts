// Permanent neighbours of links: ones that a link can have, each once.
import { isMulticast, isUnspecified, parseAddress, parseInterfaceAddress } from '../../address.js';
import type { DeclaredLink } from '../../kind.js';
import type { Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { isMapping, type Mapping } from '../topology.js';
import { macFault } from './links.js';
import { inLine, texts, type Subject } from './subject.js';

export function* neighbours(subject: Subject): Generator<Finding> {
  for (const link of subject.links.filter(({ netdev }) => netdev)) {
    const list = listed(link, subject);
    if (list.length === 0) continue;
    const own = new Set(texts(link.value['addresses']).map(([, text]) => parseInterfaceAddress(text)?.ip));
    const seen = new Map<string, Path>();
    for (const [value, path] of list) {
      const to = String(value['to']);
      const ip = parseAddress(to)?.ip;
      const fault = faultOf(ip, to, own);
      const place = `${ip ?? ''} ${String(value['proxy'])}`;
      const earlier = ip === undefined ? undefined : seen.get(place);
      if (fault !== undefined) yield { code: 'bad-neighbour', ...fault, path: [...path, 'to'] };
      else if (earlier !== undefined) yield twice(to, link, earlier, path, subject);
      else if (ip !== undefined) seen.set(place, path);
      if (subject.isWhole(path)) yield* eitherWay(value, path);
      const macaddress = macFault(String(value['macaddress']));
      if (macaddress !== undefined) yield { ...macaddress, path: [...path, 'macaddress'] };
      if (link.noEthernet === true && value['macaddress'] !== undefined) yield noMac(link, path);
    }
  }
}

const noMac = ({ key }: DeclaredLink, path: Path): Finding => ({
  code: 'no-frames',
  message: `${show(key)} carries packets without an Ethernet header, and its neighbours have no MAC address`,
  path: [...path, 'macaddress'],
});

/** Those that are said on the link, and those of its body that name it. */
function listed({ body, key, value, path }: DeclaredLink, { names }: Subject): (readonly [Mapping, Path])[] {
  const list: readonly unknown[] = Array.isArray(value['neighbours']) ? value['neighbours'] : [];
  const own = list.flatMap((item, i) =>
    isMapping(item as Mapping) ? [[item as Mapping, [...path, 'neighbours', i]] as const] : [],
  );
  const ofBody = names.entries(body, 'neighbours').filter((entry) => entry.value['link'] === key);
  return [...own, ...ofBody.map((entry) => [entry.value, entry.path] as const)];
}

function* eitherWay(value: Mapping, path: Path): Generator<Finding> {
  const isProxy = value['proxy'] === true;
  if (isProxy && value['macaddress'] !== undefined) {
    const message = 'a proxy answers with the MAC address of its own link';
    yield { code: 'pointless-field', message, path: [...path, 'macaddress'], at: 'key' };
  } else if (!isProxy && value['macaddress'] === undefined) {
    const message = 'the neighbour has no MAC address';
    const hint = 'say `macaddress`, or `proxy: true` to answer for it';
    yield { code: 'missing-key', message, hint, path };
  }
}

/** neigh_add() and ndisc take one host's address; for a group the kernel knows the MAC address itself (arp_mc_map). */
function faultOf(
  ip: string | undefined,
  to: string,
  own: ReadonlySet<string | undefined>,
): Pick<Finding, 'message' | 'hint'> | undefined {
  if (ip === undefined)
    return {
      message: `${show(to)} is not an address`,
      hint: 'write one address, like `192.168.1.254` or `fe80::1`',
    };
  if (isMulticast(ip) || isUnspecified(ip)) return { message: `${show(to)} is not one host’s address` };
  return own.has(ip) ? { message: `${show(to)} is an address of the link itself` } : undefined;
}

const twice = (to: string, link: DeclaredLink, first: Path, path: Path, subject: Subject): Finding => ({
  code: 'duplicate-neighbour',
  message: `${show(link.key)} has the neighbour ${show(to)} already, ${inLine(subject, first)}`,
  path: [...path, 'to'],
});
