// A VLAN of a link: an entry under `vlans` in, `ip link … type vlan` out. On an Open vSwitch bridge it is an internal port instead.
import {
  desired,
  deviceOf,
  linkDefaultsOf,
  netnsOf,
  type DeclaredLink,
  type Entry,
  type Kind,
  type Names,
} from '../kind.js';
import { groupOf, ownerOf } from '../marks.js';
import type { Finding } from '../load/diagnostic.js';
import type { Fields } from '../model.js';
import type { IpLink } from '../state.js';
import { firstOf } from './twins.js';
import { deviceIn, deviceNamed, madeByUs, mtuOf } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { protocolShown, VLAN_PROTOCOLS } from './vlan-protocol.js';

/**
 * vlan_changelink() in the kernel's net/8021q/vlan_netlink.c looks at the flags and the priority maps alone, and says
 * that all went well: a new id, protocol or link is ignored without a word.
 */
const fixed = { 'x-change': 'replace', 'x-why': 'the kernel ignores the change of a VLAN link' } as const;

const properties = {
  link: {
    type: 'string',
    description: 'The link, or the bridge, that carries the VLAN.',
    'x-reference': 'link',
    ...fixed,
  },
  id: { type: 'integer', minimum: 1, maximum: 4094, description: 'Id of the VLAN.', ...fixed },
  protocol: {
    enum: VLAN_PROTOCOLS,
    description: 'The tag: 802.1q for customers’ VLANs, 802.1ad for a provider’s outer tag.',
    // vlan_newlink() in vlan_netlink.c.
    default: '802.1q',
    ...fixed,
  },
} as const;

export const vlan: Kind = {
  name: 'vlan',
  called: 'a VLAN link of the kernel',
  noun: 'vlan',
  fields: properties,

  section: {
    name: 'vlans',
    shape: 'map',
    description:
      'A link for one VLAN of another link: what is sent through it leaves there with the VLAN’s tag.',
    properties,
    required: ['link', 'id'],
    takes: (entry, names) => parentOf(entry, names)?.bridge !== 'ovs',
    // vlan_newlink() takes the parent's MTU, and vlan_dev_change_mtu() refuses a larger one.
    links: (entry, names) => [madeByUs(entry, () => mtuOf(parentOf(entry, names)))],
    findings: (entry, names) => [...twin(entry, names), ...stranded(entry, names)],
    desired(entry, names) {
      const { body, value, path } = entry;
      const parent = parentOf(entry, names);
      if (parent === undefined) return [];
      const { id = null, protocol = properties.protocol.default } = value;
      const fields = { link: parent.device, id, protocol };
      return [
        desired({ ...idsOf(body, deviceNamed(entry), parent.device), fields, ownership: 'owned', at: path }),
      ];
    },
  },

  live: inEachBody(({ body, links }, topology) =>
    links
      .filter(({ linkinfo }) => linkinfo?.info_kind === 'vlan')
      .map((link) => ({
        ...idsOf(body.name, link.ifname, link.link ?? null),
        fields: fieldsOf(link),
        owner: ownerOf(link, topology),
      })),
  ),

  requires: () => [{ kernel: 'vlan' }],
  make({ body, id: name, fields }, { topology }) {
    const { link, id, protocol } = fields as {
      readonly link: string;
      readonly id: number;
      readonly protocol: string;
    };
    const args = ['link', link, 'name', deviceIn(name), 'group', String(groupOf(topology)), 'type', 'vlan'];
    return [{ tool: 'ip', body, args: ['link', 'add', ...args, 'protocol', protocol, 'id', String(id)] }];
  },
  change: () => [],
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'del', 'dev', deviceIn(id)] }],
};

/** The link that carries the VLAN; undefined when there is none of that name, which is reported elsewhere. */
const parentOf = ({ body, value }: Entry, names: Names): DeclaredLink | undefined =>
  names.link(body, value['link'] as string);

function twin(entry: Entry, names: Names): Finding[] {
  const first = firstVlan(entry, names);
  if (first === undefined) return [];
  const message = `the VLAN \`${first.key}\` has the same \`link\` and \`id\``;
  return [{ code: 'duplicate-vlan', message, path: [...entry.path, 'id'] }];
}

/** vlan_dev_open() in net/8021q/vlan_dev.c: a VLAN cannot be up above a link that is down (ENETDOWN). */
function stranded(entry: Entry, names: Names): Finding[] {
  const parent = parentOf(entry, names);
  if (parent?.netdev !== true || parent.value['up'] !== false || entry.value['up'] === false) return [];
  const message = `\`${parent.key}\` is not up, so no VLAN of it can be`;
  const hint = 'remove `up: false` there, or say it here, too';
  return [{ code: 'vlan-on-down-link', message, hint, path: [...entry.path, 'link'] }];
}

/** What tells one VLAN of a link from another: vlan_check_real_dev() finds a second one with EEXIST. */
const firstVlan = firstOf('vlans', ({ value: { link, id, protocol } }) =>
  JSON.stringify([link, id, protocol ?? properties.protocol.default]),
);

function idsOf(body: string, device: string, parent: string | null) {
  // A parent in another namespace (null) is nothing that we can name.
  const below = parent === null ? [] : [deviceOf(body, parent)];
  return {
    id: `${body}/vlan/${device}`,
    kind: 'vlan',
    body,
    needs: [netnsOf(body), linkDefaultsOf(body), ...below],
    diesWith: [...below, netnsOf(body)],
    provides: [deviceOf(body, device)],
  };
}

function fieldsOf({ link, linkinfo }: IpLink): Fields {
  const { id, protocol } = linkinfo?.info_data ?? {};
  return { link: link ?? null, id: Number(id), protocol: protocolShown(protocol) };
}
