// Kernel settings: what a file says of bodies and links in, paths below /proc/sys and what they wait for out.
import test from 'ava';
import type { DeclaredLink, Entry, Names } from '../../../src/kind.js';
import { sysctl } from '../../../src/kinds/sysctl.js';
import type { Json } from '../../../src/model.js';
import type { BodyState, HostState } from '../../../src/state.js';

const entry = (key: string, value: Json): Entry => ({
  body: 'ns1',
  key,
  value: { value },
  path: ['namespaces', 'ns1', 'sysctls', key],
});

const namesWith = (...entries: Entry[]): Names => ({
  topology: 'x',
  link: () => undefined,
  links: () => [],
  master: () => undefined,
  ports: () => [],
  device: () => undefined,
  found: () => false,
  entries: () => entries,
});

const declared = (value: DeclaredLink['value'], more: Partial<DeclaredLink> = {}): DeclaredLink => ({
  body: 'ns1',
  key: 'eth0',
  device: 'eth0.10',
  value,
  path: ['eth0'],
  adopted: false,
  netdev: true,
  byOvs: false,
  ...more,
});

const ofBody = (key: string, value: Json) => sysctl.section!.desired(entry(key, value), namesWith());
const ofLink = (link: DeclaredLink, ...entries: Entry[]) =>
  sysctl.onLink!.desired(link, namesWith(...entries));
const site = { topology: 'x', ovsDatapath: 'netdev', netns: () => null, isInHost: () => false } as const;

function hostWith(sysctls: BodyState['sysctls'], exists = true): HostState {
  const body = { name: 'ns1', netns: '/run/netns/ns1' };
  const state = {
    body,
    exists,
    links: [],
    routes: [],
    neighbours: [],
    proxies: [],
    vlans: [],
    fdb: [],
    nft: [],
    sysctls,
  };
  return { topology: 'x', bodies: new Map([['ns1', state]]), ovs: null };
}

test('a name is read as sysctl(8) reads it, with dots or with slashes', (t) => {
  const written: [string, string][] = [
    ['net.ipv4.ip_forward', 'net/ipv4/ip_forward'],
    ['net/ipv4/ip_forward', 'net/ipv4/ip_forward'],
    ['net.ipv4.conf.eth0/10.rp_filter', 'net/ipv4/conf/eth0.10/rp_filter'],
    ['net/ipv4/conf/eth0.10/rp_filter', 'net/ipv4/conf/eth0.10/rp_filter'],
  ];
  for (const [name, path] of written) {
    const [resource] = ofBody(name, 1);
    t.deepEqual(sysctl.make(resource!, site), [{ tool: 'sysctl', body: 'ns1', args: [path, '1'] }], name);
    t.deepEqual(sysctl.reads!(resource!)[0], { tool: 'sysctl', body: 'ns1', what: path });
  }
  t.is(ofBody('net/ipv4/conf/eth0.10/rp_filter', 1)[0]?.id, 'ns1/sysctl/net.ipv4.conf.eth0/10.rp_filter');
});

test('values are text, as the kernel prints them', (t) => {
  const values: [Json, string][] = [
    [1, '1'],
    [true, '1'],
    [false, '0'],
    ['4096\t131072  6291456 ', '4096 131072 6291456'],
    ['cubic', 'cubic'],
    ['1\nnet/ipv4/ip_forward', '1 net/ipv4/ip_forward'],
  ];
  for (const [value, text] of values) t.is(ofBody('net.ipv4.x', value)[0]?.fields['value'], text);
});

test('a setting of the body is adopted', (t) => {
  const [resource] = ofBody('net.ipv4.ip_forward', 1);
  t.is(resource?.ownership, 'adopted');
  t.deepEqual(resource?.needs, ['ns1/netns']);
  t.deepEqual(resource?.provides, []);
});

test('what new links begin with can be waited for', (t) => {
  t.deepEqual(ofBody('net.ipv6.conf.default.accept_dad', 0)[0]?.provides, ['ns1/link-defaults']);
  t.deepEqual(ofBody('net.ipv4.neigh.default.gc_stale_time', 30)[0]?.provides, ['ns1/link-defaults']);
});

test('a setting of a link comes and goes with its device', (t) => {
  const forward = entry('net.ipv4.ip_forward', 1);
  const link = declared({
    sysctls: { 'ipv4.rp_filter': 0, 'ipv6/neigh/gc_stale_time': 9 },
    'accept-ra': true,
  });
  const resources = ofLink(link, forward);
  t.deepEqual(
    resources.map(({ id, fields }) => `${id}=${fields['value'] as string}`),
    [
      'ns1/sysctl/net.ipv4.conf.eth0/10.rp_filter=0',
      'ns1/sysctl/net.ipv6.neigh.eth0/10.gc_stale_time=9',
      'ns1/sysctl/net.ipv6.conf.eth0/10.accept_ra=2',
    ],
  );
  for (const { needs, diesWith, provides, ownership } of resources) {
    t.deepEqual(needs, ['ns1/device/eth0.10', 'ns1/sysctl/net.ipv4.ip_forward']);
    t.deepEqual(diesWith, ['ns1/device/eth0.10']);
    t.deepEqual(provides, ['ns1/settings/eth0.10']);
    t.is(ownership, 'part');
  }
  t.deepEqual(resources[0]?.at, ['eth0', 'sysctls', 'ipv4.rp_filter']);
  t.is(ofLink(declared({ 'accept-ra': false }, { adopted: true }))[0]?.ownership, 'adopted');
  t.is(ofLink(declared({ 'accept-ra': false }))[0]?.fields['value'], '0');
  t.deepEqual(ofLink(declared({ 'accept-ra': true }, { netdev: false })), []);
});

test('a setting that is said of the body and of the link is one and the same', (t) => {
  const [one] = ofBody('net/ipv4/conf/eth0.10/rp_filter', 1);
  const [other] = ofLink(declared({ sysctls: { 'ipv4.rp_filter': 0 } }));
  t.is(one?.id, other?.id);
  t.deepEqual(one?.diesWith, other?.diesWith);
});

test('a new link began with the default', (t) => {
  const [resource] = ofLink(declared({ sysctls: { 'ipv4.rp_filter': 0 } }));
  t.deepEqual(
    sysctl.reads!(resource!).map(({ what }) => what),
    ['net/ipv4/conf/eth0.10/rp_filter', 'net/ipv4/conf/default/rp_filter'],
  );
  t.deepEqual(sysctl.initial!(resource!, hostWith({ 'net/ipv4/conf/default/rp_filter': '2' }, false)), {
    value: '2',
  });
  t.is(sysctl.initial!(resource!, hostWith({})), null);
});

test('what is live is whose the link is, or nobody’s, and a namespace that is not there has nothing live', (t) => {
  const live = sysctl.live(hostWith({ 'net/ipv4/conf/eth0.10/rp_filter': '0', 'net/ipv4/ip_forward': '1' }));
  t.deepEqual(
    live.map(({ id, fields, owner, diesWith }) => [id, fields['value'], owner, diesWith[0]]),
    [
      ['ns1/sysctl/net.ipv4.conf.eth0/10.rp_filter', '0', undefined, 'ns1/device/eth0.10'],
      ['ns1/sysctl/net.ipv4.ip_forward', '1', null, 'ns1/netns'],
    ],
  );
  t.deepEqual(sysctl.live(hostWith({ 'net/ipv4/ip_forward': '0' }, false)), []);
});

test('what is no network setting is refused at its key', (t) => {
  for (const key of [
    'kernel.hostname',
    'net',
    'net.ipv4 .x',
    'net/../kernel/hostname',
    'net.ipv4..x',
    'net:x',
  ]) {
    const [finding, ...others] = sysctl.section!.findings!(entry(key, 1), namesWith());
    t.like(finding, { code: 'bad-sysctl', at: 'key' }, key);
    t.deepEqual(others, []);
    t.deepEqual(ofBody(key, 1), []);
  }
  t.deepEqual(sysctl.section!.findings!(entry('net.ipv4.ip_forward', 1), namesWith()), []);
});
