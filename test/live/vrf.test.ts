// VRFs by traffic: the same network in two of them, a link that moves between a bridge and VRFs, and what it carries along.
import { liveTest } from '../support/live-test.js';
import type { Host } from '../support/sandbox.js';
import { patience } from '../support/process.js';
import { stage } from '../support/stage.js';

const ADDRESSES = ['10.0.0.1/24', 'fd00::1/64'];
const FAR = ['10.0.0.2', 'fd00::2'];

/** Whether an address answers in a VRF; tried until it does what is expected, or for long enough. */
async function answers(host: Host, vrf: string | null, to: string, expected: boolean): Promise<boolean> {
  const bound = vrf === null ? [] : ['-I', vrf];
  const end = Date.now() + (expected ? 5000 : 0) * patience;
  for (;;) {
    const { exitCode } = await host.run(['ping', '-c1', '-W1', ...bound, to], { allowFailure: true });
    if (exitCode === 0 || Date.now() > end) return exitCode === 0;
  }
}

/** A pair from the host to a namespace of its own, in which is what a tenant has. */
const tenant = (name: string, far: readonly string[], words: object = {}) => ({
  [name]: {
    addresses: ADDRESSES,
    ...words,
    peer: { namespace: name, name: 'eth0', addresses: far, routes: ['10.0.0.1', 'fd00::1'].map(viaOf) },
  },
});
const viaOf = (via: string) => ({ to: 'default', via });

liveTest(
  'the same network in two VRFs: each has its own neighbours, and nothing else',
  { needs: ['vrf'] },
  async (t) => {
    const { host, lives } = await stage(t);
    const topology = {
      namespaces: { red: {}, blue: {} },
      vrfs: {
        vred: { table: 10, interfaces: ['red'], routes: [{ to: '10.9.0.0/16', via: '10.0.0.2' }] },
        vblue: { table: 20, interfaces: ['blue'] },
      },
      veths: {
        ...tenant('red', ['10.0.0.2/24', 'fd00::2/64', '10.9.0.1/32']),
        ...tenant('blue', ['10.0.0.3/24', 'fd00::3/64', '10.9.0.1/32']),
      },
    };
    await lives(topology, async () => {
      const seen = await Promise.all(
        (['vred', 'vblue'] as const).flatMap((vrf) =>
          ['10.0.0.2', 'fd00::2', '10.0.0.3', 'fd00::3', '10.9.0.1'].map(async (to) => {
            const expected = vrf === 'vred' ? !to.endsWith('3') : to.endsWith('3');
            return [`${vrf} ${to}`, await answers(host, vrf, to, expected), expected] as const;
          }),
        ),
      );
      for (const [what, is, expected] of seen) t.is(is, expected, what);
      // Outside of the VRFs there is no way to either.
      for (const to of ['10.0.0.2', 'fd00::3']) t.false(await answers(host, null, to, false), to);
    });
  },
);

liveTest(
  'a link moves from a bridge to a VRF, to another one and out in one change each, and keeps what it has',
  { needs: ['vrf', 'bridge'], timeout: 60 },
  async (t) => {
    const { host, plans, settles, lives } = await stage(t);
    const neighbours = [{ to: '10.0.0.77', macaddress: '02:00:00:00:00:77' }];
    const routes = [
      { to: '10.7.0.0/16', via: '10.0.0.2' },
      { to: 'fd07::/64', via: 'fd00::2' },
    ];
    const topology = (words: object, interfaces: { red?: string[]; blue?: string[] } = {}) => ({
      namespaces: { v: {} },
      bridges: { br: { type: 'linux', macaddress: '02:00:00:00:00:01' } },
      vrfs: {
        red: { table: 10, interfaces: interfaces.red ?? [] },
        blue: { table: 20, interfaces: interfaces.blue ?? [] },
      },
      veths: tenant('v', ['10.0.0.2/24', 'fd00::2/64'], { neighbours, routes, ...words }),
    });
    const port = (lines: readonly string[]) => lines.filter((line) => line.includes('host/port/'));
    const reaches = async (vrf: string | null) => {
      for (const to of FAR) t.true(await answers(host, vrf, to, true), `${String(vrf)} ${to}`);
    };
    await lives(topology({}), async () => {
      await reaches(null);
      const steps = [
        [topology({}, { red: ['v'] }), ['+ host/port/v'], 'red'],
        [topology({}, { blue: ['v'] }), ['~ host/port/v vrf'], 'blue'],
        [
          topology({ bridge: 'br', routes: [] }),
          ['± host/port/v bridge isolated hairpin learning flood priority'],
          undefined,
        ],
        [topology({}, { red: ['v'] }), ['± host/port/v vrf'], 'red'],
        [topology({}), ['- host/port/v'], null],
      ] as const;
      for (const [next, lines, vrf] of steps) {
        t.deepEqual(port(await plans(next)), lines);
        await settles(next);
        if (vrf !== undefined) await reaches(vrf);
      }
    });
  },
);

liveTest(
  'what others put into a VRF of ours stays, and so does a NIC that belonged to one',
  { needs: ['vrf'] },
  async (t) => {
    const nic =
      'ip link add up0 type veth peer name far; ip link set up0 up; ip link set far up; ip address add 10.8.0.1/24 dev far';
    const { host, lives } = await stage(t, nic);
    const topology = {
      interfaces: { up0: { addresses: ADDRESSES } },
      vrfs: { red: { table: 10, interfaces: ['up0'] } },
    };
    await lives(topology, async () => {
      t.regex(await host.sh('ip route show table 10'), /10\.0\.0\.0\/24 dev up0/);
      await host.sh('ip link set far master red');
    });
  },
);

liveTest(
  'a VLAN of a link that joins a VRF, and leaves it, keeps its addresses and routes',
  { needs: ['vrf', '8021q'] },
  async (t) => {
    const { settles, lives } = await stage(t);
    const routes = [
      { to: '10.7.0.0/16', via: '10.1.0.2' },
      { to: 'fd07::/64', via: 'fd01::2' },
    ];
    const topology = (interfaces: readonly string[]) => ({
      vrfs: { red: { table: 10, interfaces } },
      veths: { v: { peer: { name: 'p' } } },
      vlans: { 'v.10': { link: 'v', id: 10, addresses: ['10.1.0.1/24', 'fd01::1/64'], routes } },
    });
    await lives(topology([]), async () => {
      await settles(topology(['v']));
      await settles(topology([]));
      await settles(topology(['v', 'v.10']));
    });
  },
);
