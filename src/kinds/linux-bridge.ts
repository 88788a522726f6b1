// A Linux bridge: an entry under `bridges` of type `linux` in, `ip link … type bridge` out.
import { desired, deviceOf, linkDefaultsOf, netnsOf, pick, type DeclaredLink, type Kind } from '../kind.js';
import { groupOf, ownerOf } from '../marks.js';
import type { Fields, Json } from '../model.js';
import { deviceIn, deviceNamed, madeByUs, mtuOf } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { linuxBridgeFindings, portsOf } from './linux-bridge-findings.js';
import { filtersVlans } from './vlan-filtering.js';
import { protocolShown, VLAN_PROTOCOLS } from './vlan-protocol.js';

/** Defaults: br_dev_setup() in the kernel's net/bridge/br_device.c, where nothing else is cited. */
const properties = {
  type: {
    enum: ['linux'],
    description: 'What makes the bridge: the kernel’s own bridge (`linux`), or Open vSwitch (`ovs`).',
    'x-change': 'replace',
    'x-why': 'it is another kind of bridge',
  },
  stp: {
    type: 'boolean',
    description: 'Whether the bridge takes part in the spanning tree protocol.',
    default: false,
    'x-change': 'flap',
  },
  'forward-delay': {
    type: 'integer',
    minimum: 0,
    // BR_MAX_FORWARD_DELAY in br_stp.h. Below BR_MIN_FORWARD_DELAY the kernel raises it as STP starts (br_stp_start).
    maximum: 30,
    description: 'How long a port listens, and then learns, before it forwards. With `stp` at least 2.',
    default: 15,
    'x-unit': 's',
  },
  'hello-time': {
    type: 'integer',
    minimum: 1,
    maximum: 10,
    description: 'Time between two hello packets of a root bridge.',
    default: 2,
    'x-unit': 's',
  },
  'max-age': {
    type: 'integer',
    minimum: 6,
    maximum: 40,
    description: 'How long a hello packet is believed.',
    default: 20,
    'x-unit': 's',
  },
  priority: {
    type: 'integer',
    minimum: 0,
    maximum: 65535,
    description: 'Priority of the bridge in the spanning tree; the lowest becomes the root.',
    default: 32768,
    'x-change': 'flap',
  },
  'ageing-time': {
    type: 'integer',
    minimum: 0,
    maximum: 1000000,
    description: 'How long a MAC address is remembered after its last frame.',
    // BR_DEFAULT_AGEING_TIME in include/linux/if_bridge.h.
    default: 300,
    'x-unit': 's',
  },
  'mcast-snooping': {
    type: 'boolean',
    description: 'Whether multicast goes only to ports that asked for it (IGMP and MLD snooping).',
    // br_multicast_init() in br_multicast.c.
    default: true,
    'x-change': 'flap',
  },
  'vlan-filtering': {
    type: 'boolean',
    description:
      'Whether the bridge keeps VLANs apart. Default: true as soon as a port has `tag`, `trunks` or `native-tag`, else false.',
    'x-change': 'flap',
  },
  'vlan-protocol': {
    enum: VLAN_PROTOCOLS,
    description:
      'The tags that the bridge looks at. With `802.1ad`, a provider’s bridge, all that an access port takes gets the provider’s tag, customers’ tags and all.',
    // br_vlan_init() in br_vlan.c.
    default: '802.1q',
    'x-change': 'flap',
  },
  'group-fwd-mask': {
    type: 'integer',
    minimum: 0,
    maximum: 65535,
    description:
      'Which link-local groups are forwarded: bit N for 01:80:c2:00:00:0N. The kernel refuses bits 0, 1 and 2 (spanning tree, pause, LACP).',
    default: 0,
  },
} as const;

/** Everything of `info_data` that the fields speak of, in the kernel's names and units: ip shows times in 1/100 s. */
const WORDS: Readonly<Record<string, Word>> = {
  stp: flag('stp_state'),
  'forward-delay': seconds('forward_delay'),
  'hello-time': seconds('hello_time'),
  'max-age': seconds('max_age'),
  priority: number('priority'),
  'ageing-time': seconds('ageing_time'),
  'mcast-snooping': flag('mcast_snooping'),
  'vlan-filtering': flag('vlan_filtering'),
  'vlan-protocol': {
    name: 'vlan_protocol',
    // A kernel without VLAN filtering shows none.
    read: (shown) => (shown === undefined ? '802.1q' : protocolShown(shown)),
    write: (value) => value as string,
  },
  // ip prints it in hexadecimal: "0x4000".
  'group-fwd-mask': number('group_fwd_mask'),
};

/** What a fresh bridge has: not said as it is made. A kernel without VLAN filtering refuses even `vlan_filtering 0`. */
const FRESH: Fields = { ...pick(properties, {}), 'vlan-filtering': false };

export const linuxBridge: Kind = {
  name: 'linux-bridge',
  called: 'a Linux bridge',
  noun: 'bridge',
  fields: properties,

  section: {
    name: 'bridges',
    shape: 'map',
    description:
      'A bridge: of the kernel or of Open vSwitch. Links become its ports by naming it in `bridge`.',
    properties,
    required: ['type'],
    takes: ({ value }) => value['type'] === 'linux',
    links: (entry, names) => [madeByUs(entry, () => smallestMtu(portsOf(entry, names)), { bridge: 'linux' })],
    findings: linuxBridgeFindings,
    desired(entry, names) {
      const bridge = names.link(entry.body, entry.key);
      const filtering = bridge !== undefined && filtersVlans(bridge, names);
      const fields = { ...pick(properties, entry.value), 'vlan-filtering': filtering };
      return [
        desired({ ...idsOf(entry.body, deviceNamed(entry)), fields, ownership: 'owned', at: entry.path }),
      ];
    },
  },

  live: inEachBody(({ body, links }, topology) =>
    links
      .filter(({ linkinfo }) => linkinfo?.info_kind === 'bridge')
      .map((link) => ({
        ...idsOf(body.name, link.ifname),
        fields: fieldsOf(link.linkinfo?.info_data ?? {}),
        owner: ownerOf(link, topology),
      })),
  ),

  requires: ({ fields }) => [
    { kernel: 'bridge', at: 'type' },
    ...(fields['vlan-filtering'] === true ? [{ kernel: 'bridge-vlan-filtering' } as const] : []),
  ],
  make({ body, id, fields }, { topology }) {
    const said = Object.keys(WORDS).filter((field) => fields[field] !== FRESH[field]);
    const made = ['link', 'add', 'name', deviceIn(id), 'group', String(groupOf(topology)), 'type', 'bridge'];
    return [{ tool: 'ip', body, args: [...made, ...words(fields, said)] }];
  },
  change: (_before, { body, id, fields }, changed) => [
    {
      tool: 'ip',
      body,
      args: ['link', 'set', 'dev', deviceIn(id), 'type', 'bridge', ...words(fields, changed)],
    },
  ],
  usual: () => ({ type: 'linux', 'vlan-filtering': false }),
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'del', 'dev', deviceIn(id)] }],
};

const idsOf = (body: string, device: string) => ({
  id: `${body}/bridge/${device}`,
  kind: 'linux-bridge',
  body,
  needs: [netnsOf(body), linkDefaultsOf(body)],
  diesWith: [netnsOf(body)],
  provides: [deviceOf(body, device)],
});

/** br_mtu_auto_adjust() follows the smallest port until somebody sets the bridge's MTU; without ports br_mtu_min() is 1500. */
function smallestMtu(ports: readonly DeclaredLink[]): number | undefined {
  const known = ports.flatMap((port) => mtuOf(port) ?? []);
  if (known.length < ports.length) return undefined;
  return known.length === 0 ? 1500 : Math.min(...known);
}

const fieldsOf = (data: Readonly<Record<string, unknown>>): Fields => ({
  type: 'linux',
  ...Object.fromEntries(Object.entries(WORDS).map(([field, { name, read }]) => [field, read(data[name])])),
});

const words = (fields: Fields, said: readonly string[]): string[] =>
  said.flatMap((field) => {
    const word = WORDS[field];
    return word === undefined ? [] : [word.name, String(word.write(fields[field] ?? 0))];
  });

/** How `ip` says a field: its name there, and its number. */
interface Word {
  readonly name: string;
  read(shown: unknown): Json;
  write(value: Json): number | string;
}

function flag(name: string): Word {
  return { name, read: (shown) => Number(shown ?? 0) !== 0, write: (value) => (value === true ? 1 : 0) };
}

function seconds(name: string): Word {
  return { name, read: (shown) => Number(shown ?? 0) / 100, write: (value) => Number(value) * 100 };
}

function number(name: string): Word {
  return { name, read: (shown) => Number(shown ?? 0), write: Number };
}
