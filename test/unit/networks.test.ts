// Sets of addresses and ports: pieces in, the fewest pieces in ascending order out.
import test from 'ava';
import fc from 'fast-check';
import { addressAt, numberOf } from '../../src/address.js';
import { cover, coverPorts } from '../../src/networks.js';

test('networks are merged, masked and put in order', (t) => {
  t.deepEqual(cover(['10.0.0.7/24']), ['10.0.0.0/24']);
  t.deepEqual(cover(['10.0.0.128/25', '10.0.0.0/25']), ['10.0.0.0/24']);
  t.deepEqual(cover(['11.0.0.0/8', '10.0.0.0/24', '11.2.3.4']), ['10.0.0.0/24', '11.0.0.0/8']);
  t.deepEqual(cover(['10.0.0.0/24', '10.0.1.0/25']), ['10.0.0.0/24', '10.0.1.0/25']);
  t.deepEqual(cover(['10.0.7.6', '10.0.7.5']), ['10.0.7.5', '10.0.7.6']);
  t.deepEqual(cover(['FD00:0::1/64', '::/0']), ['::/0']);
  t.deepEqual(cover(['0.0.0.0/1', '128.0.0.0/1']), ['0.0.0.0/0']);
  t.deepEqual(cover(['255.255.255.255/32']), ['255.255.255.255']);
});

test('intervals that nft prints become networks again', (t) => {
  t.deepEqual(cover(['10.0.0.0-10.0.1.127']), ['10.0.0.0/24', '10.0.1.0/25']);
  t.deepEqual(cover(['10.0.0.1-10.0.0.6']), ['10.0.0.1', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6']);
  t.deepEqual(cover(['fd00::-fd00::ffff']), ['fd00::/112']);
});

test('what cannot be read, or is of two families, stays as it is', (t) => {
  for (const texts of [
    ['10.0.0.0/33'],
    ['x', '10.0.0.1'],
    ['10.0.0.1', 'fd00::1'],
    ['10.0.0.2-10.0.0.1'],
    [''],
  ]) {
    t.deepEqual(cover(texts), texts);
  }
});

test('a cover holds the same addresses, and covering it again changes nothing', (t) => {
  const base = numberOf('10.0.0.0');
  const piece = fc.record({ at: fc.nat(255), prefix: fc.integer({ min: 24, max: 32 }) });
  const textOf = ({ at, prefix }: { at: number; prefix: number }) =>
    `${addressAt(base + BigInt(at), 4)}/${prefix}`;
  const held = (networks: readonly string[]): Set<number> => {
    const sets = networks.map((network) => {
      const [ip = '', prefix = '32'] = network.split('/');
      const size = 2 ** (32 - Number(prefix));
      const first = Math.floor(Number(numberOf(ip) - base) / size) * size;
      return Array.from({ length: size }, (_, i) => first + i);
    });
    return new Set(sets.flat().sort((a, b) => a - b));
  };
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const texts = pieces.map(textOf);
      const covered = cover(texts);
      t.deepEqual(held(covered), held(texts));
      t.deepEqual(cover(covered), covered);
    }),
    { numRuns: 200 },
  );
});

test('ports and ranges are merged and put in order', (t) => {
  t.deepEqual(coverPorts(['96', '80-90', '85-95', '443']), ['80-96', '443']);
  t.deepEqual(coverPorts(['9', '11', '10']), ['9-11']);
  t.deepEqual(coverPorts(['1-65535']), ['1-65535']);
});

test('what is no port is none', (t) => {
  for (const port of ['0', '65536', '80-70', '080', '-1', '1-', ' 1', 'http', '1e3', '', '1-2-3']) {
    t.is(coverPorts([port]), null, JSON.stringify(port));
  }
});
