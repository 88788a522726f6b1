// What comes in by a port of an Open vSwitch bridge, limited: `ingress-policing` of a link in, two columns of its Interface out.
import {
  desired,
  ownWordsAlone,
  type DeclaredLink,
  type Kind,
  type Names,
  type Properties,
} from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { HOST, type Fields, type Resource } from '../model.js';
import { ovsCommand, updates } from '../tools/ovs-words.js';
import { ovsBridgeOf } from './ovs-bridge-ports.js';
import { deviceIn } from './declared.js';
import { OVSDB } from './ovs-ids.js';
import { portName, portsIn } from './ovs-port-rows.js';

/** ovs-vswitchd.conf.db(5), table Interface, Ingress Policing; columns of 32 bits. */
const properties = {
  rate: {
    type: 'integer',
    minimum: 1,
    maximum: 4294967295,
    'x-unit': 'kbps',
    description: 'What may come in; more is dropped.',
  },
  burst: {
    type: 'integer',
    minimum: 0,
    maximum: 4294967295,
    'x-unit': 'kb',
    default: 0,
    description: 'How much may come in at once above the rate. 0: 8000 (1 MB).',
  },
} as const satisfies Properties;

export const ovsPolicing: Kind = {
  name: 'ovs-policing',
  called: 'a device at an Open vSwitch bridge',
  noun: 'policing',
  fields: properties,

  onLink: {
    properties: {
      'ingress-policing': {
        type: 'object',
        properties,
        required: ['rate'],
        ...ownWordsAlone,
        description:
          'Limits what a port of an Open vSwitch bridge takes in. The kernel does it before Open vSwitch sees the frames (`act_police`), and so not for the userspace datapath (`netdev`), which takes them from the device itself.',
      },
    },
    takes: (link, names) => ovsBridgeOf(link, names) !== undefined,
    findings: inVain,
    desired(link, names) {
      const said = link.value['ingress-policing'] as Fields | undefined;
      if (said === undefined || ovsBridgeOf(link, names) === undefined) return [];
      const fields = { rate: said['rate'] ?? 0, burst: said['burst'] ?? 0 };
      const at = [...link.path, 'ingress-policing'];
      return [desired({ ...idsOf(link.device), fields, ownership: 'part', at })];
    },
  },

  live: (host) =>
    portsIn(host)
      .map(({ port, iface }) => ({
        ...idsOf(port.name),
        fields: { rate: iface.ingress_policing_rate, burst: iface.ingress_policing_burst },
      }))
      .filter(({ fields: { rate, burst } }) => rate !== 0 || burst !== 0),

  // tc_add_policer() and netdev_linux_set_policing() of lib/netdev-linux.c.
  requires: () => [{ kernel: 'ingress' }, { kernel: 'police' }],
  make: (resource) => set(resource, NONE, resource.fields),
  change: (before, after) => set(after, before.fields, after.fields),
  reads: () => [OVSDB],
  remove: (resource) => set(resource, resource.fields, NONE),
};

/** Seen with Open vSwitch 3.1: the kernel drops what the userspace datapath has taken from the device before. */
function inVain(link: DeclaredLink, names: Names): Finding[] {
  const bridge = ovsBridgeOf(link, names);
  if (bridge?.value['datapath'] !== 'netdev' || link.value['ingress-policing'] === undefined) return [];
  const message = '`ingress-policing` limits nothing on a bridge with `datapath: netdev`';
  return [
    {
      code: 'netdev-policing',
      severity: 'warning',
      message,
      path: [...link.path, 'ingress-policing'],
      at: 'key',
    },
  ];
}

const NONE: Fields = { rate: 0, burst: 0 };

/** It belongs to whoever owns the port. */
const idsOf = (port: string) => ({
  id: `${HOST}/policing/${port}`,
  kind: 'ovs-policing',
  body: HOST,
  needs: [portName(port)],
  diesWith: [portName(port)],
  provides: [],
});

const set = ({ id }: Resource, before: Fields, after: Fields) =>
  ovsCommand(...updates('Interface', deviceIn(id), rowOf(before), rowOf(after)));

const rowOf = ({ rate = 0, burst = 0 }: Fields) => ({
  ingress_policing_rate: rate as number,
  ingress_policing_burst: burst as number,
});
