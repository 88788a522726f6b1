// A plan's changes and what was seen of a host in, the bodies that need not be looked at again out.
import test from 'ava';
import type { Change, Live } from '../../src/model.js';
import type { BodyState, HostState } from '../../src/state.js';
import { untouched } from '../../src/touched.js';

const state = (name: string): BodyState => ({
  body: { name, netns: name === 'host' ? null : `/run/netns/${name}` },
  exists: true,
  links: [],
  routes: [],
  neighbours: [],
  vlans: [],
  sysctls: {},
  nft: [],
});

const names = ['host', 'a', 'b', 'c'];
const host: HostState = {
  topology: 't',
  bodies: new Map(names.map((name) => [name, state(name)])),
  ovs: null,
};

function removal(live: Partial<Live> & Pick<Live, 'id' | 'body'>): Change {
  const before = { kind: 'x', fields: {}, needs: [], diesWith: [], provides: [], ...live };
  return { action: 'remove', id: live.id, before, after: null, fields: [], reason: '', interrupts: 'gap' };
}

const seenAfter = (...changes: Change[]): string[] => [...untouched({ changes }, host).keys()];

test('the host is always looked at again, the rest only where something changes', (t) => {
  t.deepEqual(seenAfter(), ['a', 'b', 'c']);
  t.deepEqual(seenAfter(removal({ id: 'b/address/eth0/10.0.0.1', body: 'b' })), ['a', 'c']);
});

test('both ends of what goes are looked at', (t) => {
  const pair = removal({ id: 'a/veth/x', body: 'a', provides: ['a/device/x', 'c/device/y'] });
  t.deepEqual(seenAfter(pair), ['b']);
  const held = removal({ id: 'a/route/main/default', body: 'a', diesWith: ['b/netns'] });
  t.deepEqual(seenAfter(held), ['c']);
});
