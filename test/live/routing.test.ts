// Routing policy and routes of several ways: rules of others beside ours, and packets that are spread by weight.
import type { Host } from '../support/sandbox.js';
import { liveTest } from '../support/live-test.js';
import { stage, TOPOLOGY } from '../support/stage.js';

const rulesOf = async (host: Host): Promise<string> => host.sh('ip rule show; ip -6 rule show');

const THEIRS = `ip rule add from 10.0.0.5 table 99; ip rule add priority 20000 fwmark 7 goto 32766
  ip rule add priority 20000 from 10.1.0.0/16 table 7; ip -6 rule add priority 20001 from fd00::/8 table 7 protocol 99
  ip rule add priority 5 not from 10.2.0.0/16 iif lo ipproto tcp dport 22 blackhole`;

const rules = [
  { from: '10.1.0.0/16', to: '10.2.0.0/16', table: 100 },
  { from: 'fd00::/8', to: 'fd00::/8', mark: '0x10/0xf0', type: 'prohibit' },
  { from: '::/0', iif: 'lo', dport: '80-90', table: 100, 'suppress-prefixlength': 0 },
];

liveTest(
  'rules of the kernel and of others stay beside ours, and ours go without a record',
  {},
  async (t) => {
    const { host, settles, destroys, lives } = await stage(t, THEIRS);
    const before = await rulesOf(host);
    await lives({ rules });
    await settles({ rules, namespaces: { a: { rules } } });
    t.is((await rulesOf(host)).split('\n').length, before.split('\n').length + rules.length);
    await host.sh(`rm /run/netplan-ovs/${TOPOLOGY}.json`);
    await destroys();
    t.is(await rulesOf(host), before);
  },
);

liveTest(
  'a rule of others for the same packets will do if it is the same, and is in the way if not',
  {},
  async (t) => {
    const { lives, refuses } = await stage(t, THEIRS);
    await lives({ rules: [{ from: '10.1.0.0/16', table: 7 }] });
    await refuses({ rules: [{ from: '10.1.0.0/16', table: 8 }] }, /is another: table 7 instead of 8/);
    await refuses(
      {
        rules: [
          {
            not: false,
            from: '10.2.0.0/16',
            iif: 'lo',
            protocol: 'tcp',
            dport: 22,
            type: 'blackhole',
            priority: 5,
          },
        ],
      },
      /is another: not true instead of false/,
    );
  },
);

liveTest('rules without a priority are tried in the order of the file', { needs: ['veth'] }, async (t) => {
  const { host, settles } = await stage(t);
  const veths = { v: { addresses: ['10.0.0.1/24'], peer: { name: 'p' } } };
  const way = { to: '192.0.2.1', via: '10.0.0.2' };
  const routes = [
    { ...way, table: 100 },
    { ...way, via: '10.0.0.3', table: 101 },
  ];
  const [first, second] = [
    { to: '192.0.2.0/24', table: 100 },
    { to: '192.0.2.1', table: 101 },
  ];
  const gateway = async (): Promise<string> => {
    const [found] = (await host.ip('route', 'get', '192.0.2.1')) as { gateway: string }[];
    return found?.gateway ?? '';
  };
  await settles({ veths, routes, rules: [first, second] });
  t.is(await gateway(), '10.0.0.2');
  await settles({ veths, routes, rules: [second, first] });
  t.is(await gateway(), '10.0.0.3');
});

liveTest('connections are spread over several next hops by weight', { needs: ['veth'] }, async (t) => {
  const { host, settles } = await stage(t);
  const side = (name: string, net: string) => ({
    [name]: {
      addresses: [`${net}.1/24`],
      peer: {
        namespace: name,
        name: 'eth0',
        addresses: [`${net}.2/24`],
        routes: [{ to: 'default', via: `${net}.1` }],
      },
    },
  });
  // Each of the two takes all that is sent to the network for itself.
  const anycast = { routes: [{ to: '198.51.100.0/24', type: 'local' }] };
  await settles({
    namespaces: { a: anycast, b: anycast },
    veths: { ...side('a', '10.1.0'), ...side('b', '10.2.0') },
    routes: [{ to: '198.51.100.0/24', nexthops: [{ via: '10.1.0.2', weight: 4 }, { via: '10.2.0.2' }] }],
  });
  await host.sh('for i in $(seq 1 100); do ping -c1 -W5 198.51.100.$i; done');
  const echoes = async (name: string): Promise<number> => {
    const lines = (await host.netns(name).sh('grep ^Icmp: /proc/net/snmp'))
      .split('\n')
      .map((line) => line.split(' '));
    return Number(lines[1]?.[lines[0]?.indexOf('InEchos') ?? -1]);
  };
  const [a, b] = [await echoes('a'), await echoes('b')];
  t.is(a + b, 100);
  t.true(b > 0 && a > b, `${a} and ${b}`);
});
