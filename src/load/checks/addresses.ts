// Addresses of links: ones that a link can have, each once in a namespace or VRF, and networks that do not meet by accident.
import {
  isLinkLocal,
  isMulticast,
  isUnspecified,
  lastOf,
  networkOf,
  parseAddress,
  parseInterfaceAddress,
  type InterfaceAddress,
} from '../../address.js';
import { groupBy } from '../../collections.js';
import type { DeclaredLink } from '../../kind.js';
import { vrfTable } from '../../kinds/routing-table.js';
import type { Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { apart, inFileOrder, inLine, texts, type Subject } from './subject.js';

interface Placed extends InterfaceAddress {
  readonly link: DeclaredLink;
  readonly path: Path;
}

export function* addresses(subject: Subject): Generator<Finding> {
  const placed: Placed[] = [];
  for (const link of subject.links.filter(({ netdev }) => netdev)) {
    for (const [i, text] of texts(link.value['addresses'])) {
      const address = parseInterfaceAddress(text);
      const path = [...link.path, 'addresses', i];
      if (address === null) yield unreadable(text, path);
      else placed.push({ ...address, link, path });
    }
  }
  for (const one of placed) yield* unusable(one);
  const domain = ({ link }: Placed): string => `${link.body} ${vrfTable(link, subject.names) ?? ''}`;
  for (const inBody of groupBy(placed.filter(isUsable), domain).values()) {
    if (inBody.length < 2) continue;
    yield* twice(inBody, subject);
    yield* overlapping(inBody, subject);
  }
}

function unreadable(text: string, path: Path): Finding {
  const [before = '', after] = text.split('/');
  const alone = parseAddress(before);
  const hint =
    alone === null
      ? 'write it like `192.168.1.1/24` or `fd00::1/64`'
      : after === undefined
        ? `say how long its network’s prefix is: \`${alone.ip}/${alone.family === 4 ? 24 : 64}\``
        : `the length of an IPv${alone.family} prefix is 0 to ${alone.family === 4 ? 32 : 128}`;
  return { code: 'bad-address', message: `${show(text)} is not an address with a prefix`, hint, path };
}

/** fib_valid_prefsrc() and inet_rtm_newaddr() take some of these; no packet would get an answer. */
function* unusable({ ip, prefix, family, path }: Placed): Generator<Finding> {
  if (!isUsable({ ip })) {
    yield { code: 'bad-address', message: `a link cannot have the address ${show(ip)}`, path };
  } else if (family === 4 && prefix < 31 && networkOf(ip, prefix) === `${ip}/${prefix}`) {
    yield hostAddress(`${show(ip)} is the address of the network ${ip}/${prefix} itself`, path);
  } else if (family === 4 && prefix < 31 && lastOf(ip, prefix) === ip) {
    yield hostAddress(`${show(ip)} is the broadcast address of ${networkOf(ip, prefix)}`, path);
  }
}

const isUsable = ({ ip }: Pick<Placed, 'ip'>): boolean =>
  !isUnspecified(ip) && !isMulticast(ip) && ip !== '255.255.255.255';

const hostAddress = (message: string, path: Path): Finding => ({
  code: 'no-host-address',
  severity: 'warning',
  message,
  hint: 'hosts have the addresses between the first and the last of a network',
  path,
});

/** One address on two links, or with two prefixes on one: which of them answers is chance. Link-local ones are each link's own. */
function* twice(inBody: readonly Placed[], subject: Subject): Generator<Finding> {
  const everywhere = (one: Placed): string => (isLinkLocal(one.ip) ? `${one.link.key} ${one.ip}` : one.ip);
  for (const same of groupBy(inBody, everywhere).values()) {
    const [first, ...others] = inFileOrder(subject, same);
    for (const { ip, link, path } of others) {
      if (first === undefined) continue;
      const message = `${link.body} has the address ${show(ip)} already: on \`${first.link.key}\`, ${inLine(subject, first.path)}`;
      yield { code: 'duplicate-address', message, path: apart(subject, first.path, path) };
    }
  }
}

/** Networks of two links that share addresses: the kernel sends to the longer prefix, or to the link that came first. */
function* overlapping(inBody: readonly Placed[], subject: Subject): Generator<Finding> {
  const shared = inBody.filter(({ ip }) => !isLinkLocal(ip));
  const byNetwork = groupBy(shared, ({ ip, prefix }) => networkOf(ip, prefix));
  const prefixes = [...new Set(shared.map(({ prefix }) => prefix))].sort((a, b) => b - a);
  for (const one of shared) {
    const other = prefixes
      .filter((prefix) => prefix <= one.prefix)
      .map((prefix) => byNetwork.get(networkOf(one.ip, prefix))?.[0])
      .find((candidate) => candidate !== undefined && candidate.link !== one.link);
    if (other === undefined || other.ip === one.ip) continue;
    const network = networkOf(other.ip, other.prefix);
    const message = `${networkOf(one.ip, one.prefix)} is${other.prefix === one.prefix ? '' : ' a part of'} the network of \`${other.link.key}\` too${other.prefix === one.prefix ? '' : ` (${network})`}, ${inLine(subject, other.path)}`;
    const hint = 'packets to it leave by one of the links only';
    yield { code: 'overlapping-network', severity: 'warning', message, hint, path: one.path };
  }
}
