// What makes an entry of the section `nat` impossible although it has the right shape: an entry in, findings out.
import { isMulticast, isUnspecified, parseNetwork } from '../address.js';
import type { Entry } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Fields } from '../model.js';
import { coverPorts } from '../networks.js';
import {
  familiesOf,
  familyOf,
  portsText,
  saidBy,
  targetOf,
  valuesOf,
  type Action,
  type Words,
} from './nat-rule.js';

/** Findings about one entry, in no order. */
export function natFindings(entry: Entry): Finding[] {
  const said = saidBy(entry);
  const { path } = entry;
  if (said === null) {
    const message = 'a rule is one of `masquerade`, `snat`, `dnat` and `redirect`';
    const hint = Object.keys(entry.value).length > 1 ? 'make each of them an entry of its own' : undefined;
    return [{ code: 'nat-action', message, hint, path }];
  }
  const { action, words } = said;
  return CHECKS.flatMap((check) => check(words, action)).map(({ word, item, ...problem }) => ({
    ...problem,
    path: [...path, action, ...(word !== undefined && word in words ? [word] : []), ...at(word, item)],
  }));

  /** Where in a list a value stands. */
  function at(word = '', item?: string): number[] {
    const list = (entry.value[action] as Fields)[word];
    const index = Array.isArray(list) ? list.findIndex((one) => String(one) === item) : -1;
    return index < 0 ? [] : [index];
  }
}

type Problem = Omit<Finding, 'path'> & { readonly word?: keyof Words; readonly item?: string };

const CHECKS: readonly ((words: Words, action: Action) => Problem[])[] = [
  networks,
  ports,
  target,
  oneFamily,
  icmpFamily,
  portsNeedProtocol,
  rangeIsKept,
  everything,
];

function networks(words: Words): Problem[] {
  return (['source', 'destination'] as const).flatMap((word) =>
    valuesOf(words[word])
      .filter((text) => text === 'default' || parseNetwork(text) === null)
      .map((text) => ({
        code: 'bad-network',
        message: `\`${text}\` is not a network`,
        hint: 'write it like `192.168.1.0/24`, `192.168.1.1` or `fd00::/64`',
        word,
        item: text,
      })),
  );
}

function ports({ port }: Words): Problem[] {
  return valuesOf(port)
    .filter((text) => coverPorts([text]) === null)
    .map((text) => ({
      code: 'bad-port',
      message: `\`${text}\` is not a port`,
      hint: 'ports are 1 to 65535; a range is written like `"8000-8010"`',
      word: 'port',
      item: text,
    }));
}

function target({ to }: Words, action: Action): Problem[] {
  if (action === 'masquerade' || to === undefined) return [];
  const found = targetOf(to);
  const fits =
    action === 'redirect' ? found?.address === undefined && found !== null : found?.address !== undefined;
  if (fits) return nobody(found?.address);
  const hint =
    action === 'redirect'
      ? 'it sends to this body itself: say a port, or use `dnat`'
      : 'write it like `192.168.1.1`, `192.168.1.1:80` or `[fd00::1]:80`';
  return [
    { code: 'nat-target', message: `\`${to}\` is nothing that \`${action}\` can send to`, hint, word: 'to' },
  ];
}

function nobody(address = ''): Problem[] {
  if (!isMulticast(address) && !isUnspecified(address)) return [];
  return [{ code: 'nat-target', message: `\`${address}\` is not one host’s address`, word: 'to' }];
}

function oneFamily(words: Words): Problem[] {
  const said = familiesOf(words);
  const [first] = said;
  const other = said.find(({ family }) => family !== first?.family);
  if (other === undefined || first === undefined) return [];
  const message =
    first.word === other.word
      ? `IPv4 and IPv6 in one rule: \`${first.word}\` has addresses of both`
      : `IPv4 and IPv6 in one rule: \`${first.word}\` has an IPv${first.family} address, \`${other.word}\` an IPv${other.family} one`;
  return [
    { code: 'mixed-families', message, hint: 'make it two rules, one for each family', word: other.word },
  ];
}

function icmpFamily(words: Words): Problem[] {
  const { protocol = '' } = words;
  const needed = { icmp: 4, icmpv6: 6 }[protocol];
  const family = familyOf(words);
  if (needed === undefined || family === null || family === needed) return [];
  const message = `\`${protocol}\` is a protocol of IPv${needed}, the addresses are of IPv${family}`;
  return [{ code: 'mixed-families', message, word: 'protocol' }];
}

/** nft: "transport protocol mapping is only valid after transport protocol match". */
function portsNeedProtocol({ protocol = '', port, to }: Words): Problem[] {
  if (['tcp', 'udp', 'sctp'].includes(protocol)) return [];
  const word =
    port !== undefined ? 'port' : to !== undefined && targetOf(to)?.port !== undefined ? 'to' : null;
  if (word === null) return [];
  const message = `\`${word}\` says a port, which only tcp, udp and sctp have`;
  return [{ code: 'port-without-protocol', message, hint: 'add `protocol: tcp`', word }];
}

/** For the kernel a range is the room to look for a port in (nf_nat_l4proto_unique_tuple), not a shift by so many. */
function rangeIsKept({ port = '', to = '' }: Words, action: Action): Problem[] {
  const range = action === 'snat' ? undefined : targetOf(to)?.port;
  if (range?.includes('-') !== true || portsText(port) === range) return [];
  const message = `the ports ${range} of \`to\` are not those of \`port\`: the kernel would take any of them for any port`;
  const hint = 'a range can only be kept: leave the ports out of `to`, or make a rule for each port';
  return [{ code: 'nat-range', message, hint, word: 'to' }];
}

/** It would take every connection to the body, also the one that the user sits in. */
function everything(words: Words, action: Action): Problem[] {
  if (action === 'masquerade' || action === 'snat') return [];
  if ((['port', 'destination', 'in', 'source'] as const).some((word) => words[word] !== undefined)) return [];
  const message = `\`${action}\` of everything that is sent to this body`;
  return [{ code: 'nat-everything', message, hint: 'say at least `port`, `destination`, `source` or `in`' }];
}
