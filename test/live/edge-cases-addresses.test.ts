// Addresses in all the forms that the kernel gives them back in, and beside those that others gave: applied, quiet, gone without a trace.
import { liveTest } from '../support/live-test.js';
import { NIC, stage } from '../support/stage.js';
import { snapshot } from '../support/snapshot.js';

const bridge = (words: object) => ({ bridges: { b: { type: 'linux', ...words } } });
const nic = (words: object) => ({ interfaces: { up0: words } });

const addressesOf = (links: readonly { addr_info: readonly Address[] }[]): string[] =>
  links.flatMap(({ addr_info: list }) =>
    list.filter(({ scope }) => scope !== 'link').map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  );
interface Address {
  readonly local: string;
  readonly prefixlen: number;
  readonly scope: string;
  readonly nodad?: boolean;
  readonly secondary?: boolean;
}

liveTest('an address in another spelling is the same address', { needs: ['bridge'] }, async (t) => {
  const { lives } = await stage(t);
  const addresses = [
    'FD00:0:0::0001/64',
    '2001:DB8:0:0:1:0:0:1/48',
    '::FFFF:1.2.3.4/128',
    'fd01::1.2.3.4/64',
    '10.0.0.1/8',
  ];
  const neighbours = [{ to: 'FD00::00AA', macaddress: '02:0A:0B:0C:0D:0E' }];
  await lives(bridge({ macaddress: '02:AA:BB:CC:DD:EE', addresses, neighbours }));
});

liveTest(
  'an address with another prefix takes the place of the one before',
  { needs: ['bridge'] },
  async (t) => {
    const { host, settles } = await stage(t);
    await settles(bridge({ addresses: ['10.0.0.1/24', 'fd00::1/64'] }));
    await settles(bridge({ addresses: ['10.0.0.1/16', 'fd00::1/48'] }));
    t.deepEqual(addressesOf(await host.ip('address', 'show', 'dev', 'b')), ['10.0.0.1/16', 'fd00::1/48']);
  },
);

liveTest('one address with two prefixes is refused', { needs: ['bridge'] }, async (t) => {
  const { refuses } = await stage(t);
  await refuses(
    bridge({ addresses: ['10.0.0.1/24', '10.0.0.1/16'] }),
    /has the address `10\.0\.0\.1` already/,
  );
  await refuses(bridge({ addresses: ['fd00::1/64', 'fd00:0::1/48'] }), /has the address `fd00::1` already/);
});

liveTest(
  'the order of addresses does not matter, and a primary one may go',
  { needs: ['bridge'] },
  async (t) => {
    const { host, plans, settles, destroys } = await stage(t);
    const before = ['10.0.0.1/24', '10.0.0.2/24', '10.1.0.1/24', '10.0.0.3/24', 'fd00::2/64', 'fd00::1/64'];
    await settles(bridge({ addresses: before }));
    t.deepEqual(await plans(bridge({ addresses: before.toReversed() })), []);
    const after = ['10.0.0.9/24', '10.0.0.3/24', '10.0.0.2/24', '10.1.0.1/24', 'fd00::1/64'];
    await settles(bridge({ addresses: after }));
    const found = addressesOf(await host.ip('address', 'show', 'dev', 'b'));
    t.deepEqual(found.sort(), after.sort());
    await destroys();
  },
);

liveTest('networks of one and of two addresses', { needs: ['bridge'] }, async (t) => {
  const { lives } = await stage(t);
  await lives(
    bridge({
      addresses: ['10.0.0.1/32', 'fd00::1/128', '10.1.0.0/31', 'fd01::/127'],
      routes: [
        { to: '10.0.0.9' },
        { to: 'fd00::9/128' },
        { to: 'default', via: '10.0.0.9', 'on-link': true },
        { to: 'default', via: 'fd00::9', 'on-link': true },
      ],
    }),
  );
});

liveTest(
  'addresses of lo and link-local ones, beside those that the kernel gives',
  { needs: ['bridge'] },
  async (t) => {
    const { host, lives } = await stage(t);
    const lo = { addresses: ['10.255.0.1/32', 'fd00:ff::1/128', '127.0.0.2/8'] };
    const b = { type: 'linux', addresses: ['fe80::1/64', '169.254.1.1/16'] };
    await lives({ namespaces: { ns: { interfaces: { lo }, bridges: { b } } } }, async () => {
      const found = (await host.netns('ns').ip('address', 'show')) as { addr_info: { local: string }[] }[];
      const locals = found.flatMap(({ addr_info: list }) => list.map(({ local }) => local));
      for (const address of ['127.0.0.1', '::1', '127.0.0.2', 'fe80::1', '169.254.1.1'])
        t.true(locals.includes(address), address);
      t.is(locals.filter((address) => address.startsWith('fe80:')).length, 2, locals.join());
    });
  },
);

liveTest(
  'an IPv6 address is usable at once on a link of ours, and looked for on a NIC',
  { needs: ['veth'] },
  async (t) => {
    const { host, settles } = await stage(t, NIC);
    const sources = {
      addresses: ['fd00::1/64'],
      routes: [{ to: 'fd05::/16', via: 'fd00::9', from: 'fd00::1' }],
    };
    await settles({
      veths: { v: { ...sources, peer: { name: 'w' } } },
      ...nic({ addresses: ['fd09::1/64'] }),
    });
    const nodad = async (device: string) => {
      const [link] = (await host.ip('address', 'show', 'dev', device)) as { addr_info: Address[] }[];
      return link?.addr_info.filter(({ scope }) => scope !== 'link').map((address) => address.nodad === true);
    };
    t.deepEqual(await nodad('v'), [true]);
    t.deepEqual(await nodad('up0'), [false]);
  },
);

liveTest('the source of a route is usable at once, on a NIC too', { needs: ['veth'] }, async (t) => {
  const { host, lives, settles } = await stage(t, NIC);
  const routes = [
    { to: 'fd05::/16', via: 'fd00::9', from: 'fd00::1' },
    { to: '10.5.0.0/16', via: '10.0.0.9', from: '10.0.0.1' },
  ];
  await lives(nic({ addresses: ['fd00::1/64', '10.0.0.1/24'], routes }));
  // One that is there already will do as it is.
  await host.sh(
    'ip address add fd00::1/64 dev up0; while ip address show dev up0 | grep -q tentative; do sleep 0.1; done',
  );
  await settles(nic({ addresses: ['fd00::1/64'], routes: [routes[0]] }));
});

liveTest('an address that somebody else has on the network is no drift', { needs: ['veth'] }, async (t) => {
  const taken =
    'ip netns add o; ip link set far netns o; ip -n o link set far up; ip -n o address add fd00::1/64 dev far nodad';
  const { host, plans, settles } = await stage(t, `${NIC}; ${taken}`);
  await settles(nic({ addresses: ['fd00::1/64'] }));
  await host.sh('until ip address show dev up0 | grep -q dadfailed; do sleep 0.1; done');
  t.deepEqual(await plans(nic({ addresses: ['fd00::1/64'] })), []);
});

liveTest(
  'an address that others gave serves when it is the same, and stays',
  { needs: ['veth'] },
  async (t) => {
    const theirs = 'ip address add 10.0.0.1/24 dev up0; ip -6 address add fd00::1/64 dev up0 nodad';
    const leased =
      'ip address add 10.7.0.1/24 dev up0 valid_lft 600 preferred_lft 300; ip -6 address add fd07::1/64 dev up0 nodad valid_lft 600 preferred_lft 300';
    const { lives, refuses } = await stage(t, `${NIC}; ${theirs}; ${leased}`);
    await lives(nic({ addresses: ['10.0.0.1/24', 'fd00::1/64', '10.7.0.1/24', 'fd07::1/64'] }));
    await lives(nic({ addresses: ['10.0.0.2/24', 'fd00::2/64'] }));
    await refuses(nic({ addresses: ['10.0.0.1/16'] }), /is another: prefix 24 instead of 16/);
    await refuses(nic({ addresses: ['fd00::1/48'] }), /is another: prefix 64 instead of 48/);
  },
);

liveTest(
  'secondary addresses that others gave stay when a primary one of ours goes',
  { needs: ['veth'] },
  async (t) => {
    const { host, settles, destroys } = await stage(t, NIC);
    const kept = async () => addressesOf(await host.ip('address', 'show', 'dev', 'up0')).sort();
    for (const promote of [0, 1]) {
      await host.sh(`echo ${promote} >/proc/sys/net/ipv4/conf/up0/promote_secondaries`);
      await settles(nic({ addresses: ['10.0.0.1/24'] }));
      await host.sh('ip address add 10.0.0.2/24 dev up0; ip address add 10.0.0.3/24 dev up0');
      await settles(nic({ addresses: ['10.0.0.1/16'] }));
      t.deepEqual(await kept(), ['10.0.0.1/16', '10.0.0.2/24', '10.0.0.3/24']);
      await destroys();
      t.deepEqual(await kept(), ['10.0.0.2/24', '10.0.0.3/24']);
      await host.sh('ip -4 address flush dev up0');
    }
  },
);

liveTest('an address with another end is another address', { needs: ['veth'] }, async (t) => {
  const theirs =
    'ip address add 10.0.0.1 peer 10.0.0.2/32 dev up0; ip address add fd00::1 peer fd00::2/128 dev up0 nodad';
  const { host, lives, plans, refuses, settles } = await stage(t, `${NIC}; ${theirs}`);
  await lives(nic({ addresses: ['10.0.0.1/32'] }));
  await refuses(nic({ addresses: ['fd00::1/128'] }), /prefix "128 peer fd00::2" instead of 128/);

  // On a link of ours nobody else gives addresses.
  const ours = { veths: { v: { peer: { name: 'w' } } } };
  await settles(ours);
  const given = ['10.8.0.1 peer 10.8.0.2/32', 'fd08::1 peer fd08::2/128', '10.9.0.1/24', 'fd09::1/64'];
  await host.sh(given.map((words) => `ip address add ${words} dev v`).join('; '));
  t.is((await plans(ours)).length, 4);
  await settles(ours);
});

liveTest('addresses on a link that is down, and with too small an MTU', { needs: ['bridge'] }, async (t) => {
  const { settles, refuses, lives } = await stage(t);
  const addresses = ['10.0.0.1/24', 'fd00::1/64'];
  await lives(bridge({ addresses, up: false }));
  await settles(bridge({ addresses }));
  await settles(bridge({ addresses, up: false }));
  await settles(bridge({ addresses }));
  await refuses(bridge({ addresses, mtu: 1279 }), /needs an MTU of 1280 bytes/);
  await settles(bridge({ addresses: ['10.0.0.1/24'], mtu: 1000 }));
  await settles(bridge({ addresses, mtu: 1400 }));
});

liveTest(
  'where IPv6 is disabled, IPv4 works and IPv6 addresses are refused',
  { needs: ['veth'] },
  async (t) => {
    const { host, lives, refuses, apply } = await stage(t);
    const off = (words: object, addresses: readonly string[]) => ({
      namespaces: { ns: { sysctls: words } },
      veths: { v: { peer: { namespace: 'ns', name: 'e', addresses } } },
    });
    const all = { 'net.ipv6.conf.all.disable_ipv6': 1 };
    await lives(off(all, ['10.0.0.2/24']));
    await refuses(
      off(all, ['fd00::2/64']),
      /`e` has IPv6 addresses, which the kernel refuses where IPv6 is disabled/,
    );
    await refuses(off({ 'net/ipv6/conf/default/disable_ipv6': true }, ['fd00::2/64']), /IPv6 is disabled/);
    await lives(off({ ...all, 'net.ipv6.conf.e.disable_ipv6': 0 }, ['fd00::2/64']));

    // Somebody else did: only the kernel knows.
    await host.sh('echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6');
    const before = await snapshot(host);
    const { exitCode, stderr } = await apply({
      veths: { v: { addresses: ['fd00::1/64'], peer: { name: 'w' } } },
    });
    t.is(exitCode, 3, stderr);
    // Linux 6.1 only says the number of the error.
    t.regex(stderr, /IPv6 is disabled on this device|Permission denied/);
    t.deepEqual(await snapshot(host), before);
  },
);
