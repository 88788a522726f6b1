// A veth pair, one resource for both ends: an entry under `veths` in, the pair's commands out; live ends are matched by ifindex.
import { desired, deviceOf, linkDefaultsOf, netnsOf, type Kind } from '../kind.js';
import { groupOf, ownerOf } from '../marks.js';
import { groupBy } from '../collections.js';
import { HOST, netnsFile, type Json } from '../model.js';
import type { HostState, IpLink } from '../state.js';

interface End {
  readonly body: string;
  readonly device: string;
}

type Value = { readonly [field: string]: Json };

const properties = {
  peer: {
    type: 'object',
    description: 'The other end: where it lives, its name, and every word of a link.',
    'x-link': true,
    properties: {
      namespace: {
        type: 'string',
        description: 'The namespace where it lives, or `host`. Default: this one.',
        'x-reference': 'namespace',
        'x-change': 'replace',
        'x-why': 'the kernel makes both ends together',
      },
      name: {
        type: 'string',
        description: 'Name of its device, and what other entries of its namespace call it.',
        'x-change': 'replace',
        'x-why': 'the kernel makes both ends together',
      },
    },
    required: ['name'],
    'x-change': 'replace',
    'x-why': 'the kernel makes both ends together',
  },
} as const;

export const veth: Kind = {
  name: 'veth',
  noun: 'veth',
  fields: properties,

  section: {
    name: 'veths',
    shape: 'map',
    description:
      'A pair of virtual Ethernet links, wired to each other. The entry is the end in this body, `peer` the other one.',
    properties,
    required: ['peer'],
    keys: ({ body, key, value }) => [
      { body, key },
      { body: peerOf(value).namespace ?? body, key: peerOf(value).name ?? '' },
    ],
    links({ body, key, value, path }) {
      const peer = peerOf(value);
      const both = { adopted: false, netdev: true, byOvs: false, defaultMtu: 1500 };
      const a = { body, device: (value['name'] as string | undefined) ?? key };
      const b = { body: peer.namespace ?? body, device: peer.name ?? '' };
      return [
        { ...a, key, value, path, peer: b, ...both },
        { ...b, key: b.device, value: peer, path: [...path, 'peer'], peer: a, ...both },
      ];
    },
    desired(entry) {
      const peer = peerOf(entry.value);
      const device = (entry.value['name'] as string | undefined) ?? entry.key;
      const ends = [
        { body: entry.body, device },
        { body: peer.namespace ?? entry.body, device: peer.name ?? '' },
      ] as const;
      return [desired({ ...pair(...ends), ownership: 'owned', at: entry.path })];
    },
  },

  live(host) {
    const { pairs, single } = pairsOf(host);
    return [
      ...pairs.map(([a, b]) => ({
        ...pair(a, b),
        owner: ownerOf(a.link, host.topology) ?? ownerOf(b.link, host.topology),
      })),
      ...single.flatMap((end) => {
        const owner = ownerOf(end.link, host.topology);
        return owner === null ? [] : [{ ...half(end), owner }];
      }),
    ];
  },

  requires: () => [{ kernel: 'veth' }],
  refusal({ body, fields, id }, host) {
    const isThere = (): boolean =>
      pairsOf(host).single.some((end) => half(end).id === id && end.body === body);
    return fields['peer'] !== null || isThere() ? null : 'its other end was in a namespace that has no name';
  },
  make({ body, fields, id }, { topology, netns, isInHost }) {
    const [a, b] = [{ body, device: id.slice(id.lastIndexOf('/') + 1) }, endOf(fields['peer'] as string)];
    // Before Linux 6.15 the host must have no link of the first end's name, whatever namespace is said for that (__rtnl_newlink).
    const isFree = (end: End): boolean => end.body === HOST || !isInHost(end.device);
    const [first, other] = isFree(a) || !isFree(b) ? [a, b] : [b, a];
    const from = isFree(first) ? HOST : first.body;
    const at = (end: End) => (end.body === from ? [] : ['netns', netnsName(end.body, netns(end.body))]);
    const group = ['group', String(groupOf(topology))];
    const peer = ['type', 'veth', 'peer', 'name', other.device, ...at(other), ...group];
    return [
      {
        tool: 'ip',
        body: from,
        args: ['link', 'add', 'name', first.device, ...at(first), ...group, ...peer],
      },
    ];
  },
  change: () => [],
  remove: ({ body, id }) => [
    { tool: 'ip', body, args: ['link', 'del', 'dev', id.slice(id.lastIndexOf('/') + 1)] },
  ],
};

const peerOf = (value: Value): Value & { namespace?: string; name?: string } =>
  (value['peer'] ?? {}) as Value & { namespace?: string; name?: string };

/** `ip link … netns NAME` takes a name below /run/netns or any path. */
const netnsName = (body: string, netns: string | null): string =>
  netns === netnsFile(body) ? body : (netns ?? '');

const nameOf = ({ body, device }: End): string => `${body}/${device}`;

function endOf(name: string): End {
  const slash = name.indexOf('/');
  return { body: name.slice(0, slash), device: name.slice(slash + 1) };
}

/** The pair under one id, whichever end is asked: the host's end names it, else the first by name. */
function pair(x: End, y: End) {
  const [a, b] = rank(x) <= rank(y) ? [x, y] : [y, x];
  return {
    id: `${a.body}/veth/${a.device}`,
    kind: 'veth',
    body: a.body,
    fields: { peer: nameOf(b) },
    needs: [a, b].flatMap(({ body }) => [netnsOf(body), linkDefaultsOf(body)]),
    diesWith: [],
    provides: [deviceOf(a.body, a.device), deviceOf(b.body, b.device)],
  };
}

/** An end of a pair whose other end is in no namespace that has a name: moved away, or its namespace deleted with processes in it. */
const half = ({ body, device }: End) => ({
  id: `${body}/veth/${device}`,
  kind: 'veth',
  body,
  fields: { peer: null },
  needs: [netnsOf(body)],
  diesWith: [],
  provides: [deviceOf(body, device)],
});

const rank = (end: End): string => (end.body === HOST ? ' ' : '') + nameOf(end);

interface LiveEnd extends End {
  readonly link: IpLink;
}

/**
 * The pairs of which both ends were read. An end says its peer's ifindex, and in which namespace by a number that only
 * means something to the kernel (`link_netnsid`), so ends are matched by the two indexes; where these fit several, one
 * number of a namespace must always mean the same namespace. `single`: the ends whose other end is elsewhere (in a container).
 */
function pairsOf(host: HostState): { pairs: (readonly [LiveEnd, LiveEnd])[]; single: LiveEnd[] } {
  const ends = [...host.bodies.values()].flatMap(({ body, links }) =>
    links
      .filter(isVeth)
      .map((link): LiveEnd => ({ body: body.name, device: link.ifname, link: withIndex(link, links) })),
  );
  const byIndexes = groupBy(ends, ({ link }) => `${link.ifindex} ${link.link_index}`);
  const meaning = new Map<string, string>();
  const candidates = ends
    .map((end) => ({
      end,
      peers: (byIndexes.get(`${end.link.link_index} ${end.link.ifindex}`) ?? []).filter((peer) =>
        mayBePeers(end, peer),
      ),
    }))
    .sort((a, b) => a.peers.length - b.peers.length);
  const taken = new Set<LiveEnd>();
  const pairs: (readonly [LiveEnd, LiveEnd])[] = [];
  for (const { end, peers } of candidates) {
    if (taken.has(end)) continue;
    const peer = peers.find(
      (other) => !taken.has(other) && agrees(meaning, end, other) && agrees(meaning, other, end),
    );
    if (peer === undefined) continue;
    for (const [from, to] of [
      [end, peer],
      [peer, end],
    ] as const)
      meaning.set(placeOf(from), to.body);
    taken.add(end).add(peer);
    pairs.push([end, peer]);
  }
  return { pairs, single: ends.filter((end) => !taken.has(end)) };
}

const isVeth = (link: IpLink): boolean => link.linkinfo?.info_kind === 'veth';

/** Of a peer in the same namespace ip says the name instead of the ifindex. */
const withIndex = (end: IpLink, links: readonly IpLink[]): IpLink => {
  const peer = end.link_index === undefined ? links.find(({ ifname }) => ifname === end.link) : undefined;
  return peer === undefined ? end : { ...end, link_index: peer.ifindex };
};

/** A peer in the same namespace has no `link_netnsid`, one in another has. */
const mayBePeers = (a: LiveEnd, b: LiveEnd): boolean =>
  a !== b &&
  (a.body === b.body) === (a.link.link_netnsid === undefined) &&
  (a.body === b.body) === (b.link.link_netnsid === undefined);

const placeOf = (end: LiveEnd): string => `${end.body} ${String(end.link.link_netnsid)}`;

const agrees = (meaning: ReadonlyMap<string, string>, from: LiveEnd, to: LiveEnd): boolean =>
  from.link.link_netnsid === undefined || (meaning.get(placeOf(from)) ?? to.body) === to.body;
