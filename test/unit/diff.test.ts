import test from 'ava';
import { diff } from '../../src/diff.js';
import type { Change, Desired, Live } from '../../src/model.js';

const desired = (id: string, rest: Partial<Desired> = {}): Desired => ({
  id,
  kind: id.split('/')[1] ?? '',
  body: id.split('/')[0] ?? '',
  fields: {},
  needs: [],
  diesWith: [],
  provides: [],
  ownership: 'owned',
  at: [],
  ...rest,
});

const live = (id: string, rest: Partial<Live> = {}): Live => {
  const { ownership: _, at: __, ...resource } = desired(id);
  return { ...resource, owner: 'demo', ...rest };
};

const show = (changes: readonly Change[]): string[] =>
  changes.map(({ action, id, reason }) =>
    reason === '' ? `${action} ${id}` : `${action} ${id} (${reason})`,
  );

test('what is missing is created and what is no longer wanted is removed', (t) => {
  const { changes } = diff([desired('host/veth/a')], [live('host/veth/b')], 'demo');
  t.deepEqual(show(changes), ['remove host/veth/b', 'create host/veth/a']);
});

test('what is as wanted does not change', (t) => {
  const fields = { peer: 'ns1/eth0' };
  t.deepEqual(
    diff([desired('host/veth/a', { fields })], [live('host/veth/a', { fields })], 'demo').changes,
    [],
  );
});

test('foreign things and those of other topologies are left alone', (t) => {
  const found = [live('host/veth/b', { owner: null }), live('host/veth/c', { owner: 'other' })];
  t.deepEqual(diff([], found, 'demo'), { changes: [], obstacles: [] });
});

test('a name that a foreign thing holds is an obstacle that names the holder', (t) => {
  const holder = live('host/veth/a', { owner: null });
  const wanted = desired('host/veth/a');
  t.deepEqual(diff([wanted], [holder], 'demo').obstacles, [
    { reason: 'taken', desired: wanted, holder, owner: null },
  ]);
});

test('a device name that a foreign thing of another kind holds is an obstacle', (t) => {
  const holder = live('host/interface/a', { owner: null, provides: ['host/device/a'] });
  const { obstacles } = diff([desired('host/veth/a', { provides: ['host/device/a'] })], [holder], 'demo');
  t.deepEqual(
    obstacles.map(({ reason, holder: by }) => [reason, by?.id]),
    [['taken', 'host/interface/a']],
  );
});

test('an adopted NIC that is not there is an obstacle', (t) => {
  const { obstacles } = diff([desired('host/interface/eth0', { ownership: 'adopted' })], [], 'demo');
  t.deepEqual(
    obstacles.map(({ reason }) => reason),
    ['missing'],
  );
});

test('a foreign part that is as wanted serves, one that is not is an obstacle', (t) => {
  const part = desired('host/address/eth0/10.0.0.1', { ownership: 'part', fields: { prefix: 24 } });
  const same = live('host/address/eth0/10.0.0.1', { owner: null, fields: { prefix: 24 } });
  t.deepEqual(diff([part], [same], 'demo'), { changes: [], obstacles: [] });
  t.is(diff([part], [{ ...same, fields: { prefix: 16 } }], 'demo').obstacles.length, 1);
});

test('a field that cannot change in place replaces the thing, and all that needs it with it', (t) => {
  const link = { needs: ['host/device/a'], diesWith: ['host/device/a'] };
  const address = { needs: ['host/link/a'], diesWith: ['host/link/a'] };
  const provides = ['host/device/a'];
  const { changes } = diff(
    [
      desired('host/veth/a', { fields: { peer: 'ns2/eth0' }, provides }),
      desired('host/link/a', { ...link, ownership: 'part' }),
      desired('host/address/a/10.0.0.1', { ...address, ownership: 'part' }),
      desired('host/veth/b', { fields: { peer: 'ns1/eth1' } }),
    ],
    [
      live('host/veth/a', { fields: { peer: 'ns1/eth0' }, provides }),
      live('host/link/a', link),
      live('host/address/a/10.0.0.1', address),
      live('host/veth/b', { fields: { peer: 'ns1/eth1' } }),
    ],
    'demo',
  );
  t.deepEqual(show(changes), [
    'replace host/veth/a (peer cannot change in place)',
    'replace host/link/a (goes with host/veth/a)',
    'replace host/address/a/10.0.0.1 (goes with host/link/a)',
  ]);
});

test('a link that goes down in place loses what dies with it, which is made again', (t) => {
  const address = { needs: ['host/link/a'], diesWith: ['host/link/a'], ownership: 'part' } as const;
  const { changes } = diff(
    [desired('host/link/a', { fields: { up: false } }), desired('host/address/a/10.0.0.1', address)],
    [
      live('host/link/a', { fields: { up: true } }),
      live('host/address/a/10.0.0.1', { diesWith: ['host/link/a'] }),
    ],
    'demo',
  );
  t.deepEqual(show(changes), [
    'update host/link/a',
    'replace host/address/a/10.0.0.1 (goes with host/link/a)',
  ]);
  t.deepEqual(
    changes.map(({ interrupts }) => interrupts),
    ['gap', 'gap'],
  );
});

test('the owner of a part is the owner of what it dies with, through names and several steps', (t) => {
  const found = [
    live('host/veth/a', { provides: ['host/device/a'] }),
    live('host/link/a', { diesWith: ['host/device/a'] }),
    live('host/address/a/10.0.0.1', { diesWith: ['host/link/a'] }),
  ].map(({ owner, ...rest }, i): Live => (i === 0 ? { ...rest, owner: owner ?? null } : rest));
  t.deepEqual(show(diff([], found, 'demo').changes), [
    'remove host/veth/a',
    'remove host/link/a',
    'remove host/address/a/10.0.0.1',
  ]);
});

test('what a changed field ends is made again, and nothing else that hangs on the thing', (t) => {
  const before = live('host/link/v0', { fields: { macaddress: 'a' }, provides: ['host/device/v0'] });
  const parts = [
    { id: 'host/neighbour/v0/1', diesWith: ['host/link/v0', 'host/link/v0#macaddress'] },
    { id: 'host/neighbour/v0/2', diesWith: ['host/link/v0', 'host/device/v0#macaddress'] },
    { id: 'host/address/v0/1', diesWith: ['host/link/v0', 'host/link/v0#mtu'] },
  ];
  const wanted = parts.map(({ id }) => desired(id, { needs: ['host/link/v0'] }));
  const { changes } = diff(
    [desired('host/link/v0', { fields: { macaddress: 'b' } }), ...wanted],
    [before, ...parts.map(({ id, ...part }) => live(id, part))],
    'demo',
  );
  t.deepEqual(show(changes).sort(), [
    'replace host/neighbour/v0/1 (goes with host/link/v0)',
    'replace host/neighbour/v0/2 (goes with host/link/v0)',
    'update host/link/v0',
  ]);
});
