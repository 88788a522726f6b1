// Rows for what hangs on Open vSwitch's bridges and ports: flows, mirrors, queues and policing.
import type { Row, Table } from './table.js';

const version = { version: 1, name: 'fields' };
const OVS = { type: 'ovs' };

const pair = (peer: string, words: object = {}) => ({ bridge: 'br0', ...words, peer: { name: peer } });
const FLOW = 'host/flow/br0/table=0,priority=10,in_port=v0,ip';
const OTHER = 'host/flow/br0/table=1,priority=32768,dl_vlan=7';

/** One flow goes and another one comes. */
const becomes = (identity: string): Pick<Row, 'plan'> => ({
  plan: [`- ${FLOW}`, `+ host/flow/br0/${identity}`],
});

const flowRows: readonly Row[] = [
  {
    field: 'flows',
    kind: 'ovs-bridge',
    at: ['bridges', 'br0', 'flows'],
    to: [undefined],
    plan: [`- ${FLOW}`, `- ${OTHER}`],
  },
  {
    field: 'flows.table',
    kind: 'ovs-bridge',
    at: ['bridges', 'br0', 'flows', 0, 'table'],
    to: [3],
    ...becomes('table=3,priority=10,in_port=v0,ip'),
  },
  {
    field: 'flows.priority',
    kind: 'ovs-bridge',
    at: ['bridges', 'br0', 'flows', 0, 'priority'],
    to: [11],
    ...becomes('table=0,priority=11,in_port=v0,ip'),
  },
  {
    field: 'flows.match',
    kind: 'ovs-bridge',
    at: ['bridges', 'br0', 'flows', 0, 'match'],
    to: ['in_port=LOCAL,tcp,tcp_dst=80'],
    ...becomes('table=0,priority=10,in_port=LOCAL,tcp,tcp_dst=80'),
  },
  {
    field: 'flows.actions',
    kind: 'ovs-bridge',
    at: ['bridges', 'br0', 'flows', 0, 'actions'],
    to: ['output:v1,mod_nw_dst:192.0.2.9,resubmit(,1)', 'NORMAL'],
    plan: [`~ ${FLOW} actions`],
  },
  { field: 'actions', at: ['bridges', 'br0', 'flows', 0, 'actions'], to: ['output:v1'] },
  {
    field: 'actions',
    to: [],
    drift: 'ovs-ofctl -O OpenFlow14 mod-flows br0 ip,actions=flood',
  },
];

const flows: Table = {
  title: 'flow',
  kind: 'flow',
  needs: ['ovs'],
  base: {
    ...version,
    bridges: {
      br0: {
        ...OVS,
        flows: [
          { priority: 10, match: 'in_port=v0, ip', actions: 'drop' },
          { table: 1, match: 'dl_vlan=7', actions: 'strip_vlan,output:v1,set_queue:3,set_field:5->reg1' },
        ],
      },
    },
    veths: { v0: pair('w0'), v1: pair('w1') },
  },
  at: ['bridges', 'br0', 'flows', 0],
  id: FLOW,
  rows: flowRows,
};

/** What flushes all flows brings ours back. */
const flushed: Table = {
  ...flows,
  title: 'ovs-bridge, with flows',
  kind: 'ovs-bridge',
  at: ['bridges', 'br0'],
  id: 'host/bridge/br0',
  rows: [
    { field: 'fail-mode', to: ['secure'], brings: [`± ${FLOW}`, `± ${OTHER}`] },
    { field: 'controllers', to: [['tcp:127.0.0.1:6653']], brings: [`± ${FLOW}`, `± ${OTHER}`] },
  ],
};

const mirrors: Table = {
  title: 'mirror',
  kind: 'mirror',
  needs: ['ovs'],
  base: {
    ...version,
    bridges: {
      br0: {
        ...OVS,
        mirrors: {
          m0: { 'select-src-port': ['v0'], 'output-port': 'v1' },
          m1: { 'select-all': true, 'output-vlan': 10 },
        },
      },
    },
    veths: { v0: pair('w0'), v1: pair('w1'), v2: pair('w2') },
  },
  at: ['bridges', 'br0', 'mirrors', 'm0'],
  id: 'host/mirror/br0/m0',
  rows: [
    {
      field: 'mirrors',
      kind: 'ovs-bridge',
      at: ['bridges', 'br0', 'mirrors', 'm0'],
      to: [undefined],
      plan: ['- host/mirror/br0/m0'],
    },
    { field: 'select-all', to: [true] },
    { field: 'select-src-port', to: [['v0', 'v2', 'br0']] },
    { field: 'select-dst-port', to: [['v2', 'v0']] },
    { field: 'select-vlan', to: [[7], [0, '20-22', 4094]] },
    { field: 'output-port', to: ['v2'] },
    {
      field: 'output-vlan',
      at: ['bridges', 'br0', 'mirrors', 'm1', 'output-vlan'],
      id: 'host/mirror/br0/m1',
      to: [11],
    },
    { field: 'snaplen', to: [64] },
    { field: 'select-src-port', to: [], drift: 'ovs-vsctl clear Mirror m0 select_src_port' },
  ],
};

const queues = { 0: { 'min-rate': 1000000 }, 5: { 'max-rate': 2000000, burst: 80000, priority: 3 } };
const qos: Table = {
  title: 'ovs-qos',
  kind: 'ovs-qos',
  needs: ['ovs', 'htb', 'hfsc'],
  base: {
    ...version,
    bridges: { br0: OVS },
    veths: { v0: pair('w0', { qos: { type: 'linux-htb', 'max-rate': 10000000, queues } }), v1: pair('w1') },
    vlans: { p10: { link: 'br0', id: 10 } },
  },
  at: ['veths', 'v0', 'qos'],
  id: 'host/qos/v0',
  rows: [
    { field: 'qos', at: ['veths', 'v0', 'qos'], to: [undefined], plan: ['- host/qos/v0'] },
    { field: 'qos', at: ['vlans', 'p10', 'qos'], to: [{ type: 'linux-hfsc' }], plan: ['+ host/qos/p10'] },
    {
      field: 'qos.type',
      at: ['veths', 'v0', 'qos'],
      to: [{ type: 'linux-hfsc', 'max-rate': 10000000 }],
      shown: 'type queues.0 queues.5',
      cost: 'flap',
    },
    {
      field: 'type',
      at: ['veths', 'v0', 'qos'],
      to: [{ type: 'linux-hfsc', 'max-rate': 10000000 }],
      shown: 'type queues.0 queues.5',
    },
    { field: 'qos.max-rate', at: ['veths', 'v0', 'qos', 'max-rate'], to: [20000000], shown: 'max-rate' },
    { field: 'max-rate', to: [30000000, undefined] },
    { field: 'qos.queues', at: ['veths', 'v0', 'qos', 'queues', '7'], to: [{}], shown: 'queues.7' },
    {
      field: 'queues',
      at: ['veths', 'v0', 'qos', 'queues', '5', 'max-rate'],
      to: [3000000],
      shown: 'queues.5.max-rate',
    },
    { field: 'queues', at: ['veths', 'v0', 'qos', 'queues', '5'], to: [undefined], shown: 'queues.5' },
  ],
};

const policing: Table = {
  title: 'ovs-policing',
  kind: 'ovs-policing',
  needs: ['ovs', 'policing'],
  base: {
    ...version,
    bridges: { br0: OVS },
    veths: { v0: pair('w0', { 'ingress-policing': { rate: 1000, burst: 100 } }), v1: pair('w1') },
    vlans: { p10: { link: 'br0', id: 10 } },
  },
  at: ['veths', 'v0', 'ingress-policing'],
  id: 'host/policing/v0',
  rows: [
    {
      field: 'ingress-policing',
      at: ['veths', 'v0', 'ingress-policing'],
      to: [undefined],
      plan: ['- host/policing/v0'],
    },
    {
      field: 'ingress-policing',
      at: ['vlans', 'p10', 'ingress-policing'],
      to: [{ rate: 5 }],
      plan: ['+ host/policing/p10'],
    },
    {
      field: 'ingress-policing.rate',
      at: ['veths', 'v0', 'ingress-policing', 'rate'],
      to: [2000],
      shown: 'rate',
    },
    {
      field: 'ingress-policing.burst',
      at: ['veths', 'v0', 'ingress-policing', 'burst'],
      to: [200, undefined],
      shown: 'burst',
    },
    { field: 'rate', to: [3000] },
    { field: 'burst', to: [300] },
  ],
};

export const ovsRest: readonly Table[] = [flows, flushed, mirrors, qos, policing];
