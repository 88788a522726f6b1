// Membership of a Linux bridge: a link that names one in `bridge` in, `ip link set … master` and `type bridge_slave` out.
import {
  desired,
  deviceOf,
  pick,
  type DeclaredLink,
  type Kind,
  type Names,
  type Properties,
} from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Command, Fields, Json, Resource } from '../model.js';
import type { IpLink } from '../state.js';
import { deviceIn } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { portFields } from './port-fields.js';

/** Defaults: new_nbp() in the kernel's net/bridge/br_if.c. */
const properties = {
  // A new master makes a new port: its options and VLANs are those of a fresh one (del_nbp, new_nbp).
  bridge: { ...portFields.bridge, 'x-change': 'reset' },
  isolated: portFields.isolated,
  hairpin: {
    type: 'boolean',
    description: 'Whether frames may go back out of the port they came in by.',
    default: false,
  },
  learning: {
    type: 'boolean',
    description: 'Whether the bridge learns MAC addresses from frames of this port.',
    default: true,
  },
  flood: {
    type: 'boolean',
    description: 'Whether unicast frames to unknown MAC addresses go out of this port.',
    default: true,
  },
  cost: {
    type: 'integer',
    minimum: 1,
    // BR_MAX_PATH_COST in br_private.h.
    maximum: 65535,
    description:
      'Cost of the path through this port, for the spanning tree. Default: by the link’s speed when it became a port; once said, it stays until the port leaves the bridge.',
    'x-change': 'flap',
  },
  priority: {
    type: 'integer',
    minimum: 0,
    // BR_MAX_PORT_PRIORITY in br_private.h, and the default: half of it.
    maximum: 63,
    description: 'Priority of the port in the spanning tree: the lowest of two ways is taken.',
    default: 32,
    'x-change': 'flap',
  },
} as const satisfies Properties;

const { bridge: _, ...options } = properties;

export const bridgePort: Kind = {
  name: 'bridge-port',
  called: 'a port of a Linux bridge',
  noun: 'port',
  role: 'membership',
  fields: properties,

  onLink: {
    properties,
    takes: (link, names) => linuxBridgeOf(link, names) !== undefined,
    findings: bridgeInBridge,
    desired(link, names) {
      const bridge = linuxBridgeOf(link, names);
      if (bridge === undefined) return [];
      const { body, device, value, path } = link;
      const fields = { bridge: bridge.device, ...pick(options, value) };
      return [desired({ ...idsOf(body, device, bridge.device), fields, ownership: 'part', at: path })];
    },
  },

  live: inEachBody(({ body, links }) =>
    links.flatMap((link) => {
      const { ifname, master, linkinfo } = link;
      if (master === undefined || linkinfo?.info_slave_kind !== 'bridge') return [];
      return [{ ...idsOf(body.name, ifname, master), fields: fieldsOf(link, master) }];
    }),
  ),

  make: join,
  change(_before, after, changed) {
    return changed.includes('bridge') ? join(after) : set(after, changed);
  },
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'set', 'dev', deviceIn(id), 'nomaster'] }],
};

/** Id of a link's membership in a bridge: what its VLANs need. */
export const portId = (body: string, device: string): string => `${body}/port/${device}`;

/** The Linux bridge that a link is a port of. */
export function linuxBridgeOf({ body, value, netdev }: DeclaredLink, names: Names): DeclaredLink | undefined {
  const bridge =
    typeof value['bridge'] === 'string' && netdev ? names.link(body, value['bridge']) : undefined;
  return bridge?.bridge === 'linux' ? bridge : undefined;
}

/** br_add_if(): a bridge cannot be a port of a bridge (ELOOP). */
function bridgeInBridge(link: DeclaredLink, names: Names): Finding[] {
  if (link.bridge === undefined || linuxBridgeOf(link, names) === undefined) return [];
  const message = 'a bridge cannot be a port of a Linux bridge';
  return [
    {
      code: 'bridge-in-bridge',
      message,
      hint: 'join the two with a veth pair',
      path: [...link.path, 'bridge'],
    },
  ];
}

/** The port belongs to whoever owns the device: a link that somebody else has plugged into a bridge of ours stays there. */
function idsOf(body: string, device: string, bridge: string) {
  const both = [deviceOf(body, device), deviceOf(body, bridge)];
  return { id: portId(body, device), kind: 'bridge-port', body, needs: both, diesWith: both, provides: [] };
}

function fieldsOf({ linkinfo }: IpLink, master: string): Fields {
  const data = (linkinfo?.info_slave_data ?? {}) as Readonly<Record<string, Json>>;
  const shown = Object.keys(options).map((field): [string, Json] => [field, data[field] ?? null]);
  return { bridge: master, ...Object.fromEntries(shown) };
}

/**
 * Two lines: options given together with the master would be set on the port that the link was before
 * (__rtnl_newlink() asks for them before do_setlink() moves it).
 */
function join(resource: Resource): Command[] {
  const { body, id, fields } = resource;
  const args = ['link', 'set', 'dev', deviceIn(id), 'master', fields['bridge'] as string];
  const fresh = pick(options, {});
  const said = Object.keys(options).filter(
    (field) => fields[field] !== undefined && fields[field] !== fresh[field],
  );
  return [{ tool: 'ip', body, args }, ...set(resource, said)];
}

function set({ body, id, fields }: Resource, said: readonly string[]): Command[] {
  const words = said.flatMap((field) => [field, word(fields[field] ?? null)]);
  if (words.length === 0) return [];
  return [{ tool: 'ip', body, args: ['link', 'set', 'dev', deviceIn(id), 'type', 'bridge_slave', ...words] }];
}

const word = (value: Json): string =>
  typeof value === 'boolean' ? (value ? 'on' : 'off') : JSON.stringify(value);
