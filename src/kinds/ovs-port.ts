// A link that is a port of an Open vSwitch bridge: `bridge` and the VLAN words of a link in, `add-port` out.
import { desired, deviceOf, type DeclaredLink, type Kind, type Names } from '../kind.js';
import { HOST, type Resource } from '../model.js';
import { ovsCommand } from '../tools/ovs-words.js';
import { deviceIn } from './declared.js';
import { mapFields, ownerIn, OVSDB } from './ovs-ids.js';
import { listeningIn } from './ovs-listening.js';
import {
  ovsAdvice,
  addPort,
  bridgeId,
  changePort,
  isBond,
  portFieldsIn,
  portFieldsOf,
  portName,
  portsIn,
  type Port,
  type PortRows,
  usualPortFields,
} from './ovs-port-rows.js';
import { portFields } from './port-fields.js';
import { vlanFindings } from './port-findings.js';

const properties = { ...portFields, ...mapFields };

export const ovsPort: Kind = {
  name: 'ovs-port',
  called: 'a port of an Open vSwitch bridge',
  noun: 'port',
  role: 'membership',
  fields: properties,

  onLink: {
    properties,
    // What Open vSwitch makes itself (tunnels, patches) is made together with its port.
    takes: (link, names) => bridgeOf(link, names) !== undefined && !(link.byOvs && link.netdev),
    findings: vlanFindings,
    desired(link, names) {
      const bridge = bridgeOf(link, names);
      if (bridge === undefined || link.byOvs) return [];
      const { device, value, path } = link;
      const fields = { bridge: bridge.device, ...portFieldsOf(value) };
      return [desired({ ...idsOf(device, bridge.device), fields, ownership: 'owned', at: path })];
    },
  },

  live(host) {
    const listens = listeningIn(host);
    const isLost = ({ port, iface }: PortRows): boolean => ownerIn(port) !== null && !listens(iface);
    return portsIn(host)
      .filter((rows) => !OTHER_KINDS.has(rows.iface.type) && !isBond(rows))
      .map((rows) => ({
        ...idsOf(rows.port.name, rows.bridge.name, isLost(rows) ? 'lost-port' : 'port'),
        fields: { bridge: rows.bridge.name, ...portFieldsIn(rows) },
        owner: ownerIn(rows.port),
      }));
  },

  make: (resource, { topology }) => ovsCommand(...addPort(portOf(resource), topology)),
  change: (before, after) => ovsCommand(...changePort(portOf(before), portOf(after))),
  usual: usualPortFields,
  reads: () => [OVSDB],
  advice: ovsAdvice,
  remove: ({ id }) => ovsCommand(['del-port', deviceIn(id)]),
};

/** The Open vSwitch bridge that a link is a port of. */
function bridgeOf({ body, value }: DeclaredLink, names: Names): DeclaredLink | undefined {
  const bridge = names.link(body, String(value['bridge']));
  return bridge?.bridge === 'ovs' ? bridge : undefined;
}

/** Interfaces that Open vSwitch makes itself. */
const OTHER_KINDS = new Set(['internal', 'patch', 'gre', 'ip6gre', 'vxlan', 'geneve']);

const portOf = ({ id, fields }: Resource): Port => ({
  name: deviceIn(id),
  bridge: String(fields['bridge']),
  fields,
});

const idsOf = (port: string, bridge: string, noun = 'port') => ({
  id: `${HOST}/${noun}/${port}`,
  kind: 'ovs-port',
  body: HOST,
  needs: [bridgeId(bridge), deviceOf(HOST, port)],
  diesWith: [bridgeId(bridge)],
  provides: [portName(port)],
});
