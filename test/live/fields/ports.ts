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

const MACS = ['02:00:00:00:00:09', '02:00:00:00:00:0a'];

const fdb: Table = {
  title: 'bridge-fdb',
  kind: 'bridge-fdb',
  base: {
    ...version,
    bridges: { br0: { ...LINUX, ...MAC0 } },
    veths: {
      v0: { bridge: 'br0', fdb: [MACS[0], { mac: MACS[1] }], peer: { name: 'v1' } },
      v2: { bridge: 'br0', peer: { name: 'v3' } },
    },
  },
  at: ['veths', 'v0'],
  id: `host/fdb/v0/${MACS[0]}`,
  rows: [
    { field: 'fdb', to: [undefined], plan: MACS.map((mac) => `- host/fdb/v0/${mac}`) },
    {
      field: 'fdb',
      at: ['veths'],
      to: [
        {
          v0: { bridge: 'br0', fdb: [MACS[0]], peer: { name: 'v1' } },
          v2: { bridge: 'br0', fdb: [MACS[1]], peer: { name: 'v3' } },
        },
      ],
      plan: [`- host/fdb/v0/${MACS[1]}`, `+ host/fdb/v2/${MACS[1]}`],
    },
    {
      field: 'fdb.mac',
      at: ['veths', 'v0', 'fdb', 1, 'mac'],
      to: ['02:00:00:00:00:0B'],
      plan: [`- host/fdb/v0/${MACS[1]}`, '+ host/fdb/v0/02:00:00:00:00:0b'],
    },
    {
      field: 'fdb',
      to: [],
      drift: `bridge fdb del ${MACS[0]} dev v0 master; bridge fdb add 02:00:00:00:00:77 dev v0 master static`,
      back: [`+ host/fdb/v0/${MACS[0]}`, '- host/fdb/v0/02:00:00:00:00:77'],
    },
  ],
};

const fdbOfVlans: Table = {
  title: 'bridge-fdb, VLANs kept apart',
  kind: 'bridge-fdb',
  needs: ['vlan-filtering'],
  base: {
    ...version,
    bridges: { br0: { ...LINUX, ...MAC0 } },
    veths: {
      v0: { bridge: 'br0', trunks: [10, 20], fdb: [{ mac: MACS[0], vlan: 10 }], peer: { name: 'v1' } },
      v2: { bridge: 'br0', tag: 10, fdb: [MACS[1]], peer: { name: 'v3' } },
    },
  },
  at: ['veths', 'v0'],
  id: `host/fdb/v0/${MACS[0]}/10`,
  rows: [
    {
      field: 'fdb.vlan',
      at: ['veths', 'v0', 'fdb', 0, 'vlan'],
      to: [20],
      plan: [`- host/fdb/v0/${MACS[0]}/10`, `+ host/fdb/v0/${MACS[0]}/20`],
    },
    {
      field: 'fdb',
      at: ['veths', 'v0', 'trunks'],
      id: 'host/port-vlans/v0',
      kind: 'bridge-fdb',
      to: [[10, 30]],
      plan: ['~ host/port-vlans/v0 trunks'],
      cost: 'flap',
    },
    // An entry goes before its VLAN does, and comes after it.
    {
      field: 'fdb',
      at: ['veths', 'v2', 'tag'],
      id: 'host/port-vlans/v2',
      kind: 'bridge-fdb',
      to: [20],
      plan: [`- host/fdb/v2/${MACS[1]}/10`, '~ host/port-vlans/v2 tag', `+ host/fdb/v2/${MACS[1]}/20`],
      cost: 'flap',
    },
  ],
};

export const ports: readonly Table[] = [port, vlans, fdb, fdbOfVlans];
