// A Linux bond: an entry under `bonds` in, `ip link … type bond` out. Its members join it by themselves: see `bond-port.ts`.
import {
  desired,
  deviceOf,
  linkDefaultsOf,
  netnsOf,
  type DeclaredLink,
  type Entry,
  type Kind,
} from '../kind.js';
import { groupOf, ownerOf } from '../marks.js';
import { bondFindings } from './bond-findings.js';
import { options, optionsOf, usualInterval } from './bond-options.js';
import { optionsIn, wordsToChange, wordsToMake } from './bond-words.js';
import { deviceIn, deviceNamed, madeByUs } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { memberKeys, membersProperty } from './masters.js';

const properties = {
  interfaces: membersProperty(
    'The links, of the same body, that the bond is made of; with Open vSwitch two or more. While it is a member of a Linux bond, a link has the bond’s MAC address and MTU; as it joins it is taken down for a moment, and loses the routes and IPv6 addresses that somebody else gave it: the plan names them.',
  ),
  ...options,
  primary: {
    type: 'string',
    'x-reference': 'link',
    description:
      'The member that is used whenever it works, in the modes `active-backup`, `balance-tlb` and `balance-alb`.',
    'x-change': 'flap',
  },
} as const;

/** ether_setup() by bond_setup(), in bytes; members do not change it. */
const MTU = 1500;

export const bond: Kind = {
  name: 'bond',
  called: 'a Linux bond',
  noun: 'bond',
  fields: options,

  section: {
    name: 'bonds',
    shape: 'map',
    description:
      'Several links that act as one, so that traffic goes on when one of them fails: a link of the kernel, or, with `bridge` naming an Open vSwitch bridge, a port of that.',
    properties,
    takes: ({ body, value }, names) => names.link(body, String(value['bridge']))?.bridge !== 'ovs',
    links: (entry) => [linkOf(entry)],
    findings: bondFindings,
    desired(entry) {
      const ids = idsOf(entry.body, deviceNamed(entry));
      return [desired({ ...ids, fields: optionsOf(entry.value), ownership: 'owned', at: entry.path })];
    },
  },

  live: inEachBody(({ body, links }, topology) =>
    links
      .filter(({ linkinfo }) => linkinfo?.info_kind === 'bond')
      .map((link) => ({
        ...idsOf(body.name, link.ifname),
        fields: optionsIn(link.linkinfo?.info_data ?? {}),
        owner: ownerOf(link, topology),
      })),
  ),

  requires: () => [{ kernel: 'bond' }],
  make({ body, id, fields }, { topology }) {
    const made = ['link', 'add', 'name', deviceIn(id), 'group', String(groupOf(topology)), 'type', 'bond'];
    return [{ tool: 'ip', body, args: [...made, ...wordsToMake(fields)] }];
  },
  change(_before, { body, id, fields }, changed) {
    const args = ['link', 'set', 'dev', deviceIn(id), 'type', 'bond', ...wordsToChange(fields, changed)];
    return [{ tool: 'ip', body, args }];
  },
  usual: ({ mode }) => ({ 'mii-monitor-interval': usualInterval(mode) }),
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'del', 'dev', deviceIn(id)] }],
};

const linkOf = (entry: Entry): DeclaredLink => ({
  ...madeByUs(entry, () => MTU),
  bond: 'linux',
  members: memberKeys(entry.value),
});

const idsOf = (body: string, device: string) => ({
  id: `${body}/bond/${device}`,
  kind: 'bond',
  body,
  needs: [netnsOf(body), linkDefaultsOf(body)],
  diesWith: [netnsOf(body)],
  provides: [deviceOf(body, device)],
});
