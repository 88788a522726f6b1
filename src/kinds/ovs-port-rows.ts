// A port of an Open vSwitch bridge, whatever is behind it: its fields and its rows in OVSDB into each other, and the commands for it.
import type { Advice } from '../kind.js';
import { HOST, type Fields, type Json } from '../model.js';
import type { HostState, OvsBridge, OvsInterface, OvsMap, OvsPort } from '../state.js';
import { assignments, symbol, updates, type Row } from '../tools/ovs-words.js';
import { mapsOf, marked, userIdsIn, withKeys } from './ovs-ids.js';
import { vlanIds, vlanRanges } from './port-fields.js';

/** A port with the bridge that it is on. */
export interface PortRows {
  readonly bridge: OvsBridge;
  readonly port: OvsPort;
  /** The first of `ifaces`. */
  readonly iface: OvsInterface;
  /** Several of a bond. */
  readonly ifaces: readonly OvsInterface[];
}

/** A port that bundles interfaces is called otherwise than they, even while it has but one. */
export const isBond = ({ port, iface, ifaces }: PortRows): boolean =>
  ifaces.length > 1 || iface.name !== port.name;

/** All ports but those that are named like their bridge: these are parts of the bridge. */
export function portsIn({ ovs }: HostState): PortRows[] {
  const ports = new Map(ovs?.Port.map((port) => [port._uuid, port]));
  const interfaces = new Map(ovs?.Interface.map((iface) => [iface._uuid, iface]));
  return (ovs?.Bridge ?? []).flatMap((bridge) =>
    bridge.ports.flatMap((uuid) => {
      const port = ports.get(uuid);
      const ifaces = (port?.interfaces ?? []).flatMap((one) => interfaces.get(one) ?? []);
      const [iface] = ifaces;
      return port === undefined || iface === undefined || port.name === bridge.name
        ? []
        : [{ bridge, port, iface, ifaces }];
    }),
  );
}

/** About a bridge or a port that somebody else has in Open vSwitch. */
export const ovsAdvice = (_body: string, name: string): Advice => ({
  look: 'ovs-vsctl show',
  free: `move it to another bridge first, or remove it (\`ovs-vsctl del-port ${name}\`)`,
});

/** Id of a bridge; a port needs it and dies with it. */
export const bridgeId = (bridge: string): string => `${HOST}/bridge/${bridge}`;

/** The name of a port, of which an Open vSwitch has room for one on all its bridges. */
export const portName = (port: string): string => `${HOST}/ovs-port/${port}`;

/** What the entry of a link says about the port; a row's columns, said in the same words, give the same. */
export const portFieldsOf = (value: Fields): Fields => ({
  ...vlanFieldsOf(value),
  isolated: value['isolated'] ?? false,
  ...mapsOf(value),
});

export const portFieldsIn = ({ port, iface }: PortRows): Fields =>
  portFieldsOf({
    tag: port.tag,
    trunks: port.trunks,
    'vlan-mode': port.vlan_mode ?? implicitMode(port.tag),
    isolated: port.protected,
    'other-config': port.other_config,
    'external-ids': userIdsIn(iface),
  });

/** The mode that the other words of a port mean by themselves. */
export const usualPortFields = (fields: Fields): Fields => ({
  'vlan-mode': vlanFieldsOf({ ...fields, 'vlan-mode': null })['vlan-mode'] ?? null,
});

function vlanFieldsOf(value: Fields): Fields {
  const [tag = null, native = null] = [value['tag'], value['native-tag']];
  const mode = value['vlan-mode'] ?? (native === null ? implicitMode(tag) : 'native-untagged');
  const isNative = String(mode).startsWith('native-');
  return {
    tag: isNative || mode === 'trunk' ? null : tag,
    trunks: vlanRanges(vlanIds((value['trunks'] ?? []) as readonly Json[])),
    'native-tag': isNative ? (native ?? tag) : null,
    'vlan-mode': mode,
  };
}

/** What Open vSwitch takes a port for that does not say its mode: ovs-vswitchd.conf.db(5), Port, vlan_mode. */
const implicitMode = (tag: Json): string => (tag === null ? 'trunk' : 'access');

/** A port's fields as a row; trunks as ranges, which ovs-vsctl expands. */
export function portRow(fields: Fields, mark: OvsMap): Row {
  const { tag = null, trunks = [], 'vlan-mode': mode = null, isolated = false } = fields;
  const column = (tag ?? fields['native-tag'] ?? null) as number | null;
  return {
    tag: column,
    trunks: trunks as (number | string)[],
    vlan_mode: mode === implicitMode(column) ? null : (mode as string),
    protected: isolated as boolean,
    other_config: mapsOf(fields)['other-config'],
    external_ids: mark,
  };
}

const interfaceRow = (fields: Fields, settings: Row): Row => ({
  ...settings,
  external_ids: withKeys(mapsOf(fields)['external-ids']),
});

/** A port as its commands see it: its fields, and what else its Interface row holds (type, options). */
export interface Port {
  readonly name: string;
  readonly bridge: string;
  readonly fields: Fields;
  readonly settings?: Row;
  /** Beside the mark of the topology. */
  readonly mark?: OvsMap;
}

export function addPort({ name, bridge, fields, settings = {}, mark }: Port, topology: string): string[][] {
  const row = portRow(fields, { ...marked(topology), ...mark });
  return [
    ['add-port', bridge, name, ...assignments({}, row)],
    ...updates('Interface', name, {}, interfaceRow(fields, settings)),
  ];
}

/** A port moves with its row, so that all that it has stays, what others wrote there included. */
export function changePort(before: Port, after: Port): string[][] {
  const { name } = after;
  return [
    ...(before.bridge === after.bridge ? [] : movePort(name, before.bridge, after.bridge)),
    ...updates('Port', name, portRow(before.fields, {}), portRow(after.fields, {})),
    ...updates(
      'Interface',
      name,
      interfaceRow(before.fields, before.settings ?? {}),
      interfaceRow(after.fields, after.settings ?? {}),
    ),
  ];
}

/** The port with its row, from one bridge to another. */
export function movePort(name: string, from: string, to: string): string[][] {
  const row = symbol(name);
  return [
    [`--id=${row}`, 'get', 'Port', name],
    ['remove', 'Bridge', from, 'ports', row],
    ['add', 'Bridge', to, 'ports', row],
  ];
}
