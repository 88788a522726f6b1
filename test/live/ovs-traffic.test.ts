// What mirrors, policing and queues of Open vSwitch do to frames: shown by counting them, whatever the speed of the machine.
import type { ExecutionContext } from 'ava';
import { liveTest } from '../support/live-test.js';
import type { Host } from '../support/sandbox.js';
import { stage } from '../support/stage.js';

const pair = (name: string, ip: string, words: object = {}) => ({
  bridge: 'br0',
  ...words,
  peer: { namespace: name, name: 'eth0', addresses: [`${ip}/24`] },
});

/** What a namespace has received on its `eth0`. */
async function received(host: Host): Promise<{ packets: number; bytes: number }> {
  const [link] = (await host.ip('-s', 'link', 'show', 'eth0')) as {
    stats64: { rx: { packets: number; bytes: number } };
  }[];
  return link!.stats64.rx;
}

/** How many of so many large pings, fifty a second, are answered in ten seconds. */
async function answered(host: Host, count: number): Promise<number> {
  const ping = ['ping', '-q', '-c', String(count), '-i', '0.02', '-s', '1400', '-w', '10', '10.0.0.2'];
  const { stdout } = await host.run(ping, { allowFailure: true });
  return Number(/(\d+) received/.exec(stdout)?.[1] ?? NaN);
}

liveTest(
  'a mirror copies what two say to each other to a third',
  { needs: ['ovs', 'veth'], timeout: 120 },
  async (t) => {
    const { host, settles } = await stage(t, '', {});
    const topology = (mirrors: object) => ({
      namespaces: { a: {}, b: {}, c: {} },
      bridges: { br0: { type: 'ovs', mirrors } },
      veths: { va: pair('a', '10.0.0.1'), vb: pair('b', '10.0.0.2'), vc: pair('c', '10.0.0.3') },
    });
    /** How many copies of each answered ping come to the third; as often as it takes until it is one of these numbers. */
    const becomes = async (isRight: (each: number) => boolean): Promise<void> => {
      // What flows already is not copied before it pauses for a while (Open vSwitch 3.1); this is the pause.
      await host.sh('ovs-appctl revalidator/purge');
      for (;;) {
        const before = (await received(host.netns('c'))).packets;
        const pings = await answered(host.netns('a'), 20);
        const copies = (await received(host.netns('c'))).packets - before;
        if (pings > 10 && isRight(copies / pings)) return;
        t.log(`${copies} frames of ${pings} pings`);
      }
    };
    const none = (each: number): boolean => each < 0.5;
    await settles(topology({}));
    await becomes(none);
    await settles(topology({ m: { 'select-src-port': ['va'], 'output-port': 'vc' } }));
    await becomes((each) => each >= 1 && each < 1.5);
    await settles(topology({ m: { 'select-all': true, 'output-port': 'vc' } }));
    await becomes((each) => each >= 2 && each < 3);
    await settles(topology({}));
    await becomes(none);
    t.pass();
  },
);

/** In the kernel’s datapath, as the userspace one takes frames from a device before the kernel could drop them. */
async function kernelStage(t: ExecutionContext) {
  const { host, settles } = await stage(t, '', { datapath: 'system' });
  const topology = (a: object, b: object = {}) => ({
    namespaces: { a: {}, b: {} },
    bridges: { br0: { type: 'ovs' } },
    veths: { va: pair('a', '10.0.0.1', a), vb: pair('b', '10.0.0.2', b) },
  });
  return { host, settles, topology };
}

liveTest(
  'policing limits what comes in by a port',
  { needs: ['openvswitch', 'policing'], timeout: 180 },
  async (t) => {
    const { host, settles, topology } = await kernelStage(t);
    await settles(topology({}));
    const all = await answered(host.netns('a'), 300);
    t.true(all > 50, String(all));
    // 1 kB a second, and 10 kB at once: seven of the pings.
    await settles(topology({ 'ingress-policing': { rate: 8, burst: 80 } }));
    const few = await answered(host.netns('a'), 300);
    t.true(few > 0 && few < all / 2, `${few} of ${all}`);
    await settles(topology({}));
    t.true((await answered(host.netns('a'), 300)) > all / 2);
  },
);

liveTest(
  'a port sends no more than its queues may',
  { needs: ['openvswitch', 'htb'], timeout: 180 },
  async (t) => {
    const { host, settles, topology } = await kernelStage(t);
    const arrive = async (): Promise<number> => {
      const before = (await received(host.netns('b'))).bytes;
      await answered(host.netns('a'), 300);
      return (await received(host.netns('b'))).bytes - before;
    };
    await settles(topology({}));
    const all = await arrive();
    t.true(all > 50 * 1400, String(all));
    await settles(topology({}, { qos: { type: 'linux-htb', 'max-rate': 12000 } }));
    const some = await arrive();
    t.true(some < all / 3, `${some} of ${all}`);
    await settles(topology({}));
    t.deepEqual(await host.ovs('--columns=_uuid', 'list', 'QoS'), []);
    t.true((await arrive()) > all / 2);
  },
);
