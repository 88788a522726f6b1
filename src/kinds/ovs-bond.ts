// A bond that is a port of an Open vSwitch bridge: an entry under `bonds` with such a `bridge` in, `add-bond` out.
import { desired, deviceOf, pick, type DeclaredLink, type Entry, type Kind, type Names } from '../kind.js';
import { HOST, type Fields, type Json, type Resource } from '../model.js';
import type { OvsMap } from '../state.js';
import { assignments, ovsCommand, updates, type Row } from '../tools/ovs-words.js';
import { options } from './bond-options.js';
import { portId } from './bridge-port.js';
import { deviceIn, madeByOvs } from './declared.js';
import { memberKeys, membersOf, membersProperty } from './masters.js';
import { OWN_KEYS, ovsBondFindings } from './ovs-bond-findings.js';
import { mapFields, mapsOf, marked, ownerIn, OVSDB, userIdsIn, withKeys } from './ovs-ids.js';
import { listeningIn } from './ovs-listening.js';
import {
  bridgeId,
  isBond,
  movePort,
  ovsAdvice,
  portFieldsIn,
  portFieldsOf,
  portName,
  portRow,
  portsIn,
  usualPortFields,
  type PortRows,
} from './ovs-port-rows.js';
import { portFields } from './port-fields.js';

/** Defaults: ovs-vswitchd.conf.db(5), table Port, Bonding Configuration. Everything changes in place. */
const properties = {
  interfaces: {
    ...membersProperty('The links, of the same body, that the bond is made of: two or more.'),
    'x-change': 'flap',
  },
  mode: {
    enum: ['active-backup', 'balance-slb', 'balance-tcp'],
    description: options.mode.description,
    default: 'active-backup',
    'x-change': 'flap',
  },
  lacp: {
    enum: ['off', 'active', 'passive'],
    description:
      'Whether LACP is spoken with the other side: not at all, by itself, or only where the other side begins.',
    default: 'off',
    'x-change': 'flap',
  },
  'lacp-rate': {
    enum: ['slow', 'fast'],
    description: 'How often the other side is to send LACP packets: every 30 s, or every second.',
    default: 'slow',
    'x-change': 'flap',
  },
  'mii-monitor-interval': {
    type: 'integer',
    minimum: 0,
    maximum: 2147483647,
    description: options['mii-monitor-interval'].description,
    default: 0,
    'x-unit': 'ms',
    'x-change': 'flap',
  },
  'up-delay': {
    type: 'integer',
    minimum: 0,
    maximum: 2147483647,
    description: options['up-delay'].description,
    default: 0,
    'x-unit': 'ms',
  },
  'down-delay': {
    type: 'integer',
    minimum: 0,
    maximum: 2147483647,
    description: options['down-delay'].description,
    default: 0,
    'x-unit': 'ms',
  },
} as const;

export const ovsBond: Kind = {
  name: 'ovs-bond',
  called: 'a bond of Open vSwitch',
  noun: 'bond',
  role: 'membership',
  fields: { ...properties, ...portFields, ...mapFields },

  section: {
    name: 'bonds',
    shape: 'map',
    description:
      'Several links that act as one, so that traffic goes on when one of them fails: a link of the kernel, or, with `bridge` naming an Open vSwitch bridge, a port of that.',
    properties,
    takes: ({ body, value }, names) => names.link(body, String(value['bridge']))?.bridge === 'ovs',
    links: (entry) => [linkOf(entry)],
    findings: ovsBondFindings,
    desired(entry, names) {
      const bridge = names.link(entry.body, String(entry.value['bridge']));
      if (bridge === undefined) return [];
      const fields = { bridge: bridge.device, ...fieldsOf(entry, names) };
      const ids = idsOf(linkOf(entry).device, fields);
      return [desired({ ...ids, fields, ownership: 'owned', at: entry.path })];
    },
  },

  live(host) {
    const listens = listeningIn(host);
    return portsIn(host)
      .filter(isBond)
      .map((rows) => {
        const fields = { bridge: rows.bridge.name, ...fieldsIn(rows) };
        const owner = ownerIn(rows.port);
        const isLost = owner !== null && !rows.ifaces.every(listens);
        return { ...idsOf(rows.port.name, fields, isLost ? 'lost-bond' : 'bond'), fields, owner };
      });
  },

  make({ id, fields }, { topology }) {
    const row = assignments({}, rowOf(fields, marked(topology)));
    return ovsCommand(['add-bond', String(fields['bridge']), deviceIn(id), ...membersIn(fields), ...row]);
  },

  change(before, after) {
    const name = deviceIn(after.id);
    const [from, to] = [String(before.fields['bridge']), String(after.fields['bridge'])];
    return ovsCommand(
      ...(from === to ? [] : movePort(name, from, to)),
      ...changeMembers(name, membersIn(before.fields), membersIn(after.fields)),
      ...updates('Port', name, rowOf(before.fields, {}), rowOf(after.fields, {})),
    );
  },

  usual: usualPortFields,
  reads: () => [OVSDB],
  advice: ovsAdvice,
  remove: ({ id }: Resource) => ovsCommand(['del-port', deviceIn(id)]),
};

/** The kernel sees no device of its name. */
const linkOf = (entry: Entry): DeclaredLink => ({
  ...madeByOvs(entry),
  netdev: false,
  bond: 'ovs',
  members: memberKeys(entry.value),
});

const membersIn = (fields: Fields): readonly string[] => fields['interfaces'] as readonly string[];

/** Its members are nobody else's ports, neither in Open vSwitch nor in the kernel. */
function idsOf(port: string, fields: Fields, noun = 'bond') {
  const bridge = bridgeId(String(fields['bridge']));
  const members = membersIn(fields);
  return {
    id: `${HOST}/${noun}/${port}`,
    kind: 'ovs-bond',
    body: HOST,
    needs: [bridge, ...members.map((device) => deviceOf(HOST, device))],
    diesWith: [bridge],
    provides: [portName(port), ...members.flatMap((device) => [portName(device), portId(HOST, device)])],
  };
}

/** A set has no order. */
const inOrder = (devices: readonly string[]): string[] => [...devices].sort();

function fieldsOf(entry: Entry, names: Names): Fields {
  const members = membersOf(linkOf(entry), names);
  return {
    ...pick(properties, entry.value),
    interfaces: inOrder(members.map(({ device }) => device)),
    ...portFieldsOf(entry.value),
  };
}

function fieldsIn(rows: PortRows): Fields {
  const { port, ifaces } = rows;
  const { other_config: config } = port;
  const others = Object.entries(config).filter(([key]) => !Object.hasOwn(OWN_KEYS, key));
  return {
    ...portFieldsIn(rows),
    interfaces: inOrder(ifaces.map(({ name }) => name)),
    mode: port.bond_mode ?? properties.mode.default,
    lacp: port.lacp ?? properties.lacp.default,
    'lacp-rate': config['lacp-time'] ?? properties['lacp-rate'].default,
    'mii-monitor-interval': config['bond-detect-mode'] === 'miimon' ? Number(config[INTERVAL] ?? USUAL) : 0,
    'up-delay': port.bond_updelay,
    'down-delay': port.bond_downdelay,
    'other-config': Object.fromEntries(others),
    'external-ids': userIdsIn(port),
  };
}

const INTERVAL = 'bond-miimon-interval';

/** port_configure_bond() in vswitchd/bridge.c, in ms. */
const USUAL = 200;

function rowOf(fields: Fields, mark: OvsMap): Row {
  const { mode, lacp } = fields;
  const maps = mapsOf(fields);
  const config = { ...maps['other-config'], ...ownConfig(fields) };
  return {
    ...portRow({ ...fields, 'other-config': config }, { ...mark, ...withKeys(maps['external-ids']) }),
    bond_mode: saidOr(mode, properties.mode.default),
    lacp: saidOr(lacp, properties.lacp.default),
    // A column of a number is never empty.
    bond_updelay: number(fields['up-delay']),
    bond_downdelay: number(fields['down-delay']),
  };
}

function ownConfig(fields: Fields): OvsMap {
  const interval = number(fields['mii-monitor-interval']);
  return {
    ...(fields['lacp-rate'] === 'fast' ? { 'lacp-time': 'fast' } : {}),
    ...(interval === 0 ? {} : { 'bond-detect-mode': 'miimon', [INTERVAL]: String(interval) }),
  };
}

const saidOr = (value: Json | undefined, usual: string): string | null =>
  typeof value === 'string' && value !== usual ? value : null;

const number = (value: Json | undefined): number => Number(value ?? 0);

/** First those that come: a port never is without an interface. */
function changeMembers(name: string, before: readonly string[], after: readonly string[]): string[][] {
  const without = (some: readonly string[], others: readonly string[]): string[] =>
    some.filter((one) => !others.includes(one));
  return [
    ...without(after, before).map((device) => ['add-bond-iface', name, device]),
    ...without(before, after).map((device) => ['del-bond-iface', name, device]),
  ];
}
