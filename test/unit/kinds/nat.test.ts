// NAT: entries of a file in, the table's script out; what nft 1.0.6 lists in, the rules that it holds out.
import test from 'ava';
import { readFile } from 'node:fs/promises';
import { compare } from '../../../src/compare.js';
import { nat } from '../../../src/kinds/nat.js';
import { natFindings } from '../../../src/kinds/nat-findings.js';
import type { Json } from '../../../src/model.js';
import {
  entriesOf,
  everyRule,
  found,
  namesOf,
  rulesOf,
  scriptOf,
  TOPOLOGY,
  wanted,
} from '../../support/nat.js';
import { projectRoot } from '../../support/sandbox.js';

const recorded = async (name: string) =>
  found(await readFile(`${projectRoot}/test/fixtures/nft-1.0.6/${name}`, 'utf8'));

/** The lines of a rule in the table. */
const linesOf = (rule: Json): string[] =>
  scriptOf(wanted([rule]))
    .trim()
    .split(' ; ')
    .filter((line) => line.endsWith('comment "nat[0]"'))
    .map((line) =>
      line.replace(`add rule inet netplan-ovs-${TOPOLOGY} `, '').replace(' comment "nat[0]"', ''),
    );

test('all entries of a section are one resource', (t) => {
  const entries = entriesOf(everyRule);
  const resources = entries.map((entry) => nat.section!.desired(entry, namesOf(entries)).length);
  t.deepEqual(resources, [1, ...everyRule.slice(1).map(() => 0)]);
  t.is(wanted(everyRule).id, 'host/nat');
  t.deepEqual(wanted(everyRule).at, ['nat']);
});

test('a difference names the rule and its word', (t) => {
  const before = wanted([
    { masquerade: { out: 'uplink' } },
    { dnat: { protocol: 'tcp', port: 80, to: '10.0.0.1:80' } },
  ]);
  const after = wanted([
    { masquerade: { out: 'uplink' } },
    { dnat: { protocol: 'tcp', port: [80, 443], to: '10.0.0.2:80' } },
  ]);
  t.deepEqual(compare(before.fields, after.fields), [
    { field: 'rules[1].port', before: '80', after: '80, 443' },
    { field: 'rules[1].to', before: '10.0.0.1:80', after: '10.0.0.2:80' },
  ]);
});

test('a port forward also meets what the body sends to its own addresses, loopback left out', (t) => {
  t.deepEqual(linesOf({ dnat: { protocol: 'tcp', port: 8080, to: '192.168.1.1:80' } }), [
    'prerouting meta nfproto 2 fib daddr type 2 tcp dport 8080 dnat ip to 192.168.1.1:80',
    'output ip daddr != 127.0.0.0/8 fib daddr type 2 tcp dport 8080 dnat ip to 192.168.1.1:80',
  ]);
  t.deepEqual(linesOf({ dnat: { in: 'uplink', protocol: 'tcp', port: 8080, to: '[fd00::1]:80' } }), [
    'prerouting iifname "up0" meta nfproto 10 fib daddr type 2 tcp dport 8080 dnat ip6 to [fd00::1]:80',
  ]);
  t.deepEqual(linesOf({ dnat: { destination: '1.2.3.4', to: '192.168.1.1' } }), [
    'prerouting ip daddr 1.2.3.4 dnat ip to 192.168.1.1',
    'output ip daddr 1.2.3.4 dnat ip to 192.168.1.1',
  ]);
});

test('a rule without addresses is for both families', (t) => {
  t.deepEqual(linesOf({ masquerade: { out: 'uplink' } }), ['postrouting oifname "up0" masquerade']);
  t.deepEqual(linesOf({ redirect: { protocol: 'tcp', port: 80, to: 8080 } }), [
    'prerouting fib daddr type 2 tcp dport 80 redirect to :8080',
    'output ip daddr != 127.0.0.0/8 fib daddr type 2 tcp dport 80 redirect to :8080',
    'output ip6 daddr != ::1 fib daddr type 2 tcp dport 80 redirect to :8080',
  ]);
});

test('the table is replaced in one line, which is one transaction', (t) => {
  const table = `inet netplan-ovs-${TOPOLOGY}`;
  const script = scriptOf(wanted(everyRule));
  t.true(script.startsWith(`add table ${table} ; delete table ${table} ; add table ${table} ; `));
  t.true(script.includes(`add rule ${table} netplan-ovs return comment "netplan-ovs:${TOPOLOGY}"`));
  t.is(script.split('\n').length, 2);
});

test('the rules that nft lists are the rules that were made', async (t) => {
  const [live, ...others] = await recorded('every-rule.json');
  t.is(live?.owner, TOPOLOGY);
  t.is(live?.id, 'host/nat');
  t.deepEqual(rulesOf(live), rulesOf(wanted(everyRule)));
  t.deepEqual(others, []);
});

test('what was edited by hand is seen', async (t) => {
  const [live, theirs] = await recorded('edited-by-hand.json');
  const rules = rulesOf(live);
  t.is(live?.owner, TOPOLOGY);
  t.deepEqual(rules[4], rulesOf(wanted(everyRule))[4]);
  t.deepEqual(rules[5], { protocol: 'tcp', port: '1', action: 'redirect' });
  const foreign = rules.flatMap((rule) => (rule as { foreign?: string }).foreign ?? []);
  t.deepEqual(
    foreign.filter((text) => !text.startsWith('prerouting')),
    [
      'set blocked',
      'chain theirs',
      'postrouting: [{"counter":{}},{"masquerade":null}]',
      'postrouting: [{"match":{"op":"==","left":{"meta":{"key":"oifname"}},"right":"eth*"}},{"masquerade":null}] # nat[900000]',
    ],
  );
  const missing = rules.flatMap((rule) => (rule as { missing?: string }).missing ?? []);
  t.true(missing.includes('output: ip daddr 1.2.3.4 dnat ip to 192.168.1.1 # nat[7]'));
  t.deepEqual([theirs?.id, theirs?.owner], ['host/nat/theirs', null]);
});

test('rules in another order are another meaning', async (t) => {
  const [live] = await recorded('other-order.json');
  t.deepEqual(rulesOf(live), [...rulesOf(wanted(everyRule)), { foreign: 'rules in another order' }]);
});

test('a table that only has our name is foreign', async (t) => {
  const [live, nameless] = await recorded('only-our-name.json');
  t.is(live?.owner, null);
  t.is(nameless?.owner, null);
  t.true(JSON.stringify(live?.fields).includes('chain postrouting nat postrouting 101 drop'));
});

test('removing takes the table whether it is there or not', (t) => {
  const site = { topology: 'x', ovsDatapath: 'netdev', netns: () => null, isInHost: () => false } as const;
  t.is(
    nat.remove(wanted(everyRule), site)[0]?.args.join(' '),
    'add table inet netplan-ovs-x ; delete table inet netplan-ovs-x',
  );
});

const impossible: readonly [rule: Json, code: string, at: string][] = [
  [{}, 'nat-action', ''],
  [{ dnat: { to: '10.0.0.1', in: 'a' }, masquerade: {} }, 'nat-action', ''],
  [{ masquerade: { source: '10.0.0.0/33' } }, 'bad-network', 'masquerade.source'],
  [{ masquerade: { source: ['10.0.0.0/8', 'default'] } }, 'bad-network', 'masquerade.source.1'],
  [{ masquerade: { source: '10.0.0.0-10.0.0.9' } }, 'bad-network', 'masquerade.source'],
  [
    { masquerade: { source: '10.0.0.0/8', destination: 'fd00::/8' } },
    'mixed-families',
    'masquerade.destination',
  ],
  [{ masquerade: { source: ['10.0.0.0/8', 'fd00::/8'] } }, 'mixed-families', 'masquerade.source'],
  [{ snat: { source: '10.0.0.0/8', to: 'fd00::1' } }, 'mixed-families', 'snat.to'],
  [{ snat: { protocol: 'icmpv6', to: '10.0.0.1' } }, 'mixed-families', 'snat.protocol'],
  [{ dnat: { port: 80, to: '10.0.0.1' } }, 'port-without-protocol', 'dnat.port'],
  [{ dnat: { protocol: 'gre', port: 80, to: '10.0.0.1' } }, 'port-without-protocol', 'dnat.port'],
  [{ dnat: { in: 'a', to: '10.0.0.1:80' } }, 'port-without-protocol', 'dnat.to'],
  [{ dnat: { protocol: 'tcp', port: 0, to: '10.0.0.1' } }, 'bad-port', 'dnat.port'],
  [{ dnat: { protocol: 'tcp', port: [80, '90-80'], to: '10.0.0.1' } }, 'bad-port', 'dnat.port.1'],
  [{ dnat: { protocol: 'tcp', port: 80, to: '10.0.0.1:80:81' } }, 'nat-target', 'dnat.to'],
  [{ dnat: { protocol: 'tcp', port: 80, to: '[fd00::1]:' } }, 'nat-target', 'dnat.to'],
  [{ dnat: { protocol: 'tcp', port: 80, to: '10.0.0.1:70000' } }, 'nat-target', 'dnat.to'],
  [{ dnat: { protocol: 'tcp', port: 80, to: '[10.0.0.1]:80' } }, 'nat-target', 'dnat.to'],
  [{ dnat: { protocol: 'tcp', port: 80, to: 8080 } }, 'nat-target', 'dnat.to'],
  [{ dnat: { protocol: 'tcp', port: 80, to: 'web; flush ruleset' } }, 'nat-target', 'dnat.to'],
  [{ redirect: { protocol: 'tcp', port: 80, to: '10.0.0.1:80' } }, 'nat-target', 'redirect.to'],
  [{ dnat: { protocol: 'tcp', port: '8000-8010', to: '10.0.0.1:9000-9010' } }, 'nat-range', 'dnat.to'],
  [{ dnat: { protocol: 'tcp', to: '10.0.0.1' } }, 'nat-everything', 'dnat'],
];

for (const [rule, code, at] of impossible) {
  test(`${JSON.stringify(rule)} is refused: ${code}`, (t) => {
    const findings = entriesOf([rule]).flatMap((entry) => natFindings(entry));
    t.deepEqual(
      findings.map((finding) => [finding.code, finding.path.slice(2).join('.')]),
      [[code, at]],
    );
  });
}

test('every rule that makes sense is taken', (t) => {
  for (const entry of entriesOf(everyRule)) t.deepEqual(natFindings(entry), []);
});
