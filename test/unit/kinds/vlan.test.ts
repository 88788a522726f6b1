// The kind of VLAN links on what ip 6.1 printed on a stock Debian kernel.
import test from 'ava';
import { vlan } from '../../../src/kinds/vlan.js';
import type { HostState } from '../../../src/state.js';

const shown = (ifname: string, id: number, protocol: string) => ({
  ifindex: 4,
  link: 'eth0',
  ifname,
  flags: ['BROADCAST', 'MULTICAST'],
  mtu: 1500,
  group: '0',
  linkinfo: { info_kind: 'vlan', info_data: { protocol, id, flags: ['REORDER_HDR'] } },
});

test('the protocol is read from the numbers that ip -N prints', (t) => {
  const links = [shown('v10', 10, '[33024]'), shown('v20', 20, '[34984]')];
  const body = { body: { name: 'host', netns: null }, exists: true, links };
  const host = { topology: 'a', bodies: new Map([['host', body]]) } as unknown as HostState;
  t.deepEqual(
    vlan.live(host).map(({ fields }) => fields),
    [
      { link: 'eth0', id: 10, protocol: '802.1q' },
      { link: 'eth0', id: 20, protocol: '802.1ad' },
    ],
  );
});
