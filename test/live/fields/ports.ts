// Rows for ports of Linux bridges and the VLANs that they carry.
import type { Table } from './table.js';

const version = { version: 1, name: 'fields' };
const LINUX = { type: 'linux' };
/** A bridge without an address of its own takes one of its ports'. */
const MAC0 = { macaddress: '02:00:00:00:00:01' };
const MAC1 = { macaddress: '02:00:00:00:00:02' };

const port: Table = {
  title: 'bridge-port',
  kind: 'bridge-port',
  base: {
    ...version,
    bridges: { br0: { ...LINUX, ...MAC0 }, br1: { ...LINUX, ...MAC1 } },
    veths: {
      v0: { bridge: 'br0', cost: 100, peer: { name: 'v1' } },
      // So that both bridges have a port all the time.
      v2: { bridge: 'br0', peer: { name: 'v3', bridge: 'br1' } },
    },
  },
  at: ['veths', 'v0'],
  id: 'host/port/v0',
  rows: [
    { field: 'bridge', to: ['br1'] },
    { field: 'isolated', to: [true] },
    { field: 'hairpin', to: [true] },
    { field: 'learning', to: [false] },
    { field: 'flood', to: [false] },
    { field: 'cost', to: [1, 65535] },
    { field: 'priority', to: [0, 63] },
  ],
};

const vlans: Table = {
  title: 'port-vlans',
  kind: 'port-vlans',
  needs: ['vlan-filtering'],
  base: {
    ...version,
    bridges: { br0: { type: 'linux' }, br1: { type: 'linux', 'vlan-filtering': true } },
    veths: {
      v0: { bridge: 'br0', tag: 10, peer: { name: 'v1' } },
      v2: { bridge: 'br0', trunks: [10, 20], peer: { name: 'v3' } },
      v4: { bridge: 'br0', 'native-tag': 30, peer: { name: 'v5' } },
    },
  },
  at: ['veths', 'v0'],
  id: 'host/port-vlans/v0',
  rows: [
    { field: 'tag', to: [11, 4094] },
    {
      field: 'trunks',
      at: ['veths', 'v2', 'trunks'],
      id: 'host/port-vlans/v2',
      to: [[10, '15-17', 20], [4094]],
    },
    { field: 'native-tag', at: ['veths', 'v4', 'native-tag'], id: 'host/port-vlans/v4', to: [31] },
    { field: 'vlan-mode', at: ['veths', 'v4', 'vlan-mode'], id: 'host/port-vlans/v4', to: ['native-tagged'] },
  ],
};

export const ports: readonly Table[] = [port, vlans];
