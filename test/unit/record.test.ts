import test from 'ava';
import type { Before, Desired, HostRecord, Live, Resource } from '../../src/model.js';
import { forget, recall } from '../../src/record.js';

const resource = (id: string, rest: Partial<Resource> = {}): Resource => ({
  id,
  kind: id.split('/')[1] ?? '',
  body: id.split('/')[0] ?? '',
  fields: {},
  needs: [],
  diesWith: [],
  provides: [],
  ...rest,
});

const live = (id: string, owner: string | null, rest: Partial<Resource> = {}): Live => ({
  ...resource(id, rest),
  owner,
});

const wanted = (id: string, rest: Partial<Desired> = {}): Desired => ({
  ...resource(id, rest),
  ownership: 'owned',
  at: [],
  ...rest,
});

const recordOf = (before: Readonly<Record<string, Before>>): HostRecord => ({
  version: 1,
  topology: 'demo',
  before,
  reads: [],
  bodies: [],
});

const ids = (resources: readonly Resource[]): string[] => resources.map(({ id }) => id);

const setting = resource('ns1/sysctl/a', { diesWith: ['ns1/netns'] });
const settings = recordOf({ [setting.id]: { fields: { value: '0' }, resource: setting } });
const settingNow = live(setting.id, null, { fields: { value: '1' }, diesWith: ['ns1/netns'] });

test('a value of an adopted thing is wanted back when the file no longer names it', (t) => {
  const found = live('ns1/namespace', null, { provides: ['ns1/netns'] });
  const { desired } = recall(settings, [], [found, settingNow], 'demo');
  t.deepEqual(desired, [{ ...setting, fields: { value: '0' }, ownership: 'adopted', at: null }]);
});

test('a value is not put back into a thing of ours that goes', (t) => {
  const ours = live('ns1/namespace', 'demo', { provides: ['ns1/netns'] });
  t.deepEqual(recall(settings, [], [ours, settingNow], 'demo').desired, []);
});

test('a value is put back into a thing of ours that stays', (t) => {
  const provides = ['ns1/netns'];
  const ours = live('ns1/namespace', 'demo', { provides });
  const { desired } = recall(settings, [wanted('ns1/namespace', { provides })], [ours, settingNow], 'demo');
  t.deepEqual(ids(desired), ['ns1/namespace', 'ns1/sysctl/a']);
});

test('a value of a thing that is gone is wanted back by nobody', (t) => {
  t.deepEqual(recall(settings, [], [], 'demo').desired, []);
});

test('a field of an adopted thing that the file no longer names goes back to what it was', (t) => {
  const nic = resource('host/link/eth0');
  const record = recordOf({ [nic.id]: { fields: { mtu: 1500, up: false }, resource: nic } });
  const now = live(nic.id, null, { fields: { mtu: 1400, up: true } });
  const { desired } = recall(
    record,
    [wanted(nic.id, { ownership: 'adopted', fields: { up: true } })],
    [now],
    'demo',
  );
  t.deepEqual(
    desired.map(({ fields }) => fields),
    [{ mtu: 1500, up: true }],
  );
});

test('what was not there before is ours, and is not wanted back', (t) => {
  const address = resource('host/address/eth0/192.0.2.1');
  const record = recordOf({ [address.id]: { fields: null, resource: address } });
  const { desired, live: found } = recall(record, [], [live(address.id, null)], 'demo');
  t.deepEqual(desired, []);
  t.deepEqual(
    found.map(({ owner }) => owner),
    ['demo'],
  );
});

test('what has been put back is forgotten, and so is a field of it', (t) => {
  const nic = resource('host/link/eth0');
  const before = {
    [nic.id]: { fields: { mtu: 1500, up: false }, resource: nic },
    [setting.id]: { fields: { value: '0' }, resource: setting },
  };
  t.deepEqual(forget(before, [wanted(nic.id, { fields: { up: true } })]), {
    [nic.id]: { fields: { up: false }, resource: nic },
  });
});
