// An Open vSwitch bridge with its local port: an entry under `bridges` of type `ovs` in, `add-br` out.
import { desired, deviceOf, linkDefaultsOf, pick, type Kind, type Site } from '../kind.js';
import { HOST, type Fields } from '../model.js';
import type { OvsBridge, OvsInterface, OvsState } from '../state.js';
import { ovsCommand, updates, type Row } from '../tools/ovs-words.js';
import { deviceIn, madeByOvs } from './declared.js';
import { flowsOf } from './flow.js';
import { flowsField } from './flow-fields.js';
import { ovsBridgeFindings } from './ovs-bridge-findings.js';
import { mapFields, mapsOf, marked, ownerIn, OVSDB, textsOf, userIdsIn, withKeys } from './ovs-ids.js';
import { mirrorsOf } from './ovs-mirror.js';
import { mirrorsField } from './ovs-mirror-fields.js';
import { settingMtu } from './ovs-mtu.js';
import { ovsAdvice, bridgeId, portName, portsIn } from './ovs-port-rows.js';

/** Defaults: ovs-vswitchd.conf.db(5), table Bridge. What a change costs was seen in Open vSwitch 3.1. */
const properties = {
  type: {
    enum: ['ovs'],
    description: 'What makes the bridge: the kernel’s own bridge (`linux`), or Open vSwitch (`ovs`).',
    'x-change': 'replace',
    'x-why': 'a Linux bridge and an Open vSwitch bridge are different things',
  },
  datapath: {
    enum: ['system', 'netdev'],
    description:
      'Who forwards: the kernel (`system`), or ovs-vswitchd itself (`netdev`). Default: `system`, in a sandbox `netdev`.',
    'x-change': 'replace',
    'x-why': 'Open vSwitch makes the bridge’s device anew',
  },
  'fail-mode': {
    enum: ['standalone', 'secure'],
    description:
      'Without a controller: forward like an ordinary switch (`standalone`), or only by the flows that there are (`secure`).',
    default: 'standalone',
    // Either way all flows are flushed (ofproto_flush_flows).
    'x-change': 'flap',
  },
  controllers: {
    type: 'array',
    items: {
      type: 'string',
      pattern: '^(tcp|ssl|unix|ptcp|pssl|punix):[^\\s]+$',
      examples: ['tcp:192.0.2.10:6653'],
    },
    uniqueItems: true,
    examples: [['tcp:192.0.2.10:6653']],
    description: 'OpenFlow controllers.',
    default: [],
    // The first that comes and the last that goes flush all flows.
    'x-change': 'flap',
  },
  protocols: {
    type: 'array',
    items: { enum: ['OpenFlow10', 'OpenFlow11', 'OpenFlow12', 'OpenFlow13', 'OpenFlow14', 'OpenFlow15'] },
    uniqueItems: true,
    description:
      'Versions of OpenFlow for controllers. Default: all. A change ends the connections to controllers; frames do not notice.',
    default: [],
  },
  stp: {
    type: 'boolean',
    description: 'Whether the bridge takes part in the spanning tree protocol.',
    default: false,
    'x-change': 'flap',
  },
  rstp: {
    type: 'boolean',
    description:
      'Whether the bridge takes part in the rapid spanning tree protocol. With both, this one counts.',
    default: false,
    'x-change': 'flap',
  },
  'mcast-snooping': {
    type: 'boolean',
    description: 'Whether multicast goes only to ports that asked for it (IGMP and MLD snooping).',
    default: false,
  },
  ...mapFields,
} as const;

/** Said of every link, but set in OVSDB for what Open vSwitch makes. Null: not said, Open vSwitch chooses. */
const fieldsOfDevice = {
  mtu: {
    description: 'Largest packet of the bridge’s device. Default: the smallest of its ports’.',
    'x-unit': 'bytes',
  },
  macaddress: {
    description: 'MAC address of the bridge’s device. Default: the lowest of its ports’.',
    // Addresses and routes go with it and are made again: see `address.ts`.
    'x-change': 'flap',
  },
} as const;

export const ovsBridge: Kind = {
  name: 'ovs-bridge',
  called: 'an Open vSwitch bridge',
  noun: 'bridge',
  fields: { ...properties, ...fieldsOfDevice },

  section: {
    name: 'bridges',
    shape: 'map',
    description:
      'A bridge: of the kernel or of Open vSwitch. Links become its ports by naming it in `bridge`.',
    properties: { ...properties, flows: flowsField, mirrors: mirrorsField },
    required: ['type'],
    takes: ({ value }) => value['type'] === 'ovs',
    links: (entry) => [{ ...madeByOvs(entry), bridge: 'ovs' }],
    findings: ovsBridgeFindings,
    desired(entry, names) {
      const bridge = madeByOvs(entry);
      return [
        desired({
          ...idsOf(bridge.device),
          fields: fieldsOf(entry.value),
          ownership: 'owned',
          at: entry.path,
        }),
        ...mirrorsOf(bridge, names),
        ...flowsOf(bridge, names),
      ];
    },
  },

  live: ({ ovs }) =>
    (ovs?.Bridge ?? []).map((bridge) => ({
      ...idsOf(bridge.name),
      fields: fieldsIn(bridge, ovs),
      owner: ownerIn(bridge),
    })),

  // Without the kernel's datapath, a bridge's own device is a tap (netdev-linux.c), and ovs-vswitchd makes it.
  requires({ fields }, { ovsDatapath }) {
    const datapath = (fields['datapath'] ?? ovsDatapath) as typeof ovsDatapath;
    return [
      { ovsDatapath: datapath, at: 'datapath' },
      { kernel: datapath === 'system' ? 'openvswitch' : 'tun', at: 'datapath' },
    ];
  },
  make({ id, fields }, site) {
    const name = deviceIn(id);
    return ovsCommand(
      ['add-br', name],
      ...updates('Bridge', name, {}, bridgeRow(fields, site)),
      ...updates('Interface', name, {}, { mtu_request: fields['mtu'] as number | null }),
      ...controllers(name, fields),
    );
  },

  change(before, after, changed, site) {
    const name = deviceIn(after.id);
    return [
      ...ovsCommand(
        ...updates(
          'Bridge',
          name,
          bridgeRow(before.fields, site),
          bridgeRow({ ...before.fields, ...after.fields }, site),
        ),
        ...(changed.includes('controllers') ? controllers(name, after.fields) : []),
      ),
      ...settingMtu(name, before.fields, after.fields),
    ];
  },

  // Its ports' rows go with it, with all that somebody has said in them.
  holds({ id }, host) {
    const bridge = deviceIn(id);
    const foreign = portsIn(host).find(
      (rows) => rows.bridge.name === bridge && ownerIn(rows.port) !== host.topology,
    );
    if (foreign === undefined) return null;
    const { name } = foreign.port;
    const ids = { id: `${HOST}/port/${name}`, kind: 'ovs-port', body: HOST };
    return { ...ids, fields: {}, needs: [], diesWith: [], provides: [], owner: ownerIn(foreign.port) };
  },
  usual: () => ({ type: 'ovs' }),
  reads: () => [OVSDB],
  advice: ovsAdvice,
  remove: ({ id }) => ovsCommand(['del-br', deviceIn(id)]),
};

const idsOf = (bridge: string) => ({
  id: bridgeId(bridge),
  kind: 'ovs-bridge',
  body: HOST,
  needs: [linkDefaultsOf(HOST)],
  diesWith: [],
  provides: [deviceOf(HOST, bridge), portName(bridge)],
});

function fieldsOf(value: Fields): Fields {
  return {
    ...pick(properties, value),
    ...mapsOf(value),
    controllers: sorted(value['controllers'] as string[] | undefined),
    protocols: sorted(value['protocols'] as string[] | undefined),
    mtu: value['mtu'] ?? null,
    macaddress: (value['macaddress'] as string | undefined)?.toLowerCase() ?? null,
  };
}

function fieldsIn(bridge: OvsBridge, ovs: OvsState | null): Fields {
  const { hwaddr, ...otherConfig } = bridge.other_config;
  const targets = ovs?.Controller.filter(({ _uuid }) => bridge.controller.includes(_uuid)).map(
    ({ target }) => target,
  );
  const local: OvsInterface | undefined = ovs?.Interface.find(({ name }) => name === bridge.name);
  return {
    type: 'ovs',
    datapath: bridge.datapath_type === '' ? 'system' : bridge.datapath_type,
    'fail-mode': bridge.fail_mode ?? 'standalone',
    controllers: sorted(targets),
    protocols: sorted(bridge.protocols),
    stp: bridge.stp_enable,
    rstp: bridge.rstp_enable,
    'mcast-snooping': bridge.mcast_snooping_enable,
    'other-config': textsOf(otherConfig),
    'external-ids': userIdsIn(bridge),
    mtu: local?.mtu_request ?? null,
    macaddress: hwaddr?.toLowerCase() ?? null,
  };
}

/** Columns that hold a set have no order. */
const sorted = (items: readonly string[] = []): string[] => [...items].sort();

/** `standalone` and `system` are what an empty column means. */
function bridgeRow(fields: Fields, { topology, ovsDatapath }: Site): Row {
  const { protocols, stp, rstp, 'mcast-snooping': snooping, macaddress } = fields;
  const maps = mapsOf(fields);
  return {
    datapath_type: (fields['datapath'] ?? ovsDatapath) === 'system' ? '' : 'netdev',
    fail_mode: fields['fail-mode'] === 'secure' ? 'secure' : null,
    protocols: protocols as string[],
    stp_enable: stp as boolean,
    rstp_enable: rstp as boolean,
    mcast_snooping_enable: snooping as boolean,
    other_config: {
      ...maps['other-config'],
      ...(typeof macaddress === 'string' ? { hwaddr: macaddress } : {}),
    },
    external_ids: { ...marked(topology), ...withKeys(maps['external-ids']) },
  };
}

function controllers(name: string, fields: Fields): string[][] {
  const targets = fields['controllers'] as readonly string[];
  return [targets.length > 0 ? ['set-controller', name, ...targets] : ['del-controller', name]];
}
