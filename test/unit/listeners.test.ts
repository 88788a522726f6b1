// Listeners of a rehearsal: checks, NAT rules and addresses in, where something must listen out.
import test from 'ava';
import type { Rule } from '../../src/kinds/nat-rule.js';
import { listeners } from '../../src/listeners.js';
import type { Check } from '../../src/load/topology.js';

const check = (from: string, to: string, port: number, kind: Check['kind'] = 'tcp'): Check => ({
  kind,
  from,
  to,
  port,
  within: 1000,
  path: [],
});

const addresses = new Map([
  ['host', ['192.168.1.250', '203.0.113.2', 'fd00::250']],
  ['web', ['192.168.1.1', 'fd00::1']],
  ['isp', ['203.0.113.1']],
]);

function placesOf(rules: Rule[], ...checks: Check[]): string[] {
  return listeners(checks, new Map([['host', rules]]), addresses).map(
    ({ body, address, port }) => `${body} ${address} ${port}`,
  );
}

const forward: Rule = { action: 'dnat', in: 'up0', protocol: 'tcp', port: '8080', to: '192.168.1.1:80' };

test('who has the address listens', (t) => {
  t.deepEqual(placesOf([], check('host', '192.168.1.1', 80), check('isp', '192.168.1.1', 80)), [
    'web 192.168.1.1 80',
  ]);
  t.deepEqual(placesOf([], check('host', '9.9.9.9', 80)), []);
});

test('a port forward is followed to its end, and nothing listens at its beginning', (t) => {
  t.deepEqual(placesOf([forward], check('isp', '203.0.113.2', 8080)), ['web 192.168.1.1 80']);
  t.deepEqual(placesOf([forward], check('isp', '203.0.113.2', 22)), ['host 203.0.113.2 22']);
});

test('a rule that says by which link packets come in does not meet those of the body itself', (t) => {
  t.deepEqual(placesOf([forward], check('host', '203.0.113.2', 8080)), ['host 203.0.113.2 8080']);
  const { in: _, ...open } = forward;
  t.deepEqual(placesOf([open], check('host', '203.0.113.2', 8080)), ['web 192.168.1.1 80']);
});

test('what is forwarded may be forwarded again', (t) => {
  const first: Rule = { action: 'dnat', destination: '198.51.100.0/24', protocol: 'tcp', to: '203.0.113.2' };
  t.deepEqual(placesOf([first, forward], check('isp', '198.51.100.7', 8080)), ['web 192.168.1.1 80']);
  const circle: Rule[] = [
    { action: 'dnat', destination: '198.51.100.1', protocol: 'tcp', to: '198.51.100.2' },
    { action: 'dnat', destination: '198.51.100.2', protocol: 'tcp', to: '198.51.100.1' },
  ];
  t.deepEqual(placesOf(circle, check('isp', '198.51.100.1', 80)), []);
});

test('a redirection ends at an address that the kernel chooses', (t) => {
  const redirect: Rule = { action: 'redirect', protocol: 'tcp', port: '80, 8000-8010', to: '3128' };
  t.deepEqual(placesOf([redirect], check('web', '192.168.1.250', 8005)), ['host 0.0.0.0 3128']);
  t.deepEqual(placesOf([redirect], check('web', 'fd00::250', 80)), ['host :: 3128']);
  t.deepEqual(placesOf([redirect], check('isp', '192.168.1.1', 80)), ['web 192.168.1.1 80']);
});

test('the first rule that fits counts, a rule of the other family or protocol does not fit', (t) => {
  const rules: Rule[] = [
    { action: 'dnat', protocol: 'udp', port: '80', to: '192.168.1.1:1' },
    { action: 'dnat', protocol: 'tcp', port: '80', to: '[fd00::1]:2' },
    { action: 'dnat', protocol: 'tcp', port: '80-90', to: '192.168.1.1' },
    { action: 'dnat', protocol: 'tcp', port: '80', to: '192.168.1.1:4' },
  ];
  t.deepEqual(placesOf(rules, check('isp', '203.0.113.2', 80)), ['web 192.168.1.1 80']);
});

test('what must not connect gets nobody to connect to', (t) => {
  t.deepEqual(placesOf([], check('isp', '192.168.1.1', 80, 'no-tcp')), []);
});
