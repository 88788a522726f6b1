// A link whose other end is a program: an entry under `taps` in, `ip tuntap` out.
import { desired, deviceOf, linkDefaultsOf, netnsOf, type Entry, type Kind } from '../kind.js';
import { groupOf, isInTheMaking, nameInTheMaking, ownerOf } from '../marks.js';
import { HOST, type Fields } from '../model.js';
import type { HostState, IpLink } from '../state.js';
import { deviceIn, deviceNamed, madeByUs } from './declared.js';
import { inEachBody } from './in-each-body.js';

/** `ip tuntap add` asks for a new device (IFF_TUN_EXCL), and tun_set_iff() takes no other mode or kind of queues for one that is there. */
const fixed = { 'x-change': 'replace', 'x-why': '`ip tuntap` only makes new ones' } as const;

/** useradd(8) takes such names. */
const NAME = '^[A-Za-z_][A-Za-z0-9_.-]{0,30}\\$?$';

const properties = {
  mode: {
    enum: ['tap', 'tun'],
    description: 'What the program reads and writes: Ethernet frames (`tap`), or IP packets (`tun`).',
    ...fixed,
  },
  user: {
    type: 'string',
    pattern: NAME,
    examples: ['libvirt-qemu'],
    description:
      'The user, by name, who may use it without being root. Default: none; then, without `group`, root alone may.',
    ...fixed,
  },
  group: {
    type: 'string',
    pattern: NAME,
    examples: ['kvm'],
    description: 'The group of users, by name, who may use it without being root. Default: none.',
    ...fixed,
  },
  'multi-queue': {
    type: 'boolean',
    description: 'Whether the program may open several queues, to serve them side by side.',
    default: false,
    ...fixed,
  },
} as const;

export const tap: Kind = {
  name: 'tap',
  called: 'a tap or tun link',
  noun: 'tap',
  fields: properties,

  section: {
    name: 'taps',
    shape: 'map',
    description:
      'Links whose other end is a program: a virtual machine, a VPN. They last without it, and carry nothing until it comes.',
    properties,
    required: ['mode'],
    // tun_net_initialize().
    links: (entry) => [
      madeByUs(entry, () => 1500, entry.value['mode'] === 'tun' ? { noEthernet: true } : {}),
    ],
    desired(entry) {
      const ids = idsOf(entry.body, deviceNamed(entry));
      const fields = wanted(entry.value);
      return [desired({ ...ids, fields, ownership: 'owned', at: entry.path })];
    },
  },

  live(host) {
    const ofOvs = tapsOfOvs(host);
    const taps = tapsIn(host);
    return ofOvs.size === 0 ? taps : taps.filter(({ id }) => !ofOvs.has(id));
  },

  requires: () => [{ kernel: 'tun' }],
  /** The device has a name that tells whose it is until it has the mark: `ip tuntap` cannot give it that. */
  make({ body, id, fields }, { topology }) {
    const device = deviceIn(id);
    const making = nameInTheMaking(topology, device);
    // TUN_READQ_SIZE in the kernel's drivers/net/tun.c, which a tun has, is 500.
    const mark = ['group', String(groupOf(topology)), 'txqueuelen', '1000'];
    return [
      { tool: 'ip', body, args: ['tuntap', 'add', 'dev', making, ...words(fields)] },
      { tool: 'ip', body, args: ['link', 'set', 'dev', making, 'name', device, ...mark] },
    ];
  },
  change: () => [],
  usual: () => ({ user: null, group: null, 'multi-queue': false }),
  remove({ body, id, fields }, { topology }) {
    const device = deviceIn(id);
    // One that was left half made is in no group, so that nothing that deletes a group takes it along.
    const args = isInTheMaking(device, topology)
      ? ['tuntap', 'del', 'dev', device, ...words({ ...fields, user: null, group: null })]
      : ['link', 'del', 'dev', device];
    return [{ tool: 'ip', body, args }];
  },
};

const tapsIn = inEachBody(({ body, links }, topology) =>
  links
    .filter(({ linkinfo }) => linkinfo?.info_kind === 'tun')
    .map((link) => ({
      ...idsOf(body.name, link.ifname),
      fields: fieldsOf(link),
      owner: ownerOf(link, topology),
    })),
);

/** By id: those that Open vSwitch's userspace datapath makes for its bridges and internal ports, and one for itself (lib/dpif-netdev.c). */
function tapsOfOvs({ ovs }: HostState): ReadonlySet<string> {
  const internal = (ovs?.Interface ?? []).filter(({ type }) => type === 'internal');
  const names = internal.length > 0 ? ['ovs-netdev', ...internal.map(({ name }) => name)] : [];
  return new Set(names.map((name) => idsOf(HOST, name).id));
}

const idsOf = (body: string, device: string) => ({
  id: `${body}/tap/${device}`,
  kind: 'tap',
  body,
  needs: [netnsOf(body), linkDefaultsOf(body)],
  diesWith: [netnsOf(body)],
  provides: [deviceOf(body, device)],
});

const wanted = ({ mode, user = null, group = null, ...value }: Entry['value']): Fields => ({
  mode: mode as string,
  user,
  group,
  'multi-queue': value['multi-queue'] ?? false,
});

/** What the program chooses as it opens it (`pi`, `vnet_hdr`) is its own matter. */
function fieldsOf({ linkinfo }: IpLink): Fields {
  const { type, user = null, group = null, multi_queue: several } = linkinfo?.info_data ?? {};
  return {
    mode: type as string,
    user: user as string | number | null,
    group: group as string | number | null,
    'multi-queue': several === true,
  };
}

const words = (fields: Fields): string[] => [
  'mode',
  fields['mode'] as string,
  ...['user', 'group'].flatMap((name) => (fields[name] == null ? [] : [name, fields[name] as string])),
  ...(fields['multi-queue'] === true ? ['multi_queue'] : []),
];
