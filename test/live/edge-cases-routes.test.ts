// Routes as the kernel orders, spells and keeps them, and beside those that others made: applied, quiet, gone without a trace.
import { liveTest } from '../support/live-test.js';
import { NIC, stage } from '../support/stage.js';

const addresses = ['10.0.0.1/24', 'fd00::1/64'];
const bridge = (words: object) => ({ bridges: { b: { type: 'linux', addresses, ...words } } });
const nic = (...routes: object[]) => ({ interfaces: { up0: { routes } } });

/** An uplink with addresses, and what others have set up on it. */
const UPLINK = `${NIC}; ip address add 10.0.0.1/24 dev up0; ip address add fd00::1/64 dev up0 nodad
  ip address add 10.0.1.1/24 dev far; ip address add fd01::1/64 dev far nodad`;

liveTest('a destination in another spelling is the same route', { needs: ['bridge'] }, async (t) => {
  const { lives } = await stage(t);
  const routes = [
    { to: '2001:DB8:FFFF::/48', via: 'FD00::00AB' },
    { to: 'fd77::1', via: 'fd00:0::ab' },
    { to: '0.0.0.0/0', via: '10.0.0.2' },
    { to: '::/0', via: 'FD00::AB' },
    { to: '10.9.0.7/32', via: '10.0.0.2' },
    { to: '192.168.0.0/16', via: '10.0.0.2', from: '10.0.0.1', mtu: 1400 },
    { to: 'fd88::/32', via: 'fd00::ac', from: 'FD00::1', mtu: 1400, metric: 7 },
  ];
  await lives(bridge({ routes }));
});

liveTest(
  'a route to an address within a network is refused with the network',
  { needs: ['bridge'] },
  async (t) => {
    const { refuses } = await stage(t);
    await refuses(
      bridge({ routes: [{ to: '10.9.1.2/16', via: '10.0.0.2' }] }),
      /the network is `10\.9\.0\.0\/16`/,
    );
    await refuses(bridge({ routes: [{ to: 'fd09::1/16', via: 'fd00::2' }] }), /the network is `fd09::\/16`/);
  },
);

liveTest(
  'metrics: 0 is none in IPv4 and 1024 in IPv6, and several defaults stand side by side',
  { needs: ['bridge'] },
  async (t) => {
    const { host, lives } = await stage(t);
    const routes = [
      { to: '10.1.0.0/16', via: '10.0.0.2', metric: 0 },
      { to: 'fd01::/16', via: 'fd00::2', metric: 0 },
      { to: 'fd02::/16', via: 'fd00::2', metric: 1024 },
      { to: 'default', via: '10.0.0.2' },
      { to: 'default', via: '10.0.0.3', metric: 100 },
      { to: 'default', via: 'fd00::2' },
      { to: 'default', via: 'fd00::3', metric: 100 },
      { to: 'default', via: 'fd00::4', table: 77 },
      { to: 'default', via: '10.0.0.4', metric: 4294967295, table: 4294967295 },
      { to: 'fd03::/16', via: 'fd00::2', metric: 4294967295, table: 4294967295 },
    ];
    await lives(bridge({ routes }), async () => {
      const found = (await host.ip('-6', 'route', 'show', 'default')) as {
        gateway: string;
        metric: number;
      }[];
      t.deepEqual(
        found.map(({ gateway, metric }) => `${gateway} ${metric}`),
        ['fd00::3 100', 'fd00::2 1024'],
      );
    });
  },
);

liveTest('routes that drop packets, of both families', {}, async (t) => {
  const { lives } = await stage(t);
  const types = ['blackhole', 'unreachable', 'prohibit'];
  const routes = types.flatMap((type, i) => [
    { to: `10.${i}.0.0/16`, type },
    { to: `fd0${i}::/16`, type },
    { to: `10.7.${i}.0/24`, type, metric: 5 },
    { to: `fd07:${i}::/32`, type, metric: 5 },
  ]);
  const last = { type: 'unreachable', metric: 4294967295 };
  await lives({ routes: [...routes, { to: 'default', ...last }, { to: '::/0', ...last }] });
});

liveTest(
  'a connected network comes before the routes via it, whatever the order in the file',
  { needs: ['veth'] },
  async (t) => {
    const { lives } = await stage(t);
    const eth0 = {
      namespace: 'ns',
      name: 'eth0',
      addresses: ['10.0.0.1/32', 'fd00::1/128'],
      routes: [
        { to: 'default', via: '192.168.9.9' },
        { to: 'default', via: 'fd99::9' },
        { to: '192.168.9.0/24' },
        { to: 'fd99::/64' },
        { to: '10.0.0.9' },
        { to: 'fd00::9' },
      ],
    };
    const routes = [
      { to: '10.5.0.0/16', via: '10.0.0.9' },
      { to: 'fd05::/16', via: 'fd00::9' },
    ];
    await lives({ namespaces: { ns: { routes } }, veths: { v: { peer: eth0 } } });
  },
);

liveTest(
  'routes of a link whose other end is down, and that goes down itself',
  { needs: ['veth'] },
  async (t) => {
    const { host, lives, settles, refuses } = await stage(t);
    const routes = [
      { to: '10.5.0.0/16', via: '10.0.0.9' },
      { to: 'fd05::/16', via: 'fd00::9' },
    ];
    const pair = (words: object, peer: object) => ({
      namespaces: { ns: {} },
      veths: { v: { addresses, ...words, peer: { namespace: 'ns', name: 'e', ...peer } } },
    });
    await lives(pair({ routes }, { up: false }), async () => {
      t.regex(await host.sh('ip route show 10.5.0.0/16; ip -6 route show fd05::/16'), /linkdown[^]*linkdown/);
    });
    await settles(pair({ routes }, {}));
    await settles(pair({ up: false }, {}));
    await settles(pair({ routes }, {}));
    await refuses(pair({ up: false, routes }, {}), /`v` is not up, so it can have no route/);
  },
);

liveTest(
  'a next hop of the other family is refused, and one that others made is left alone',
  { needs: ['veth'] },
  async (t) => {
    const theirs =
      'ip route add 10.3.0.0/16 via inet6 fd00::9 dev up0; ip -4 route add 0.0.0.0/0 via inet6 fe80::9 dev up0 onlink';
    const { lives, refuses } = await stage(t, `${UPLINK}; ${theirs}`);
    await refuses(nic({ to: '10.9.0.0/16', via: 'fd00::9' }), /an IPv4 route cannot go via the IPv6 address/);
    await refuses(nic({ to: 'default', via: '10.0.0.9' }), /is another: via fe80::9 instead of 10\.0\.0\.9/);
    await lives(nic({ to: 'default', via: 'fd00::9' }, { to: '10.9.0.0/16', via: '10.0.0.9' }));
  },
);

liveTest('routes of several next hops are seen, and never replaced', { needs: ['veth'] }, async (t) => {
  const theirs = `ip route add default nexthop via 10.0.0.9 dev up0 nexthop via 10.0.1.9 dev far
    ip -6 route add default nexthop via fd00::9 dev up0 nexthop via fd01::9 dev far`;
  const { lives, refuses } = await stage(t, `${UPLINK}; ${theirs}`);
  await refuses(
    nic({ to: 'default', via: '10.0.0.9' }),
    /nexthops \["via 10\.0\.0\.9 dev up0", "via 10\.0\.1\.9 dev far"\]/,
  );
  await refuses(
    nic({ to: 'default', via: 'fd00::9' }),
    /nexthops \["via fd00::9 dev up0", "via fd01::9 dev far"\]/,
  );
  await lives(nic({ to: 'default', via: '10.0.0.9', metric: 5 }, { to: '::/0', via: 'fd00::9', metric: 5 }));
});

liveTest(
  'routes that others made for some packets, as throw or as local stand beside ours or in the way',
  { needs: ['veth'] },
  async (t) => {
    const theirs = `ip route add 10.5.0.0/16 tos 0x10 via 10.0.0.8; ip -6 route add fd05::/16 from fd00::/64 via fd00::8 dev up0
    ip route add throw 10.6.0.0/16; ip -6 route add throw fd06::/16; ip route add local 10.7.0.0/16 dev lo`;
    const { lives, refuses } = await stage(t, `${UPLINK}; ${theirs}`);
    await lives(nic({ to: '10.5.0.0/16', via: '10.0.0.9' }, { to: 'fd05::/16', via: 'fd00::9' }));
    await refuses(nic({ to: '10.6.0.0/16', via: '10.0.0.9' }), /type throw instead of unicast/);
    await refuses(nic({ to: 'fd06::/16', via: 'fd00::9' }), /type throw instead of unicast/);
    await refuses(nic({ to: '10.7.0.0/16', via: '10.0.0.9', table: 255 }), /type local instead of unicast/);
  },
);

liveTest(
  'routes of routing daemons, of DHCP and of router advertisements survive',
  { needs: ['veth'] },
  async (t) => {
    const protocols = ['dhcp', 'ra', 'bird', 'zebra', 'static', 'boot', 'kernel', '99'];
    const theirs = protocols.map(
      (name, i) =>
        `ip route add 10.20.${i}.0/24 via 10.0.0.9 proto ${name}; ip -6 route add fd20:${i}::/32 via fd00::9 dev up0 proto ${name}`,
    );
    const given =
      'ip -6 route add default via fd00::7 dev up0 proto ra expires 900; ip rule add from 10.0.0.5 table 99; ip -6 rule add from fd00::5 table 99';
    const { lives, refuses } = await stage(t, [UPLINK, ...theirs, given].join('\n'));
    await lives(
      nic(
        { to: '10.30.0.0/16', via: '10.0.0.9' },
        { to: 'fd30::/16', via: 'fd00::9' },
        { to: 'default', via: 'fd00::9', metric: 2048 },
      ),
    );
    await refuses(nic({ to: 'default', via: 'fd00::9' }), /via fd00::7 instead of fd00::9/);
    // The same route will do, and is not ours to remove.
    await lives(nic({ to: '10.20.2.0/24', via: '10.0.0.9' }, { to: 'fd20:2::/32', via: 'fd00::9' }));
  },
);

liveTest(
  'routes beside ours that differ in their link or their order only are not ours',
  { needs: ['veth'] },
  async (t) => {
    const { host, plans, settles, destroys } = await stage(t, UPLINK);
    const ours = nic({ to: '10.5.0.0/16', via: '10.0.0.9' }, { to: 'fd05::/16', via: 'fd00::9' });
    await settles(ours);
    await host.sh('ip route append 10.5.0.0/16 via 10.0.0.8; ip -6 route append fd05::/16 dev far');
    t.deepEqual(await plans(ours), []);
    await destroys();
    const left = await host.sh('ip route show 10.5.0.0/16; ip -6 route show fd05::/16');
    t.regex(left, /^10\.5\.0\.0\/16 via 10\.0\.0\.8 [^\n]*\nfd05::\/16 dev far [^\n]*\n$/);
  },
);

liveTest('the less preferred of two routes to one network goes, and the other stays', {}, async (t) => {
  const { host, settles, lives } = await stage(t, UPLINK);
  const preferred = { to: 'fd05::/16', via: 'fd00::9', metric: 50 };
  await lives(nic({ to: 'fd05::/16', via: 'fd00::8' }, preferred), async () => {
    await settles(nic(preferred));
    t.regex(
      await host.sh('ip -6 route show fd05::/16'),
      /^fd05::\/16 via fd00::9 [^\n]* metric 50 [^\n]*\n$/,
    );
  });
});
