// The arithmetic of addresses: text as a file says it in, the text that `ip` prints out.
import test from 'ava';
import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import {
  contains,
  hasHostBits,
  isLinkLocal,
  isMulticast,
  lastOf,
  networkOf,
  parseAddress,
  parseInterfaceAddress,
  parseNetwork,
  sameAddress,
} from '../../src/address.js';

test('an address is written as ip writes it', (t) => {
  const written: [string, string][] = [
    ['10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::', '::'],
    ['::1', '::1'],
    // Read back with `ip -j addr` after `ip addr add ::1:2/96 dev lo`.
    ['::1:2', '::0.1.0.2'],
    ['::1.2.3.4', '::1.2.3.4'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ];
  for (const [text, ip] of written) t.is(parseAddress(text)?.ip, ip, text);
});

test('what only looks like an address is none', (t) => {
  const bad = [
    '',
    '10.0.0',
    '010.0.0.1',
    '0x7f.1',
    '127.1',
    '1.2.3.256',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '10.0.0.1/24',
  ];
  const bad6 = [
    'fe80::1%eth0',
    '1::2::3',
    ':::',
    '12345::',
    '1:2:3:4:5:6:7',
    '::ffff:010.0.0.1',
    'g::',
    'default',
  ];
  for (const text of [...bad, ...bad6]) t.is(parseAddress(text), null, JSON.stringify(text));
});

test('a link address needs its prefix', (t) => {
  t.deepEqual(parseInterfaceAddress('2001:DB8::0001/64'), { ip: '2001:db8::1', prefix: 64, family: 6 });
  for (const text of [
    '10.0.0.1',
    '10.0.0.1/',
    '10.0.0.1/33',
    '10.0.0.1/024',
    '::1/129',
    '10.0.0.1/24/1',
    '/24',
  ]) {
    t.is(parseInterfaceAddress(text), null, text);
  }
});

test('a network has no host bits, and everything is called default', (t) => {
  t.deepEqual(parseNetwork('10.1.2.3/16'), { network: '10.1.0.0/16', family: 4 });
  t.deepEqual(parseNetwork('10.1.2.3'), { network: '10.1.2.3/32', family: 4 });
  t.deepEqual(parseNetwork('default'), { network: 'default', family: null });
  t.deepEqual(parseNetwork('::/0'), { network: 'default', family: 6 });
  t.true(hasHostBits('10.1.2.3/16'));
  t.false(hasHostBits('10.1.2.3/32'));
  t.false(hasHostBits('2001:db8::/32'));
});

test('a network holds its own addresses alone', (t) => {
  t.true(contains('10.0.0.0/8', '10.255.255.255'));
  t.false(contains('10.0.0.0/8', '11.0.0.0'));
  t.false(contains('10.0.0.0/8', '::ffff:10.0.0.1'));
  t.true(contains('default', '::1'));
  t.false(contains('::/0', '10.0.0.1'));
  t.is(lastOf('10.0.0.1', 24), '10.0.0.255');
  t.is(lastOf('2001:db8::1', 126), '2001:db8::3');
  t.true(isMulticast('239.1.1.1') && isMulticast('ff02::1') && !isMulticast('223.255.255.255'));
  t.true(isLinkLocal('fe80::1') && isLinkLocal('169.254.3.4') && !isLinkLocal('fec0::1'));
  t.true(sameAddress('2001:db8::1', '2001:DB8:0::1') && !sameAddress('x', 'x'));
});

test('what is an address is also one to Node, and its canonical text stays as it is', (t) => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const alike = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(group, { maxLength: 9 }).map((parts) => parts.join(':')),
  );
  const noise = fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef:./%')), maxLength: 20 });
  fc.assert(
    fc.property(fc.oneof(alike, noise), (text) => {
      const address = parseAddress(text);
      if (text.includes('%')) return address === null;
      const expected = isIPv4(text) ? 4 : isIPv6(text) ? 6 : undefined;
      return (
        address?.family === expected && (address === null || parseAddress(address.ip)?.ip === address.ip)
      );
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('an address lies in each of its networks', (t) => {
  const any = fc.oneof(
    fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })),
    fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })),
  );
  fc.assert(fc.property(any, ([ip, prefix]) => contains(networkOf(ip, prefix), ip)));
  t.pass();
});

test('the network of a link-local address is fe80::/64 where the bits between are zero', (t) => {
  t.is(networkOf('fe80::1', 64), 'fe80::/64');
  t.is(networkOf('fe80::1:2:3:4', 64), 'fe80::/64');
  t.is(networkOf('fe80::1:2:3:4:5', 64), 'fe80:0:0:1::/64');
  t.is(networkOf('fe80::1', 10), 'fe80::/10');
});
