// A tunnel that is a port of an Open vSwitch bridge: an entry under `tunnels` with such a `bridge` in, `add-port` with options out.
import { parseAddress } from '../address.js';
import { desired, pick, type DeclaredLink, type Entry, type Kind } from '../kind.js';
import { HOST, type Fields, type Json, type Resource } from '../model.js';
import type { OvsMap } from '../state.js';
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
import { ovsTunnelFindings } from './ovs-tunnel-findings.js';
import { portFields } from './port-fields.js';
import { tunnelFields } from './tunnel-fields.js';

type OvsTunnelType = 'vxlan' | 'geneve' | 'gre' | 'ip6gre';

/** Types of an Interface by the mode that we call it: all carry whole frames, so that Linux's `gretap` is `gre` here. */
const TYPES: Readonly<Record<string, OvsTunnelType>> = {
  vxlan: 'vxlan',
  geneve: 'geneve',
  gre: 'gre',
  gretap: 'gre',
  ip6gre: 'ip6gre',
  ip6gretap: 'ip6gre',
};
const TUNNELS: ReadonlySet<string> = new Set(Object.values(TYPES));

/**
 * Defaults: ovs-vswitchd.conf.db(5), table Interface, Tunnel Options; where there is none, Open vSwitch chooses (the port
 * assigned to the protocol, the system's TTL). Everything changes in place, even the mode; Open vSwitch gives the port a
 * new place in the datapath for the words that say what packets are its own.
 */
const properties = {
  mode: { ...tunnelFields.mode, enum: Object.keys(TYPES), 'x-change': 'flap' },
  remote: { ...tunnelFields.remote, 'x-change': 'flap' },
  local: { ...tunnelFields.local, 'x-change': 'flap' },
  id: { ...tunnelFields.id, 'x-change': 'flap' },
  key: { ...tunnelFields.key, 'x-change': 'flap' },
  port: { ...tunnelFields.port, 'x-change': 'flap' },
  ttl: tunnelFields.ttl,
  tos: { ...tunnelFields.tos, default: 0 },
  csum: { ...tunnelFields.csum, default: false },
  df: { ...tunnelFields.df, enum: ['set', 'unset'], default: 'set' },
} as const;

export const ovsTunnel: Kind = {
  name: 'ovs-tunnel',
  called: 'a tunnel port of Open vSwitch',
  noun: 'tunnel',
  fields: { ...properties, ...portFields, ...mapFields },

  section: {
    name: 'tunnels',
    shape: 'map',
    description:
      'A tunnel to another host: a link of the kernel, or, with `bridge` naming an Open vSwitch bridge, a port of that.',
    properties,
    required: ['mode', 'remote'],
    takes: ({ body, value }, names) => names.link(body, String(value['bridge']))?.bridge === 'ovs',
    links: (entry) => [linkOf(entry)],
    findings: ovsTunnelFindings,
    desired(entry, names) {
      const { value, path } = entry;
      const { body, device } = linkOf(entry);
      const bridge = names.link(body, String(value['bridge']));
      if (bridge === undefined) return [];
      const fields = { bridge: bridge.device, ...tunnelFieldsOf(value), ...portFieldsOf(value) };
      return [desired({ ...idsOf(device, fields), fields, ownership: 'owned', at: path })];
    },
  },

  live: (host) =>
    portsIn(host)
      .filter(({ iface }) => TUNNELS.has(iface.type))
      .map((rows) => {
        const fields = { bridge: rows.bridge.name, ...tunnelFieldsIn(rows), ...portFieldsIn(rows) };
        return { ...idsOf(rows.port.name, fields), fields, owner: ownerIn(rows.port) };
      }),

  requires({ fields }, { ovsDatapath, fieldsOf }) {
    const { mode, bridge } = fields as { readonly mode: OvsTunnelType; readonly bridge: string };
    const datapath = fieldsOf(bridgeId(bridge))?.['datapath'] ?? ovsDatapath;
    // In the kernel's datapath a tunnel is a device of the kernel's own (dpif_netlink_rtnl_port_create).
    const device = datapath === 'system' ? [{ kernel: mode, at: 'mode' }] : [];
    return [{ ovsInterface: mode, at: 'mode' }, ...device];
  },
  make: (resource, { topology }) => ovsCommand(...addPort(portOf(resource), topology)),
  change: (before, after) => ovsCommand(...changePort(portOf(before), portOf(after))),
  usual: usualPortFields,
  reads: () => [OVSDB],
  advice: ovsAdvice,
  remove: ({ id }) => ovsCommand(['del-port', deviceIn(id)]),
};

/** The kernel sees no device of its name. */
const linkOf = (entry: Entry): DeclaredLink => ({ ...madeByOvs(entry), netdev: false });

const idsOf = (port: string, fields: Fields) => ({
  id: `${HOST}/tunnel/${port}`,
  kind: 'ovs-tunnel',
  body: HOST,
  needs: [bridgeId(String(fields['bridge']))],
  diesWith: [bridgeId(String(fields['bridge']))],
  provides: [portName(port), packetsOf(fields)],
});

/** What tells one tunnel's packets from another's, of which an Open vSwitch takes one each on all its bridges: tnl_port_add(). */
function packetsOf({ mode, remote, local, id, key, port }: Fields): string {
  const udpPort = port ?? { vxlan: 4789, geneve: 6081 }[String(mode)] ?? null;
  return `${HOST}/ovs-tunnel/${[mode, remote, local, id ?? key, udpPort].map((part) => JSON.stringify(part ?? null)).join(' ')}`;
}

/** Null: not said. */
const tunnelFieldsOf = (value: Fields): Fields => ({
  ...Object.fromEntries(Object.keys(properties).map((field) => [field, null])),
  ...pick(properties, value),
  mode: TYPES[String(value['mode'])] ?? null,
  local: canonical(value['local']),
  remote: canonical(value['remote']),
});

function tunnelFieldsIn({ iface: { type, options } }: PortRows): Fields {
  const key = options['key'] === undefined ? null : number(options['key']);
  return {
    mode: type,
    remote: canonical(options['remote_ip']),
    local: canonical(options['local_ip']),
    id: type.endsWith('gre') ? null : key,
    key: type.endsWith('gre') ? key : null,
    port: options['dst_port'] === undefined ? null : number(options['dst_port']),
    ttl: options['ttl'] === undefined ? null : number(options['ttl']),
    tos: number(options['tos'] ?? '0'),
    csum: options['csum'] === 'true',
    df: options['df_default'] === 'false' ? 'unset' : 'set',
  };
}

/** An address has many spellings; `flow` has one. */
const canonical = (text: Json | undefined): string | null =>
  typeof text === 'string' ? (parseAddress(text)?.ip ?? text) : null;

/** A number as Open vSwitch reads it (decimal, or hexadecimal after 0x), or one of its words. */
const number = (text: string): Json => (/^(\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : text);

const portOf = ({ id, fields }: Resource): Port => ({
  name: deviceIn(id),
  bridge: String(fields['bridge']),
  fields,
  settings: { type: String(fields['mode']), options: optionsOf(fields) },
});

/** Only what is not as it is by itself. */
function optionsOf({ remote, local, id, key, port, ttl, tos, csum, df }: Fields): OvsMap {
  const options = {
    remote_ip: remote,
    local_ip: local,
    key: id ?? key,
    dst_port: port,
    ttl,
    tos: tos === 0 ? null : tos,
    csum: csum === true ? true : null,
    df_default: df === 'unset' ? false : null,
  };
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value == null ? [] : [[name, text(value)]])),
  );
}

const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
