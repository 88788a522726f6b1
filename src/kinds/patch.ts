// A pair of patch ports that joins two Open vSwitch bridges, one resource for both ends: an entry under `patches` in, two `add-port` out.
import { desired, type DeclaredLink, type Entry, type Kind, type Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { HOST, type Fields, type Live, type Resource } from '../model.js';
import { ovsCommand } from '../tools/ovs-words.js';
import { deviceIn, madeByOvs } from './declared.js';
import { mapFields, ownerIn, OVSDB } from './ovs-ids.js';
import {
  ovsAdvice,
  addPort,
  bridgeId,
  changePort,
  portFieldsIn,
  portFieldsOf,
  portName,
  portsIn,
  type Port,
  type PortRows,
  usualPortFields,
} from './ovs-port-rows.js';
import { portFields } from './port-fields.js';

const properties = {
  bridge: portFields.bridge,
  peer: {
    type: 'object',
    'x-link': true,
    description: 'The other end: `bridge`, `name`, and everything else that a port takes.',
    properties: {
      name: { type: 'string', description: 'Name of the other end.' },
      bridge: portFields.bridge,
    },
    required: ['bridge', 'name'],
    'x-change': 'flap',
  },
} as const;

/** Which of the two ports is the `peer` of the entry; both look the same otherwise. */
const PEER = { 'netplan-ovs-end': 'peer' };

export const patch: Kind = {
  name: 'patch',
  noun: 'patch',
  fields: { ...properties, ...portFields, ...mapFields },

  section: {
    name: 'patches',
    shape: 'map',
    description:
      'A cable between two Open vSwitch bridges: a pair of ports. The entry is the end on its `bridge`, `peer` the other one.',
    properties,
    required: ['bridge', 'peer'],
    keys: ({ body, key, value }) => [
      { body, key },
      { body, key: String(peerOf(value)['name']) },
    ],
    links: endsOf,
    findings,
    desired(entry, names) {
      const [first, second] = endsOf(entry);
      const [a, b] = [bridgeOf(first, names), bridgeOf(second, names)];
      if (a === undefined || b === undefined) return [];
      const peer = { name: second.device, bridge: b.device, ...portFieldsOf(second.value) };
      const fields = { bridge: a.device, ...portFieldsOf(first.value), peer };
      return [desired({ ...pair(first.device, fields), fields, ownership: 'owned', at: entry.path })];
    },
  },

  live(host) {
    const patches = portsIn(host).filter(({ iface }) => iface.type === 'patch');
    const byName = new Map(patches.map((rows) => [rows.port.name, rows]));
    const firsts = new Set(patches.map((rows) => (isPeer(rows) ? otherOf(rows) : rows.port.name)));
    return [...firsts].flatMap((name) => liveOf(name, patches, byName));
  },

  make: (resource, { topology }) =>
    ovsCommand(...portsOf(resource).flatMap((port) => addPort(port, topology))),

  change(before, after, _changed, { topology }) {
    const [[a, b], [first, second]] = [portsOf(before), portsOf(after)];
    const renamed = b.name !== second.name;
    return ovsCommand(
      ...(renamed ? [goes(b.name)] : []),
      ...(a.bridge === '' ? addPort(first, topology) : changePort(a, first)),
      ...(renamed || b.bridge === '' ? addPort(second, topology) : changePort(b, second)),
    );
  },

  // One end goes with its bridge.
  usual: usualPortFields,
  reads: () => [OVSDB],
  advice: ovsAdvice,
  remove: (resource) => ovsCommand(...portsOf(resource).map(({ name }) => goes(name))),
};

const goes = (port: string): string[] => ['--if-exists', 'del-port', port];

const peerOf = (value: Fields): Fields => (value['peer'] ?? {}) as Fields;

/** The kernel sees no devices of their names. */
function endsOf(entry: Entry): readonly [DeclaredLink, DeclaredLink] {
  const value = peerOf(entry.value);
  const peer = { body: entry.body, key: String(value['name']), value, path: [...entry.path, 'peer'] };
  return [
    { ...madeByOvs(entry), netdev: false },
    { ...madeByOvs(peer), netdev: false },
  ];
}

function bridgeOf({ body, value }: DeclaredLink, names: Names): DeclaredLink | undefined {
  const bridge = names.link(body, String(value['bridge']));
  return bridge?.bridge === 'ovs' ? bridge : undefined;
}

function findings(entry: Entry, names: Names): Finding[] {
  const ends = endsOf(entry);
  const found = ends
    .filter(({ body, value }) => names.link(body, String(value['bridge']))?.bridge === 'linux')
    .map(({ path }) => ({
      code: 'patch-bridge',
      message: 'a patch joins bridges of Open vSwitch',
      hint: 'a pair under `veths` joins bridges of any type',
      path: [...path, 'bridge'],
    }));
  const [a, b] = ends.map((end) => bridgeOf(end, names));
  const message = a === undefined || b === undefined ? undefined : mismatch(a, b);
  return message === undefined
    ? found
    : [...found, { code: 'patch-bridge', message, path: [...entry.path, 'peer', 'bridge'] }];
}

/** Ports of two datapaths cannot be patched together: ofproto_dpif, `No usable peer`. */
function mismatch(a: DeclaredLink, b: DeclaredLink): string | undefined {
  if (a.key === b.key) return 'both ends are on the same bridge: frames would go in circles';
  const [one, other] = [a.value['datapath'], b.value['datapath']];
  return one === other ? undefined : `\`${a.key}\` and \`${b.key}\` must say the same \`datapath\``;
}

function pair(first: string, { bridge, peer }: Fields) {
  const { name, bridge: other } = peer as Fields;
  return {
    id: `${HOST}/patch/${first}`,
    kind: 'patch',
    body: HOST,
    needs: [bridge, other].flatMap((on) => (typeof on === 'string' ? [bridgeId(on)] : [])),
    diesWith: [],
    provides: [portName(first), portName(String(name))],
  };
}

const isPeer = ({ port }: PortRows): boolean => port.external_ids['netplan-ovs-end'] === 'peer';

const otherOf = ({ iface }: PortRows): string => iface.options['peer'] ?? '';

/** A pair by its first end, be it there or not: an end that somebody took away, or that points elsewhere, has no bridge. */
function liveOf(first: string, patches: readonly PortRows[], byName: ReadonlyMap<string, PortRows>): Live[] {
  const own = byName.get(first);
  const facing =
    own === undefined
      ? patches.find((rows) => isPeer(rows) && otherOf(rows) === first)
      : byName.get(otherOf(own));
  const other = facing !== undefined && otherOf(facing) === first ? facing : undefined;
  const peer = { name: other?.port.name ?? (own && otherOf(own)) ?? '', ...end(other) };
  const fields = { ...end(own), peer };
  const owner =
    [own, other].flatMap((rows) => (rows === undefined ? [] : (ownerIn(rows.port) ?? []))).at(0) ?? null;
  return [{ ...pair(first, fields), fields, owner }];
}

const end = (rows: PortRows | undefined): Fields =>
  rows === undefined ? { bridge: null } : { bridge: rows.bridge.name, ...portFieldsIn(rows) };

function portsOf({ id, fields }: Resource): readonly [Port, Port] {
  const first = deviceIn(id);
  const peer = peerOf(fields);
  const second = String(peer['name']);
  return [portOf(first, fields, second), { ...portOf(second, peer, first), mark: PEER }];
}

const portOf = (name: string, fields: Fields, peer: string): Port => ({
  name,
  bridge: (fields['bridge'] as string | null) ?? '',
  fields,
  settings: { type: 'patch', options: { peer } },
});
