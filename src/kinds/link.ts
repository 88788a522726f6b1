// What every link has, whatever made it: state, MTU, MAC address, alias, queue length. Set in one `ip link set` line.
import { desired, deviceOf, netnsOf, pick, type DeclaredLink, type Kind, type Names, type Properties } from '../kind.js';
import { aliasOf, readAlias } from '../marks.js';
import type { Command, Fields, Json, Resource } from '../model.js';
import type { IpLink } from '../state.js';

const fields: Properties = {
  up: {
    type: 'boolean',
    description: 'Whether the link is administratively up.',
    default: true,
    'x-change': 'reset',
  },
  mtu: {
    type: 'integer',
    minimum: 68,
    maximum: 65535,
    description:
      'Largest packet. Default: the kernel’s for the kind of link (1500 for veth; a VLAN takes its parent’s; a Linux bridge the smallest of its ports’).',
    'x-unit': 'bytes',
    'x-change': 'flap',
  },
  macaddress: {
    type: 'string',
    pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$',
    description: 'MAC address. Default: what the kernel chose when the link was made.',
    'x-change': 'flap',
  },
  description: {
    type: 'string',
    maxLength: 200,
    description: 'A text for people, kept in the link’s alias.',
    default: '',
  },
  txqueuelen: {
    type: 'integer',
    minimum: 0,
    maximum: 4294967295,
    description: 'Length of the transmit queue. Default: 1000 for links that this file makes.',
    'x-unit': 'packets',
  },
  promiscuous: {
    type: 'boolean',
    description: 'Whether the link receives all frames. Default: false for links that this file makes.',
  },
};

export const link: Kind = {
  name: 'link',
  noun: 'link',
  fields,

  onLink: {
    properties: fields,
    desired(declared, names) {
      if (!declared.netdev) return [];
      const { body, device, adopted, path } = declared;
      return [
        desired({
          id: linkId(body, device),
          kind: 'link',
          body,
          fields: wanted(declared, names),
          needs: [deviceOf(body, device), ...below(declared, names)],
          diesWith: [holderOf(body, device)],
          ownership: adopted ? 'adopted' : 'part',
          at: path,
        }),
      ];
    },
  },

  live(host) {
    return [...host.bodies.values()].flatMap(({ body, links }) =>
      links.map((found) => ({
        id: linkId(body.name, found.ifname),
        kind: 'link',
        body: body.name,
        fields: fieldsOf(found),
        needs: [deviceOf(body.name, found.ifname)],
        diesWith: [holderOf(body.name, found.ifname)],
        provides: [],
      })),
    );
  },

  // A fresh link has the kernel's queue length and is not promiscuous: no need to say it.
  make(resource, { topology }) {
    const said = Object.keys(resource.fields).filter(
      (field) => !(field === 'txqueuelen' && resource.fields[field] === 1000) && resource.fields[field] !== false,
    );
    return set(resource, resource.fields['up'] === false ? [...said, 'up'] : said, topology);
  },
  change: (_before, after, changed, { topology }) => set(after, changed, topology),
  remove: () => [],
};

/** Id of a link's settings: what addresses, routes and neighbours of it need. */
export const linkId = (body: string, device: string): string => `${body}/link/${device}`;

/** A namespace's `lo` comes and goes with the namespace, every other link with its device. */
const holderOf = (body: string, device: string): string => (device === 'lo' ? netnsOf(body) : deviceOf(body, device));

/** The link below (of a VLAN, of a tunnel) is set first: a link cannot be up above one that is down, nor have a larger MTU. */
function below({ body, value }: DeclaredLink, names: Names): string[] {
  const lower = typeof value['link'] === 'string' ? names.link(body, value['link']) : undefined;
  return lower?.netdev === true ? [linkId(lower.body, lower.device)] : [];
}

/** On an adopted link only what the file names is ours; on our own, everything whose default is known. */
function wanted(declared: DeclaredLink, names: Names): Fields {
  const { value, adopted, byOvs, device } = declared;
  const said: Record<string, Json> = { ...pick(onlyNamed(adopted), value) };
  if (typeof said['macaddress'] === 'string') said['macaddress'] = said['macaddress'].toLowerCase();
  if (adopted) return said;
  if (byOvs) {
    delete said['mtu'];
    delete said['macaddress'];
    return said;
  }
  if (declared.defaultMtu !== undefined) said['mtu'] ??= declared.defaultMtu;
  said['txqueuelen'] ??= 1000;
  // ovs-vswitchd with the userspace datapath makes its ports promiscuous (lib/netdev-linux.c).
  if (!isOvsPort(declared, names) && device !== 'lo') said['promiscuous'] ??= false;
  if (device === 'lo') delete said['txqueuelen'];
  return said;
}

const onlyNamed = (adopted: boolean): Properties =>
  adopted
    ? Object.fromEntries(Object.entries(fields).map(([name, { default: _, ...rest }]) => [name, rest as Properties[string]]))
    : fields;

function isOvsPort({ body, value }: DeclaredLink, names: Names): boolean {
  return typeof value['bridge'] === 'string' && names.link(body, value['bridge'])?.bridge === 'ovs';
}

const fieldsOf = (found: IpLink): Fields => ({
  up: found.flags.includes('UP'),
  mtu: found.mtu,
  ...(found.address === undefined ? {} : { macaddress: found.address }),
  description: readAlias(found.ifalias).description,
  ...(found.txqlen === undefined ? {} : { txqueuelen: found.txqlen }),
  promiscuous: found.flags.includes('PROMISC'),
});

const WORDS: Readonly<Record<string, (value: Json, alias: (text: string) => string) => string[]>> = {
  mtu: (value) => ['mtu', String(value)],
  macaddress: (value) => ['address', String(value)],
  txqueuelen: (value) => ['txqueuelen', String(value)],
  promiscuous: (value) => ['promisc', value === true ? 'on' : 'off'],
  description: (value, alias) => ['alias', alias(String(value))],
  up: (value) => [value === true ? 'up' : 'down'],
};

function set({ body, id, fields: values, ...rest }: Resource, changed: readonly string[], topology: string): Command[] {
  const adopted = 'ownership' in rest && rest.ownership === 'adopted';
  const alias = (text: string): string => (adopted ? text : aliasOf(topology, text));
  const words = Object.entries(WORDS).flatMap(([field, write]) => {
    const value = values[field];
    return changed.includes(field) && value !== undefined ? write(value, alias) : [];
  });
  if (words.length === 0) return [];
  return [{ tool: 'ip', body, args: ['link', 'set', 'dev', id.slice(id.lastIndexOf('/') + 1), ...words] }];
}
