// In which order a plan does things, where more than one would work: what comes is there before what it replaces goes.
import test from 'ava';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { intentOf } from '../../src/intent.js';
import { load } from '../../src/load/index.js';
import { settingsFrom } from '../../src/settings.js';
import { assess } from '../../src/survey.js';
import { recorded } from '../support/recorded.js';
import { projectRoot } from '../support/sandbox.js';

const example = readFileSync(path.join(projectRoot, 'examples/bridge.yaml'), 'utf8');

/** The commands in a namespace, in order, on the host that was made from the example. */
function commands(netns: string, changed: (text: string) => string): string[] {
  const { topology, diagnostics } = load(changed(example), 'bridge.yaml');
  if (topology === null) throw new Error(JSON.stringify(diagnostics));
  const host = recorded(path.join(projectRoot, 'test/fixtures/hosts/example-bridge'), topology.name);
  const { plan } = assess(intentOf(topology), null, host, settingsFrom({ NETPLAN_OVS_DATAPATH: 'netdev' }));
  return plan.waves
    .flat()
    .flatMap((batch) => (batch.body === netns ? batch.commands : []))
    .map(({ args }) => args.slice(0, 3).join(' '));
}

test('an address comes before the one that it replaces goes', (t) => {
  t.deepEqual(
    commands('ns1', (text) => text.replace('fd00:1::1/64', 'fd00:2::1/64')),
    ['address replace fd00:2::1/64', 'address del fd00:1::1/64'],
  );
});

test('so does a route of another metric', (t) => {
  t.deepEqual(
    commands('ns1', (text) => text.replace('via: 192.168.1.250}', 'via: 192.168.1.250, metric: 10}')),
    ['route replace default', 'route del default'],
  );
});

test('an IPv4 address of the same network cannot: the new one would be the old one’s, and go with it', (t) => {
  const [first, ...others] = commands('ns1', (text) => text.replace('192.168.1.1/24', '192.168.1.7/24'));
  t.is(first, 'address del 192.168.1.1/24');
  t.true(others.includes('address replace 192.168.1.7/24'));
});
