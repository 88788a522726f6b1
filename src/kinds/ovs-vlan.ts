// A VLAN of an Open vSwitch bridge: an entry under `vlans` whose `link` is such a bridge in, an internal port with a tag out.
import { desired, deviceOf, linkDefaultsOf, type Kind } from '../kind.js';
import { HOST, type Fields, type Json, type Resource } from '../model.js';
import { ovsCommand, type Row } from '../tools/ovs-words.js';
import { deviceIn, madeByOvs } from './declared.js';
import { settingMtu } from './ovs-mtu.js';
import { mapFields, mapsOf, ownerIn, OVSDB } from './ovs-ids.js';
import { portFields } from './port-fields.js';
import {
  ovsAdvice,
  addPort,
  bridgeId,
  changePort,
  portFieldsIn,
  portName,
  portsIn,
  type Port,
  type PortRows,
} from './ovs-port-rows.js';

const properties = {
  link: {
    type: 'string',
    description: 'The link, or the bridge, that carries the VLAN.',
    'x-reference': 'link',
    // On another bridge ovs-vswitchd makes the device anew.
    'x-change': 'reset',
  },
  id: { type: 'integer', minimum: 1, maximum: 4094, description: 'Id of the VLAN.', 'x-change': 'flap' },
  isolated: portFields.isolated,
  ...mapFields,
} as const;

/** Said of every link, but set in OVSDB for what Open vSwitch makes. Null: not said, Open vSwitch chooses. */
const fieldsOfDevice = {
  mtu: {
    description: 'Largest packet of the device. Default: the smallest of the bridge’s ports’.',
    'x-unit': 'bytes',
  },
  macaddress: {
    description: 'MAC address of the device. Default: what Open vSwitch chose when it was made.',
    // Addresses and routes go with it and are made again: see `address.ts`.
    'x-change': 'flap',
  },
} as const;

export const ovsVlan: Kind = {
  name: 'ovs-vlan',
  called: 'a VLAN of an Open vSwitch bridge',
  noun: 'vlan',
  fields: { ...properties, ...fieldsOfDevice },

  section: {
    name: 'vlans',
    shape: 'map',
    description:
      'A link for one VLAN of another link: what is sent through it leaves there with the VLAN’s tag.',
    properties,
    required: ['link', 'id'],
    takes: ({ body, value }, names) => names.link(body, String(value['link']))?.bridge === 'ovs',
    links: (entry) => [madeByOvs(entry)],
    desired(entry, names) {
      const { body, value, path } = entry;
      const bridge = names.link(body, String(value['link']));
      if (bridge === undefined) return [];
      const fields = {
        link: bridge.device,
        id: value['id'] ?? null,
        mtu: value['mtu'] ?? null,
        macaddress: (value['macaddress'] as string | undefined)?.toLowerCase() ?? null,
        isolated: value['isolated'] ?? false,
        ...mapsOf(value),
      };
      return [
        desired({ ...idsOf(madeByOvs(entry).device, bridge.device), fields, ownership: 'owned', at: path }),
      ];
    },
  },

  live: (host) =>
    portsIn(host)
      .filter(({ iface }) => iface.type === 'internal')
      .map((rows) => ({
        ...idsOf(rows.port.name, rows.bridge.name),
        fields: fieldsIn(rows),
        owner: ownerIn(rows.port),
      })),

  make: (resource, { topology }) =>
    ovsCommand(...addPort(portOf(resource, resource.fields['mtu']), topology)),
  change: (before, after) => [
    ...ovsCommand(...changePort(portOf(before), portOf(after))),
    ...settingMtu(deviceIn(after.id), before.fields, after.fields),
  ],
  reads: () => [OVSDB],
  advice: ovsAdvice,
  remove: ({ id }) => ovsCommand(['del-port', deviceIn(id)]),
};

const idsOf = (device: string, bridge: string) => ({
  id: `${HOST}/vlan/${device}`,
  kind: 'ovs-vlan',
  body: HOST,
  needs: [bridgeId(bridge), linkDefaultsOf(HOST)],
  diesWith: [bridgeId(bridge)],
  provides: [deviceOf(HOST, device), portName(device)],
});

/** A port that is no plain access port has no id: that is drift, and making it `id` again puts all of it right. */
function fieldsIn(rows: PortRows): Fields {
  const { tag, trunks, 'vlan-mode': mode, 'native-tag': _, ...rest } = portFieldsIn(rows);
  const isPlain = mode === 'access' && (trunks as Json[]).length === 0;
  return {
    link: rows.bridge.name,
    id: isPlain ? (tag ?? null) : null,
    mtu: rows.iface.mtu_request,
    macaddress: rows.iface.mac?.toLowerCase() ?? null,
    ...rest,
  };
}

/** An id that was none is taken for what differs in every VLAN column, so that all of them are set again. */
function portOf({ id: name, fields }: Resource, mtu: Json = null): Port {
  const { link, id = null, macaddress, mtu: _, ...rest } = fields;
  const vlan: Fields =
    id === null ? { 'vlan-mode': 'dot1q-tunnel', trunks: ['1-4094'] } : { 'vlan-mode': 'access', tag: id };
  const settings: Row = {
    type: 'internal',
    mac: macaddress as string | null,
    mtu_request: mtu as number | null,
  };
  return { name: deviceIn(name), bridge: String(link), fields: { ...vlan, ...rest }, settings };
}
