// Whether a link is like what is sought: every feature counts, and drivers and paths may be patterns.
import test from 'ava';
import { isLike } from '../../src/bind.js';

const nic = { macaddress: '02:00:00:00:00:01', driver: 'virtio_net', path: 'pci-0000:02:00.0' };

test('all features must be there', (t) => {
  t.true(isLike(nic, { macaddress: '02:00:00:00:00:01' }));
  t.true(isLike(nic, { macaddress: '02:00:00:00:00:01', driver: 'virtio_net' }));
  t.false(isLike(nic, { macaddress: '02:00:00:00:00:01', driver: 'ixgbe' }));
  t.false(isLike({ macaddress: nic.macaddress }, { driver: 'virtio_net' }));
});

test('MAC addresses compare without regard to case', (t) => {
  t.true(
    isLike({ 'permanent-macaddress': 'aa:bb:cc:dd:ee:ff' }, { 'permanent-macaddress': 'AA:bb:CC:dd:EE:ff' }),
  );
});

test('a bracket that begins no class is a letter', (t) => {
  t.true(isLike({ driver: 'ixgbe[' }, { driver: 'ixgbe[' }));
  t.false(isLike({ driver: 'ixgbe' }, { driver: 'ixgbe[' }));
  t.true(isLike({ path: '[z-a]1' }, { path: '[z-a]?' }));
  t.true(isLike({ path: 'a^b' }, { path: 'a[\\^]b' }));
});

test('patterns are those of a shell, and nothing else in them is special', (t) => {
  for (const path of ['pci-0000:02:00.*', 'pci-*', '*', 'pci-0000:0[12]:00.?', 'pci-0000:0[!3]:00.0'])
    t.true(isLike(nic, { path }), path);
  for (const path of ['pci-0000:02:00', 'pci.0000:02:00.0', '(pci|x)-*', 'pci-0000:0[!2]:00.0', '.*'])
    t.false(isLike(nic, { path }), path);
});
