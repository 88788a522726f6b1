import test from 'ava';
import { addressAgain, routeAgain } from '../../../src/kinds/again.js';
import type { IpAddress, IpRoute } from '../../../src/state.js';

const address: IpAddress = { family: 'inet', local: '10.0.0.1', prefixlen: 24, scope: '0', label: 'eth0' };
const route: IpRoute = { type: '1', dst: '10.9.0.0/16', gateway: '10.0.0.9', dev: 'eth0', protocol: '16' };

test('an address is said with all that `ip` shows of it', (t) => {
  t.is(addressAgain(address, 'eth0')?.join(' '), 'address replace 10.0.0.1/24 dev eth0 scope 0');
  const leased = { ...address, dynamic: true, valid_life_time: 500, preferred_life_time: 400 };
  t.regex(addressAgain(leased, 'eth0')?.join(' ') ?? '', / valid_lft 500 preferred_lft 400$/);
  const six: IpAddress = { family: 'inet6', local: 'fd00::1', prefixlen: 64, scope: '0' };
  t.is(addressAgain(six, 'eth0')?.join(' '), 'address replace fd00::1/64 dev eth0 nodad');
  t.is(addressAgain({ ...six, tentative: true }, 'eth0')?.join(' '), 'address replace fd00::1/64 dev eth0');
});

test('a route is said with all that `ip` shows of it', (t) => {
  t.is(routeAgain(route, 'unicast')?.join(' '), 'route replace 10.9.0.0/16 via 10.0.0.9 dev eth0 proto 16');
  const metrics = [{ mtu: 1400 }, { ecn: null }];
  const drops: IpRoute = { type: '9', dst: '10.9.0.0/16', protocol: '16', metrics };
  t.is(
    routeAgain(drops, 'throw')?.join(' '),
    'route replace throw 10.9.0.0/16 proto 16 mtu 1400 features ecn',
  );
});

test('what has a word that nobody here knows is not made again without it', (t) => {
  t.is(addressAgain({ ...address, home: true } as IpAddress, 'eth0'), null);
  t.is(routeAgain({ ...route, expires: 300 } as IpRoute, 'unicast'), null);
  t.is(routeAgain({ ...route, encap: 'mpls' } as IpRoute, 'unicast'), null);
  t.is(routeAgain({ ...route, metrics: [{ rtt: 8 }] }, 'unicast'), null);
});
