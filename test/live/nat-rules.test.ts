// NAT rules on the kernel: a section's rules in, the same rules back out of nft; and what they do to connections.
import test from 'ava';
import fc from 'fast-check';
import { HOST, type Json } from '../../src/model.js';
import { natFindings } from '../../src/kinds/nat-findings.js';
import { nat } from '../../src/kinds/nat.js';
import { nft, readRuleset } from '../../src/tools/nft.js';
import { liveTest } from '../support/live-test.js';
import { entriesOf, everyRule, found, rulesOf, scriptOf, TOPOLOGY, wanted } from '../support/nat.js';
import { patience } from '../support/process.js';
import { openSandbox, type Host } from '../support/sandbox.js';

const load = (host: Host, script: string) => host.run(['nft', '-f', '-'], { input: script });
const read = async (host: Host) => found((await host.run(readRuleset(null).argv)).stdout);

const octet = fc.nat(255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((bytes) => bytes.join('.'));
const word = fc.nat(0xffff).map((number) => number.toString(16));
const ipv6 = fc.oneof(
  fc.array(word, { minLength: 8, maxLength: 8 }).map((words) => words.join(':')),
  fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => `::${words.join(':')}`),
  fc.constantFrom('::', '::1', '::ffff:1.2.3.4', '2001:DB8::'),
);
const port = fc.integer({ min: 1, max: 65535 });
const range = fc.tuple(port, port).map((ports) => ports.sort((a, b) => a - b).join('-'));
const ports = fc.oneof(
  port,
  range,
  fc.array(fc.oneof(port, port.map(String), range), { minLength: 1, maxLength: 5 }),
);
/** All that a device can be called, less `"` and backslash, which nft cannot say. */
const device = fc
  .array(fc.oneof(fc.constantFrom(...Array.from("abc*;{}#$@!-+'`,=<>[]()&|%.~?^0")), fc.constantFrom('é')), {
    minLength: 1,
    maxLength: 7,
  })
  .map((letters) => letters.join(''))
  .filter((name) => name !== '.' && name !== '..');

/** Rules of one family; sections of both are made of several. */
const ruleOf = (
  ip: fc.Arbitrary<string>,
  width: number,
  bracket: (address: string) => string,
): fc.Arbitrary<Json> => {
  const network = fc
    .tuple(ip, fc.integer({ min: 0, max: width }))
    .map(([address, prefix]) => `${address}/${prefix}`);
  const networks = fc.oneof(network, ip, fc.array(fc.oneof(network, ip), { minLength: 1, maxLength: 4 }));
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const withPorts = fc.record({ protocol: fc.constantFrom('tcp', 'udp', 'sctp'), port: optional(ports) });
  const without = fc.record({ protocol: optional(fc.constantFrom('tcp', 'gre', 'esp')) });
  const both = fc.record({
    source: optional(networks),
    destination: optional(networks),
    in: optional(device),
  });
  const words = fc
    .tuple(both, fc.oneof(withPorts, without))
    .map((parts) => Object.assign({}, ...parts) as object);
  const endpoint = fc.tuple(ip, port).map(([address, one]) => `${bracket(address)}:${one}`);
  return fc
    .oneof(
      fc.tuple(words, optional(device)).map(([rest, out]) => ({ masquerade: { ...rest, out } })),
      fc.tuple(words, optional(device), ip).map(([rest, out, to]) => ({ snat: { ...rest, out, to } })),
      fc
        .tuple(both, withPorts, ip, range)
        .map(([rest, more, to, free]) => ({ snat: { ...rest, ...more, to: `${bracket(to)}:${free}` } })),
      fc.tuple(words, ip).map(([rest, to]) => ({ dnat: { ...rest, to } })),
      fc.tuple(both, withPorts, endpoint).map(([rest, more, to]) => ({ dnat: { ...rest, ...more, to } })),
      fc
        .tuple(both, withPorts, optional(port))
        .map(([rest, more, to]) => ({ redirect: { ...rest, ...more, to } })),
    )
    .map((rule) => JSON.parse(JSON.stringify(rule)) as Json)
    .filter((rule) => entriesOf([rule]).every((entry) => natFindings(entry).length === 0));
};

const rule = fc.oneof(
  ruleOf(ipv4, 32, (address) => address),
  ruleOf(ipv6, 128, (address) => `[${address}]`),
);

liveTest(
  'whatever rules a file says, nft takes them and gives the same ones back',
  { needs: ['nat'], timeout: 120 },
  async (t) => {
    const host = await openSandbox({ ovs: false });
    t.teardown(() => host.close());
    const property = fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 12 }), async (rules) => {
      const resource = wanted(rules);
      await load(host, scriptOf(resource));
      const [live] = await read(host);
      t.deepEqual(rulesOf(live), rulesOf(resource));
    });
    await fc.assert(property, { numRuns: patience > 1 ? 15 : 60 });
  },
);

liveTest('the table replaces the one before, and goes without a trace', { needs: ['nat'] }, async (t) => {
  const host = await openSandbox({ ovs: false });
  t.teardown(() => host.close());
  const site = {
    topology: TOPOLOGY,
    ovsDatapath: 'netdev',
    netns: () => null,
    isInHost: () => false,
  } as const;
  const theirs = 'add table inet netplan-ovs-other ; add table ip nat';
  await load(host, `${theirs}\n`);
  const before = await host.nft('list', 'ruleset');

  await load(host, scriptOf(wanted(everyRule)));
  await load(host, scriptOf(wanted(everyRule.slice(0, 2))));
  const [live] = (await read(host)).filter(({ id }) => id === `${HOST}/nat`);
  t.deepEqual(rulesOf(live), rulesOf(wanted(everyRule.slice(0, 2))));

  await load(host, nft.calls(nat.remove(wanted(everyRule), site), null)[0]!.process.input!);
  const after = await host.nft('list', 'ruleset');
  t.deepEqual(withoutHandles(after), withoutHandles(before));
});

const withoutHandles = (objects: unknown): unknown =>
  JSON.parse(JSON.stringify(objects), (key, value: unknown) => (key === 'handle' ? undefined : value));

/** A router between `web`, to which nobody knows a way, and `isp`; the address of whoever connects is said back. */
const ROUTER = `
  for name in web isp; do ip netns add $name; ip -n $name link set lo up; done
  ip link add name br0 type bridge; ip link set br0 up
  ip address add 192.168.1.250/24 dev br0; ip address add fd01::250/64 dev br0 nodad
  ip link add name v0 type veth peer name eth0 netns web; ip link set v0 master br0 up; ip -n web link set eth0 up
  ip link add name up0 type veth peer name eth0 netns isp; ip link set up0 up; ip -n isp link set eth0 up
  ip -n web address add 192.168.1.1/24 dev eth0; ip -n web address add fd01::1/64 dev eth0 nodad
  ip -n web route add default via 192.168.1.250; ip -n web route add default via fd01::250
  ip address add 203.0.113.2/24 dev up0; ip address add fd09::2/64 dev up0 nodad
  ip -n isp address add 203.0.113.1/24 dev eth0; ip -n isp address add fd09::1/64 dev eth0 nodad
  ip route add 198.51.100.0/24 via 203.0.113.1
  echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding`;

const SERVE = `
const servers = process.argv.slice(1).map((port) => new Promise((resolve) =>
  require("node:net").createServer((socket) => socket.on("error", () => {}).end(socket.remoteAddress.replace("::ffff:", "") + ":" + port))
    .listen(Number(port), "::", resolve)));
Promise.all(servers).then(() => console.log("ready"));`;

const CONNECT = `
const [host, port] = process.argv.slice(1);
const socket = require("node:net").connect({ host, port: Number(port) });
socket.on("data", (said) => console.log(String(said))).on("end", () => process.exit()).on("error", ({ code }) => { console.log(code); process.exit(); });
setTimeout(() => { console.log("silence"); process.exit(); }, ${2000 * patience});`;

async function serve(host: Host, ...on: number[]): Promise<void> {
  const server = host.start([process.execPath, '-e', SERVE, '--', ...on.map(String)]);
  await new Promise((resolve) => server.stdout!.once('data', resolve));
}

async function connect(host: Host, address: string, to: number): Promise<string> {
  return (await host.run([process.execPath, '-e', CONNECT, '--', address, String(to)])).stdout.trim();
}

liveTest(
  'connections really go where the rules send them',
  { needs: ['nat', 'veth', 'bridge'] },
  async (t) => {
    const host = await openSandbox({ ovs: false });
    t.teardown(() => host.close());
    await host.sh(ROUTER);
    const [web, isp] = [host.netns('web'), host.netns('isp')];
    await Promise.all([serve(web, 80), serve(isp, 90), serve(host, 70, 8080)]);
    const rules: Json[] = [
      { masquerade: { source: '192.168.1.0/24', out: 'uplink' } },
      { snat: { source: 'fd01::/64', out: 'uplink', to: 'fd09::2' } },
      { dnat: { protocol: 'tcp', port: 8080, to: '192.168.1.1:80' } },
      { dnat: { protocol: 'tcp', port: 8080, to: '[fd01::1]:80' } },
      { dnat: { in: 'uplink', protocol: 'tcp', port: '8000-8010', to: '192.168.1.1:80' } },
      { redirect: { protocol: 'tcp', port: 71, to: 70 } },
      { dnat: { destination: '198.51.100.0/24', protocol: 'tcp', to: '203.0.113.1' } },
    ];
    t.is(await connect(web, '203.0.113.1', 90), 'silence', 'without rules nobody knows the way back');
    await load(host, scriptOf(wanted(rules)));

    const expected: [Host, string, number, string][] = [
      [web, '203.0.113.1', 90, '203.0.113.2:90'], // masqueraded
      [web, 'fd09::1', 90, 'fd09::2:90'],
      [isp, '203.0.113.2', 8080, '203.0.113.1:80'], // forwarded
      [isp, 'fd09::2', 8080, 'fd09::1:80'],
      [isp, '203.0.113.2', 8005, '203.0.113.1:80'],
      [host, '203.0.113.2', 8080, '203.0.113.2:80'], // the host's own, to its own address
      [host, 'fd09::2', 8080, 'fd09::2:80'],
      [host, '203.0.113.2', 8005, 'ECONNREFUSED'], // it does not come in by the uplink
      [host, '127.0.0.1', 8080, '127.0.0.1:8080'], // loopback stays loopback
      [host, '::1', 8080, '::1:8080'],
      [isp, '203.0.113.2', 71, '203.0.113.1:70'], // redirected
      [host, '203.0.113.2', 71, '203.0.113.2:70'],
      [web, 'fd01::250', 71, 'fd01::1:70'],
      [web, '198.51.100.7', 90, '203.0.113.2:90'], // to whomever the file says, and masqueraded on the way
      [host, '198.51.100.7', 90, '203.0.113.2:90'],
    ];
    for (const [from, address, to, answer] of expected) {
      t.is(await connect(from, address, to), answer, `to ${address} ${to}`);
    }
  },
);

liveTest(
  'replacing the table loses no packet of a connection',
  { needs: ['nat', 'veth', 'bridge'] },
  async (t) => {
    const host = await openSandbox({ ovs: false });
    t.teardown(() => host.close());
    await host.sh(ROUTER);
    await load(host, scriptOf(wanted([{ masquerade: { out: 'uplink' } }])));
    const pings = host.netns('web').run(['ping', '-n', '-c', '30', '-i', '0.05', '203.0.113.1']);
    for (let count = 1; count <= 12; count += 1) {
      await load(host, scriptOf(wanted([{ masquerade: { out: 'uplink' } }, ...everyRule.slice(0, count)])));
    }
    t.regex((await pings).stdout, / 0% packet loss/);
  },
);

test('all words of the section are tried', (t) => {
  const words = new Set(
    everyRule.flatMap((one) => Object.values(one as object).flatMap((said) => Object.keys(said as object))),
  );
  t.deepEqual([...words].sort(), ['destination', 'in', 'out', 'port', 'protocol', 'source', 'to']);
});
