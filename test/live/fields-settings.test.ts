// Kernel settings are there before what they are about: those of `default` before links are made, a link's own before it is up.
import { liveTest } from '../support/live-test.js';
import { openSandbox, type Host } from '../support/sandbox.js';
import { Session } from '../support/session.js';

/** With this mode of addresses a link that comes up makes itself no link-local one (IN6_ADDR_GEN_MODE_NONE). */
const QUIET = { 'ipv6.addr_gen_mode': 1 };
const DEFAULTS = { 'net.ipv6.conf.default.addr_gen_mode': 1, 'net.ipv4.conf.default.rp_filter': 2 };

const linkLocal = async (host: Host, device: string): Promise<string[]> => {
  const [{ addr_info }] = (await host.ip('address', 'show', 'dev', device)) as [
    { addr_info: { local: string }[] },
  ];
  return addr_info.map(({ local }) => local).filter((local) => local.startsWith('fe80:'));
};

liveTest(
  'new links begin with the settings that the file gives new links',
  { needs: ['veth'] },
  async (t) => {
    const box = await openSandbox({ ovs: false });
    t.teardown(() => box.close());
    await new Session(box).apply({
      version: 1,
      name: 'order',
      sysctls: DEFAULTS,
      namespaces: { a: { sysctls: DEFAULTS } },
      bridges: { br0: { type: 'linux' } },
      veths: { v0: { bridge: 'br0', peer: { namespace: 'a', name: 'eth0' } } },
    });
    for (const [host, device] of [
      [box, 'br0'],
      [box, 'v0'],
      [box.netns('a'), 'eth0'],
    ] as const) {
      t.is((await host.sh(`cat /proc/sys/net/ipv4/conf/${device}/rp_filter`)).trim(), '2', device);
      t.deepEqual(await linkLocal(host, device), [], device);
    }
  },
);

liveTest('a link has its settings before it comes up', { needs: ['veth'] }, async (t) => {
  const box = await openSandbox({ ovs: false });
  t.teardown(() => box.close());
  await new Session(box).apply({
    version: 1,
    name: 'order',
    namespaces: { a: {} },
    veths: { v0: { sysctls: QUIET, peer: { namespace: 'a', name: 'eth0', sysctls: QUIET } } },
  });
  t.deepEqual(await linkLocal(box, 'v0'), []);
  t.deepEqual(await linkLocal(box.netns('a'), 'eth0'), []);
});
