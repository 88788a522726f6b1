// What others have on a link that our change takes down, and lose: the plan names it.
import { liveTest } from '../support/live-test.js';
import { NIC, stage, TOPOLOGY } from '../support/stage.js';
import type { Document } from '../support/session.js';

const OTHERS = `${NIC}
ip addr add 10.0.0.1/24 dev up0; ip addr add fd00::1/64 dev up0 nodad
ip route add default via 10.0.0.9 proto dhcp metric 100; ip route add 10.9.0.0/16 via 10.0.0.9 table 100
ip route add 10.12.0.0/16 nexthop via 10.0.0.8 dev up0 weight 3 nexthop via 10.0.0.9 dev up0
ip -6 route add fd01::/64 via fd00::9 proto static; ip neigh add 10.0.0.77 lladdr 02:00:00:00:00:77 dev up0 nud permanent`;

const LOST = [
  'address up0/fd00::1',
  'neighbour up0/10.0.0.77',
  'route 100/10.9.0.0/16',
  'route main/10.12.0.0/16',
  'route main/default/metric 100',
  'route main/fd01::/64',
];

const whole = (topology: Document): Document => ({ version: 1, name: TOPOLOGY, ...topology });

for (const [what, needs, topology] of [
  ['is taken down', ['veth'], { interfaces: { up0: { up: false } } }],
  ['joins a VRF', ['vrf'], { interfaces: { up0: {} }, vrfs: { red: { table: 10, interfaces: ['up0'] } } }],
  [
    'joins a bond',
    ['bond'],
    { interfaces: { up0: {} }, bonds: { b0: { mode: 'active-backup', interfaces: ['up0'] } } },
  ],
] as const) {
  liveTest(`what others lose when a link ${what} is named`, { needs }, async (t) => {
    const { session, settles, host } = await stage(t, OTHERS);
    const changes = await session.plan(whole(topology));
    const [words = '', ...more] = changes.flatMap(
      ({ reason }) => /ends of others: (.*)$/.exec(reason)?.[1] ?? [],
    );
    t.deepEqual([words.split(', ').sort(), more], [LOST, []]);
    await settles(topology);
    // As it said, and nothing but that.
    t.is(await host.sh('ip route show table 100; ip route show default; ip neigh show nud permanent'), '');
    t.regex(await host.sh('ip -4 addr show up0'), /10\.0\.0\.1\/24/);
    const back = await session.plan(whole({ interfaces: { up0: { up: true } } }));
    t.false(back.some(({ reason }) => reason.includes('of others')));
  });
}
