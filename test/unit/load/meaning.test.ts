// What sound files say: names, bodies, keys that nobody reads, merge keys, and checks with their defaults.
import test from 'ava';
import { readdirSync, readFileSync } from 'node:fs';
import { desiredOf } from '../../../src/load/desired.js';
import { load } from '../../../src/load/index.js';
import type { Topology } from '../../../src/load/topology.js';
import type { Desired } from '../../../src/model.js';
import { isForLinuxAlone, isForOvsAlone } from '../../support/examples.js';

function sound(text: string, file = 'lab.yaml'): Topology {
  const { topology, diagnostics } = load(text, file);
  if (topology === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return topology;
}

const wantedBy = (text: string): readonly Omit<Desired, 'at'>[] =>
  desiredOf(sound(text)).map(({ at: _, ...resource }) => resource);

test('a topology without a name is called after its file', (t) => {
  t.is(sound('version: 1', 'dir.d/web-1.lab.yaml').name, 'web-1.lab');
  t.is(sound('version: 1', 'lab.yml').name, 'lab');
  t.is(sound('version: 1\nname: other', 'lab.yml').name, 'other');
});

test('the host comes first, then the namespaces in the order of the file', (t) => {
  const { bodies } = sound('version: 1\nnamespaces: {b: {}, a: {from: "pid:7"}, x-not: {}}');
  t.deepEqual(
    bodies.map(({ name, from }) => [name, from]),
    [
      ['host', null],
      ['b', null],
      ['a', 'pid:7'],
    ],
  );
});

const PLAIN = `version: 1
bridges: {br0: {type: linux, mtu: 1400}}
namespaces: {ns1: {sysctls: {net.ipv4.ip_forward: 1}}}
veths: {v0: {bridge: br0, peer: {namespace: ns1, name: eth0, mtu: 1400, addresses: [10.0.0.2/24]}}}
`;

test('keys that begin with x- are read by nobody, wherever they stand', (t) => {
  const noted = `version: 1
x-top: {any: [thing, {at: all}]}
bridges: {x-section: [1], br0: {x-entry: 2, type: linux, mtu: 1400}}
namespaces: {x-body: {bridges: 7}, ns1: {x-in: null, sysctls: {x-why: [forwards], net.ipv4.ip_forward: 1}}}
veths: {v0: {bridge: br0, peer: {x-peer: "a\\nb", namespace: ns1, name: eth0, mtu: 1400, addresses: [10.0.0.2/24], routes: [{x-route: 1, to: default, via: 10.0.0.1}]}}}
nat: [{masquerade: {x-nat: [1], source: 10.0.0.0/24}}]
`;
  const routed = PLAIN.replace('[10.0.0.2/24]', '[10.0.0.2/24], routes: [{to: default, via: 10.0.0.1}]');
  t.deepEqual(wantedBy(noted), wantedBy(`${routed}nat: [{masquerade: {source: 10.0.0.0/24}}]\n`));
});

test('anchors, aliases and merge keys give what is written out', (t) => {
  const merged = `version: 1
x-small: &small {mtu: 1400}
x-other: &other {mtu: 9000, addresses: [10.0.0.2/24]}
bridges: {br0: {<<: *small, type: linux}}
namespaces: {ns1: {sysctls: {net.ipv4.ip_forward: &on 1}}}
veths:
  v0:
    bridge: &name br0
    peer: {namespace: ns1, name: eth0, <<: [*small, *other]}
`;
  t.deepEqual(wantedBy(merged), wantedBy(PLAIN));
});

test('JSON is YAML, lines may end in CR LF, and the order of keys in an entry means nothing', (t) => {
  const json = JSON.stringify({
    namespaces: { ns1: { sysctls: { 'net.ipv4.ip_forward': 1 } } },
    veths: {
      v0: { peer: { name: 'eth0', addresses: ['10.0.0.2/24'], mtu: 1400, namespace: 'ns1' }, bridge: 'br0' },
    },
    bridges: { br0: { mtu: 1400, type: 'linux' } },
    version: 1,
  });
  const byId = (text: string) => [...wantedBy(text)].sort((a, b) => (a.id < b.id ? -1 : 1));
  t.deepEqual(byId(json), byId(PLAIN));
  t.deepEqual(byId(PLAIN.replaceAll('\n', '\r\n')), byId(PLAIN));
});

test('a veth’s other end lives in the same namespace unless it says another one', (t) => {
  const { names } = sound('version: 1\nnamespaces: {a: {veths: {v0: {peer: {name: v1}}}}}');
  t.deepEqual(
    names.links('a').map(({ key }) => key),
    ['lo', 'v0', 'v1'],
  );
});

test('a check is tried from the host for five seconds unless it says otherwise', (t) => {
  const { checks } = sound(`version: 1
namespaces: {ns1: {}}
checks:
  - ping: {to: 10.0.0.1}
  - no-tcp: {from: ns1, to: "[FD00:0::1]:80", within: 500ms}
  - tcp: {to: "10.0.0.1:443", within: 1.5}
  - no-ping: {to: 10.0.0.1, within: 2s}
`);
  const [ping, noTcp, tcp, noPing] = checks;
  t.like(ping, { kind: 'ping', from: 'host', to: '10.0.0.1', within: 5000 });
  t.like(noTcp, { kind: 'no-tcp', from: 'ns1', to: 'fd00::1', port: 80, within: 500 });
  t.like(tcp, { to: '10.0.0.1', port: 443, within: 1500 });
  t.like(noPing, { within: 2000 });
});

for (const file of readdirSync('examples')) {
  const text = readFileSync(`examples/${file}`, 'utf8');
  if (!/type: (linux|ovs)/.test(text)) continue;
  for (const type of ['linux', 'ovs']) {
    test(`${file} means something with all its bridges of type ${type}`, (t) => {
      const swapped = text.replaceAll(/type: (linux|ovs)(?!-)/g, `type: ${type}`);
      if (type === 'linux' ? isForOvsAlone(text) : isForLinuxAlone(text)) t.pass();
      else t.deepEqual(load(swapped, file).diagnostics, []);
    });
  }
}

for (const mode of ['gre', 'gretap', 'vxlan', 'geneve']) {
  test(`a ${mode} tunnel can be a port of either type of bridge`, (t) => {
    const id = mode.startsWith('gre') ? 'key' : 'id';
    for (const type of ['linux', 'ovs']) {
      const text = `version: 1
bridges: {br0: {type: ${type}}}
tunnels: {t0: {mode: ${mode}, ${id}: 7, local: 192.0.2.1, remote: 192.0.2.2, ttl: 64, tos: inherit, csum: true, df: unset, bridge: br0, tag: 10}}
`.replace(mode === 'geneve' ? ', local: 192.0.2.1' : '', '');
      t.deepEqual(load(text, 'lab.yaml').diagnostics, [], type);
    }
  });
}
