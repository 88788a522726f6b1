// Links that change or are made anew: what stands on them comes back, and what follows them follows.
import { liveTest } from '../support/live-test.js';
import { stage } from '../support/stage.js';

const addresses = ['10.0.0.1/24', 'fd00::1/64'];
const standing = {
  addresses,
  routes: [
    { to: '10.5.0.0/16', via: '10.0.0.9' },
    { to: 'fd05::/16', via: 'fd00::9' },
  ],
  neighbours: [
    { to: '10.0.0.9', macaddress: '02:00:00:00:00:09' },
    { to: 'fd00::9', macaddress: '02:00:00:00:00:09' },
  ],
  sysctls: { 'ipv4.rp_filter': 1, 'ipv6.accept_ra': 0 },
};

liveTest(
  'a pair that is made anew gets back its addresses, routes, neighbours, settings and its bridge',
  { needs: ['veth', 'bridge'], timeout: 120 },
  async (t) => {
    const { plans, settles, lives } = await stage(t);
    const at = (namespace: string) => ({
      namespaces: { a: {}, b: {} },
      bridges: { br: { type: 'linux' } },
      veths: {
        v: { bridge: 'br', hairpin: true, peer: { namespace, name: 'e', ...standing } },
        w: { ...standing, peer: { namespace, name: 'x' } },
      },
    });
    await lives(at('a'), async () => {
      const lines = await plans(at('b'));
      for (const again of [
        '± host/veth/v',
        '± host/port/v hairpin',
        '± host/address/w/fd00::1',
        '± host/route/main/10.5.0.0/16',
        '± host/neighbour/w/fd00::9',
      ])
        t.true(
          lines.some((line) => line.startsWith(again.replace(' hairpin', ''))),
          `${again}\n${lines.join('\n')}`,
        );
      await settles(at('b'));
      await settles(at('a'));
    });
  },
);

liveTest(
  'a port of Open vSwitch whose device is made anew is attached anew',
  { needs: ['veth', 'ovs'], timeout: 120 },
  async (t) => {
    const { host, settles, lives } = await stage(t, '', {});
    const at = (namespace: string) => ({
      namespaces: { a: {}, b: {} },
      bridges: { br: { type: 'ovs', addresses: ['10.0.0.254/24', 'fd00::254/64'] } },
      veths: { v: { bridge: 'br', peer: { namespace, name: 'e', addresses } } },
    });
    const answers = (namespace: string) =>
      host.netns(namespace).sh('ping -c 3 -i 0.2 10.0.0.254 && ping -c 3 -i 0.2 fd00::254');
    await lives(at('a'), async () => {
      await answers('a');
      await settles(at('b'));
      await answers('b');
    });
  },
);

liveTest(
  'a vxlan that changes its family, its id or its port keeps its bridge and its addresses',
  { needs: ['vxlan', 'bridge', 'veth'], timeout: 120 },
  async (t) => {
    const { host, settles, lives } = await stage(t);
    const at = (tunnel: object) => ({
      veths: { v: { addresses: ['10.0.0.1/24', 'fd00::1/64'], peer: { name: 'w' } } },
      bridges: { br: { type: 'linux' } },
      tunnels: {
        x: { mode: 'vxlan', id: 7, ...tunnel, bridge: 'br' },
        y: { mode: 'vxlan', ...tunnel, id: 8, port: 4790, addresses: ['10.8.0.1/24', 'fd08::1/64'] },
      },
    });
    const four = { local: '10.0.0.1', remote: '10.0.0.2' };
    await lives(at(four), async () => {
      await settles(at({ local: 'fd00::1', remote: 'fd00::2' }));
      await settles(at(four));
      await settles(at({ ...four, id: 19 }));
      const [x] = (await host.ip('link', 'show', 'x')) as {
        master?: string;
        linkinfo: { info_data: { id: number } };
      }[];
      t.is(x?.master, 'br');
      t.is(x?.linkinfo.info_data.id, 19);
    });
  },
);

liveTest(
  'a bridge’s MTU follows the smallest of its ports unless it is said',
  { needs: ['veth', 'bridge'], timeout: 120 },
  async (t) => {
    const { host, settles, lives } = await stage(t);
    const at = (bridge: object, ...mtus: number[]) => ({
      bridges: { br: { type: 'linux', ...bridge } },
      veths: Object.fromEntries(
        mtus.map((mtu, i) => [`v${i}`, { bridge: 'br', mtu, peer: { name: `w${i}`, mtu } }]),
      ),
    });
    const mtu = async () => Number(await host.sh('ip -o link show br | sed "s/.* mtu \\([0-9]*\\).*/\\1/"'));
    await lives(at({}, 1400, 9000), async () => {
      t.is(await mtu(), 1400);
      await settles(at({}, 9000, 9000));
      t.is(await mtu(), 9000);
      await settles(at({ mtu: 1300 }, 9000, 9000));
      await settles(at({ mtu: 9000 }, 9000, 9000));
      await settles(at({}, 1450));
      t.is(await mtu(), 1450);
      await settles(at({}));
      t.is(await mtu(), 1500);
    });
  },
);

liveTest(
  'a bridge’s MAC address may follow its ports, and stays where it is said',
  { needs: ['veth', 'bridge'], timeout: 120 },
  async (t) => {
    const { host, settles, plans, lives } = await stage(t);
    const at = (bridge: object, port: object) => ({
      bridges: { br: { type: 'linux', addresses: [...addresses, 'fe80::1/64'], ...bridge } },
      veths: { v: { macaddress: '02:00:00:00:00:01', ...port, peer: { name: 'w' } } },
    });
    const mac = async () =>
      (
        await host.sh(
          'cat /sys/class/net/br/address 2>/dev/null || ip -o link show br | sed "s/.*ether \\([^ ]*\\).*/\\1/"',
        )
      ).trim();
    await lives(at({}, { bridge: 'br' }), async () => {
      t.deepEqual(await plans(at({}, { bridge: 'br' })), []);
      await settles(at({}, {}));
      const said = { macaddress: '02:00:00:00:0F:FF' };
      await settles(at(said, {}));
      await settles(at(said, { bridge: 'br' }));
      t.is(await mac(), '02:00:00:00:0f:ff');
    });
  },
);

liveTest(
  'a VLAN’s MTU goes up after its parent’s and down before it, and its id is made anew',
  { needs: ['veth', '8021q'], timeout: 120 },
  async (t) => {
    const { settles, refuses, lives } = await stage(t);
    const at = (mtu: number, vlan: object = { mtu }, id = 10) => ({
      veths: { v: { mtu, peer: { name: 'w', mtu: 9000 } } },
      vlans: { y: { link: 'v', id, addresses, ...vlan } },
    });
    await lives(at(1500), async () => {
      await settles(at(9000));
      await settles(at(1400));
      await settles(at(9000, { mtu: 1300 }, 11));
      await settles(at(1500, {}));
    });
    await refuses(at(1500, { mtu: 9000 }), /mtu|MTU/);
  },
);
