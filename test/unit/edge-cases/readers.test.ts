// What tools printed on real hosts (iproute2 6.1, Open vSwitch 3.1, nftables 1.0.6) in, every resource that the kinds see in it out.
import test from 'ava';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { intentOf } from '../../../src/intent.js';
import { loadFile } from '../../../src/load/index.js';
import { HOST } from '../../../src/model.js';
import { settingsFrom } from '../../../src/settings.js';
import type { HostState } from '../../../src/state.js';
import { assess } from '../../../src/survey.js';
import { parseVlans } from '../../../src/tools/bridge.js';
import { parseNamespace } from '../../../src/tools/ip.js';
import { parseRuleset } from '../../../src/tools/nft.js';
import { readOvs } from '../../../src/tools/ovs-database.js';
import { recorded, resourceLines, resources } from '../../support/recorded.js';
import { projectRoot } from '../../support/sandbox.js';

const folder = path.join(projectRoot, 'test/fixtures/hosts');

for (const name of readdirSync(folder)) {
  test(`${name}: every resource is seen`, (t) => {
    const file = path.join(folder, name, 'expected.txt');
    const text = `${resourceLines(recorded(path.join(folder, name), name.replace(/^example-/, ''))).join('\n')}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    t.is(text, readFileSync(file, 'utf8'));
  });
}

for (const example of ['bridge', 'nat', 'router', 'vxlan-node1']) {
  test(`${example}: on the host that was made from it nothing is to do`, (t) => {
    const { topology } = loadFile(path.join(projectRoot, `examples/${example}.yaml`));
    const host = recorded(path.join(folder, `example-${example}`), topology!.name);
    const settings = settingsFrom({ NETPLAN_OVS_DATAPATH: 'netdev' });
    const { plan, obstacles } = assess(intentOf(topology!), null, host, settings);
    t.deepEqual(obstacles, []);
    // Settings were not recorded.
    t.deepEqual(
      plan.changes.map(({ id }) => id).filter((id) => !id.includes('/sysctl/')),
      [],
    );
  });
}

const withLinks = (...links: object[]): HostState => ({
  topology: 'edge',
  bodies: new Map([
    [
      HOST,
      {
        body: { name: HOST, netns: null },
        exists: true,
        ...parseNamespace(
          `${JSON.stringify([{ ifindex: 1, ifname: 'lo', flags: [], mtu: 65536 }, ...links])}\n[]\n[]\n[]\n`,
        ),
        vlans: [],
        fdb: [],
        nft: [],
        sysctls: {},
      },
    ],
  ]),
  ovs: null,
});
const nic = { ifindex: 2, ifname: 'eth0', flags: ['UP'], mtu: 1500, address: '02:00:00:00:00:01' };

test('a NIC that is a port has a kind of port and no kind of its own, and is nobody’s to delete', (t) => {
  const port = {
    ...nic,
    master: 'br0',
    linkinfo: { info_slave_kind: 'bridge', info_slave_data: { cost: 100 } },
  };
  const seen = resources(withLinks(port)).filter(({ id }) => id.includes('eth0'));
  t.deepEqual(seen.map(({ kind }) => kind).sort(), ['bridge-port', 'interface', 'link']);
  t.true(seen.every(({ owner }) => owner == null));
});

test('half of a link, and a link whose parent is in another namespace, are no trouble', (t) => {
  const child = {
    ...nic,
    ifname: 'y',
    link: null,
    link_index: 7,
    link_netnsid: 0,
    linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 5 } },
  };
  const seen = resources(withLinks({}, { ifindex: 9 }, child));
  const vlan = seen.find(({ kind }) => kind === 'vlan');
  t.like(vlan, { id: 'host/vlan/y', fields: { link: null, id: 5 } });
});

test('a parent that the kernel says by its index alone is found, or left out', (t) => {
  for (const link of ['eth0', 'eth9', undefined]) {
    const child = {
      ...nic,
      ifindex: 3,
      ifname: 'y',
      link,
      linkinfo: { info_kind: 'vlan', info_data: { protocol: '802.1Q', id: 5 } },
    };
    t.notThrows(() => resources(withLinks(nic, child)));
  }
});

test('an alias is ours only with the group that belongs to it', (t) => {
  const made = (words: object) =>
    resources(withLinks({ ...nic, linkinfo: { info_kind: 'bridge', info_data: {} }, ...words })).find(
      ({ kind }) => kind === 'linux-bridge',
    )?.owner;
  t.is(made({ ifalias: 'netplan-ovs:edge', group: '7' }), null);
  t.is(made({ ifalias: 'netplan-ovs:', group: '0' }), null);
  t.is(made({ ifalias: ' netplan-ovs:edge' }), null);
  t.is(made({}), null);
});

test('what others have by other means, and we do not know, is left out', (t) => {
  const found = [
    { family: 'mctp', local: '8', prefixlen: 0 },
    { family: 'inet', local: '10.0.0.1', prefixlen: 24 },
  ];
  const ids = resources(withLinks({ ...nic, addr_info: found })).flatMap(({ id, kind }) =>
    kind === 'address' ? [id] : [],
  );
  t.deepEqual(ids, ['host/address/eth0/10.0.0.1']);
});

test('an answer that ends too early, or is none, is no answer', (t) => {
  for (const text of ['', '\n', '[]\n[]\n[]\n', '[{"ifname":"lo"', 'Hello', '{}', 'null', '[]\nwords\n'])
    t.throws(() => parseNamespace(text), undefined, JSON.stringify(text));
  for (const text of ['', '{"data":[]}', '{}\n{}\n{}\n{}', 'null\n'])
    t.throws(() => readOvs(text), undefined, text);
  for (const text of ['', 'words', '{"nftables":[', '{}', '[]'])
    t.throws(() => parseRuleset(text), undefined, text);
  for (const text of ['words', '[{']) t.throws(() => parseVlans(text), undefined, text);
});

test('a route with an encapsulation is left out, as the words of the two are the same', (t) => {
  const lo = '[{"ifindex":1,"ifname":"lo","flags":[],"mtu":65536}]';
  const encap = '"encap":"ip","id":7,"src":"0.0.0.0","dst":"1.2.3.4","ttl":0,"tos":0';
  const routes = `[{"dst":"10.5.0.0/16",${encap},"gateway":"10.0.0.9","dev":"eth0"},{"dst":"10.6.0.0/16","dev":"eth0"}]`;
  const { routes: seen } = parseNamespace(`${lo}\n${routes}\n[]\n[]\n`);
  t.deepEqual(
    seen.map(({ dst }) => dst),
    ['10.6.0.0/16'],
  );
});
