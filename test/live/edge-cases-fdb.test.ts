// Entries of forwarding databases that stay behind, get lost or belong to somebody else: of vxlan links and of ports of bridges.
import { liveTest } from '../support/live-test.js';
import { patience } from '../support/process.js';
import type { Host } from '../support/sandbox.js';
import { stage } from '../support/stage.js';

/** `MAC DST` or `MAC vlan N` of each entry of a device, those of the kernel and learned ones included, in order. */
async function entriesOf(host: Host, device: string): Promise<string[]> {
  const lines = (await host.sh(`bridge fdb show dev ${device}`)).split('\n').filter((line) => line !== '');
  return lines.map((line) => line.replace(/ (self|via \S+|offload)\b/g, '').trim()).sort();
}

const vxlan = (words: object) => ({
  veths: { v0: { addresses: ['192.0.2.1/24', '2001:db8::1/64'], peer: { name: 'v1' } } },
  bridges: { br0: { type: 'linux' } },
  tunnels: { t0: { mode: 'vxlan', id: 7, local: '192.0.2.1', ...words } },
});
const all = (...remotes: string[]): string[] =>
  remotes.map((remote) => `00:00:00:00:00:00 dst ${remote} permanent`);

liveTest(
  'a remote that is taken out of a list loses its entry, and no other',
  { needs: ['vxlan', 'bridge'] },
  async (t) => {
    const { host, lives, settles } = await stage(t);
    const [a, b, c] = ['192.0.2.2', '192.0.2.3', '192.0.2.4'] as const;
    const known = '02:00:00:00:00:01';
    const fdb = [{ mac: known, remote: a }];
    await lives(vxlan({ remotes: [a, b, c], fdb }), async () => {
      t.deepEqual(await entriesOf(host, 't0'), [...all(a, b, c), `${known} dst ${a} permanent`]);
      await settles(vxlan({ remotes: [a, c], fdb }));
      t.deepEqual(await entriesOf(host, 't0'), [...all(a, c), `${known} dst ${a} permanent`]);
      // The tunnel's own entry for its one other end is made before, or goes after, and is never taken for one of a list.
      await settles(vxlan({ remote: a }));
      t.deepEqual(await entriesOf(host, 't0'), all(a));
      await settles(vxlan({ remotes: [b, a] }));
      t.deepEqual(await entriesOf(host, 't0'), all(a, b));
      await settles(vxlan({}));
      t.deepEqual(await entriesOf(host, 't0'), []);
    });
  },
);

liveTest(
  'entries that are learned, or that a routing daemon made, are no drift',
  { needs: ['vxlan', 'bridge'] },
  async (t) => {
    const { host, lives, plans } = await stage(t);
    const topology = vxlan({ remotes: ['192.0.2.2'] });
    await lives(topology, async () => {
      await host.sh(`
      bridge fdb add 02:00:00:00:00:aa dev t0 dst 192.0.2.9 dynamic
      bridge fdb add 02:00:00:00:00:bb dev t0 dst 192.0.2.9 extern_learn
      bridge fdb append 00:00:00:00:00:00 dev t0 dst 192.0.2.9 port 8472`);
      t.deepEqual(await plans(topology), []);
    });
  },
);

liveTest(
  'a vxlan that goes over to IPv6 gets back its entries, its bridge and its addresses',
  { needs: ['vxlan', 'bridge'] },
  async (t) => {
    const { host, lives, settles } = await stage(t);
    const words = {
      macaddress: '02:00:00:00:00:07',
      addresses: ['10.0.0.1/24', 'fd00::1/64'],
      bridge: 'br0',
    };
    const fdb = (remote: string) => [{ mac: '02:00:00:00:00:01', remote }, '02:00:00:00:00:02'];
    const over4 = vxlan({ ...words, remotes: ['192.0.2.2'], fdb: fdb('192.0.2.2') });
    const over6 = vxlan({
      ...words,
      local: '2001:db8::1',
      remotes: ['2001:db8::2'],
      fdb: fdb('2001:db8::2'),
    });
    const ofBridge = async (): Promise<string[]> =>
      (await entriesOf(host, 't0')).filter((line) => line.includes(' dst ') || line.includes(' static'));
    await lives(over4, async () => {
      await settles(over6);
      t.deepEqual(
        (await ofBridge()).filter((line) => line.includes('dst')),
        ['00:00:00:00:00:00 dst 2001:db8::2 permanent', '02:00:00:00:00:01 dst 2001:db8::2 permanent'],
      );
      t.true((await ofBridge()).some((line) => line.startsWith('02:00:00:00:00:02') && line.includes('br0')));
      await settles(over4);
      t.deepEqual(
        (await ofBridge()).filter((line) => line.includes('dst')),
        ['00:00:00:00:00:00 dst 192.0.2.2 permanent', '02:00:00:00:00:01 dst 192.0.2.2 permanent'],
      );
    });
  },
);

/** A port that no frame for an unknown address goes out of, and that nothing is learned of. */
const hidden = (fdb: object) => ({
  bridges: { br0: { type: 'linux' } },
  namespaces: { a: {}, b: {} },
  veths: {
    pa: { bridge: 'br0', peer: { namespace: 'a', name: 'eth0', addresses: ['10.0.0.1/24'] } },
    pb: {
      bridge: 'br0',
      flood: false,
      learning: false,
      ...fdb,
      peer: {
        namespace: 'b',
        name: 'eth0',
        macaddress: '02:00:00:00:00:0B',
        addresses: ['10.0.0.2/24'],
      },
    },
  },
});

liveTest(
  'frames for an address of a port’s list go out of that port alone',
  { needs: ['veth', 'bridge'] },
  async (t) => {
    const { host, lives, settles } = await stage(t);
    const ping = async (): Promise<number> =>
      (
        await host
          .netns('a')
          .run(['ping', '-c', '1', '-W', String(2 * patience), '10.0.0.2'], { allowFailure: true })
      ).exitCode;
    await lives(hidden({}), async () => {
      t.not(await ping(), 0);
      await settles(hidden({ fdb: ['02:00:00:00:00:0b'] }));
      t.is(await ping(), 0);
      await settles(hidden({}));
      t.not(await ping(), 0);
    });
  },
);

liveTest(
  'a port that leaves a VLAN leaves its entries there, and a bridge that begins to keep VLANs apart has them in the right one',
  { needs: ['vlan-filtering'] },
  async (t) => {
    const { host, lives, settles } = await stage(t);
    const mac = '02:00:00:00:00:0b';
    const statics = async (): Promise<string[]> =>
      (await entriesOf(host, 'pb')).filter((line) => line.endsWith('static'));
    await lives(hidden({ fdb: [mac] }), async () => {
      await settles(hidden({ fdb: [mac], tag: 10 }));
      t.true((await statics()).some((line) => line.includes(`${mac} vlan 10 `)));
      await settles(hidden({ fdb: [mac], tag: 20 }));
      t.true((await statics()).some((line) => line.includes(`${mac} vlan 20 `)));
      t.false((await statics()).some((line) => line.includes(`${mac} vlan 10 `)));
      await settles(hidden({ fdb: [mac] }));
      t.true((await statics()).some((line) => line.startsWith(`${mac} master`)));
      await settles(hidden({}));
      t.false((await statics()).some((line) => line.startsWith(`${mac} master`)));
    });
  },
);
