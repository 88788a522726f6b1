// What iproute2 6.1 showed of forwarding databases in, the entries that are somebody's to say out.
import test from 'ava';
import { bridgeFdb } from '../../../src/kinds/bridge-fdb.js';
import { vxlanFdb } from '../../../src/kinds/vxlan-fdb.js';
import { HOST } from '../../../src/model.js';
import { unread } from '../../../src/observe.js';
import type { BodyState, IpLink } from '../../../src/state.js';
import { parseFdb } from '../../../src/tools/bridge.js';

const OWN = [
  '{"mac":"33:33:00:00:00:01","ifname":"e0","flags":["self"],"state":"permanent"}',
  '{"mac":"f2:b2:14:ef:f0:f2","ifname":"e0","vlan":1,"flags":[],"master":"b0","state":"permanent"}',
  '{"mac":"f2:b2:14:ef:f0:f2","ifname":"e0","flags":[],"master":"b0","state":"permanent"}',
  '{"mac":"02:00:00:00:00:03","ifname":"e0","flags":["extern_learn"],"master":"b0","state":"static"}',
];
const STATIC = [
  '{"mac":"02:00:00:00:00:0a","ifname":"e0","vlan":1,"flags":[],"master":"b0","state":"static"}',
  '{"mac":"02:00:00:00:00:09","ifname":"e0","vlan":7,"flags":[],"master":"b0","state":"static"}',
  '{"mac":"02:00:00:00:00:09","ifname":"e0","flags":[],"master":"b0","state":"static"}',
];
const VXLAN = [
  '{"mac":"00:00:00:00:00:00","ifname":"vx","dst":"192.0.2.7","viaIf":"e0","flags":["self"],"state":"permanent"}',
  '{"mac":"00:00:00:00:00:00","ifname":"vx","dst":"192.0.2.8","viaIf":"e0","flags":["self"],"state":"permanent"}',
  '{"mac":"00:00:00:00:00:00","ifname":"vx","dst":"192.0.2.9","flags":["self"],"state":"permanent"}',
  '{"mac":"00:00:00:00:00:00","ifname":"vx","dst":"192.0.2.9","port":8472,"viaIf":"e0","flags":["self"],"state":"permanent"}',
  '{"mac":"02:00:00:00:00:01","ifname":"vx","dst":"192.0.2.8","viaIf":"e0","flags":["self"],"state":"permanent"}',
  '{"mac":"02:00:00:00:00:02","ifname":"vx","dst":"192.0.2.8","viaIf":"e0","flags":["self","extern_learn"],"state":"permanent"}',
];

const link = (ifname: string, kind: string, data: object, more: Partial<IpLink> = {}): IpLink => ({
  ifindex: 1,
  ifname,
  flags: [],
  mtu: 1500,
  linkinfo: { info_kind: kind, info_data: data as Readonly<Record<string, unknown>> },
  ...more,
});

function host(lines: readonly string[], filtering: 0 | 1) {
  const state: BodyState = {
    ...unread({ name: HOST, netns: null }),
    exists: true,
    links: [
      link('b0', 'bridge', { vlan_filtering: filtering }),
      link('e0', 'veth', {}, { master: 'b0' }),
      link('vx', 'vxlan', { id: 5, remote: '192.0.2.7', link: 'e0' }),
    ],
    vlans: [{ ifname: 'e0', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] }],
    fdb: parseFdb(`[${lines.join(',')}]`),
  };
  return { topology: 'lab', bodies: new Map([[HOST, state]]), ovs: null };
}

const ALL = [...OWN, ...STATIC, ...VXLAN];

test('of a bridge’s ports, static entries count: those of the VLANs that a port carries, or else those without one', (t) => {
  const ids = (filtering: 0 | 1) => bridgeFdb.live(host(ALL, filtering)).map(({ id }) => id);
  t.deepEqual(ids(0), ['host/fdb/e0/02:00:00:00:00:09']);
  t.deepEqual(ids(1), ['host/fdb/e0/02:00:00:00:00:0a/1']);
});

test('of a vxlan, entries count that nobody has learned, but its own and those with a way or a port of their own', (t) => {
  const entries = vxlanFdb.live(host(ALL, 0)).map(({ id, fields }) => `${id} ${JSON.stringify(fields)}`);
  t.deepEqual(entries, [
    'host/remote/vx/00:00:00:00:00:00/192.0.2.8 {"remote":"192.0.2.8","link":"e0"}',
    'host/remote/vx/02:00:00:00:00:01 {"remote":"192.0.2.8","link":"e0"}',
  ]);
});

test('where there is no bridge, nothing is shown', (t) => {
  for (const nothing of ['', '\n', '[]']) t.deepEqual(parseFdb(nothing), []);
});
