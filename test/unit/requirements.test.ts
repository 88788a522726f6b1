// The files of a kernel in, whether it has a part out: stock kernels, those with all built in, containers.
import test, { type ExecutionContext } from 'ava';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { kernelOf, type Kernel } from '../../src/requirements/kernel.js';

const RELEASE = '6.1.0-1-amd64';

/** A kernel of which there are these files. */
async function kernelWith(
  t: ExecutionContext,
  files: Readonly<Record<string, string | Buffer>>,
): Promise<Kernel> {
  const root = await mkdtemp(path.join(tmpdir(), 'netplan-ovs-kernel-'));
  t.teardown(() => rm(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name.replace('RELEASE', RELEASE));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return kernelOf(root, RELEASE);
}

const DEP = 'lib/modules/RELEASE/modules.dep';

test('a stock kernel: what is loaded, loadable or built in is there, and nothing else', async (t) => {
  const kernel = await kernelWith(t, {
    'sys/module/bonding/refcnt': '0',
    [DEP]: `kernel/net/8021q/8021q.ko: kernel/net/802/mrp.ko kernel/drivers/net/geneve.ko.xz
kernel/drivers/net/ipvlan/ipvlan.ko.zst:
kernel/net/openvswitch/vport-vxlan.ko: kernel/net/openvswitch/openvswitch.ko
updates/dkms/sch-htb.ko:
`,
    'lib/modules/RELEASE/modules.builtin': 'kernel/drivers/net/tun.ko\n',
    'boot/config-RELEASE': 'CONFIG_DUMMY=m\nCONFIG_BRIDGE_VLAN_FILTERING=y\n# CONFIG_IFB is not set\n',
  });
  for (const part of ['bond', 'vlan', 'ipvlan', 'htb', 'tun', 'bridge-vlan-filtering'] as const)
    t.is(await kernel.has(part), 'there', part);
  // Named after others (as what they need, or as a part of their names), and yet not there themselves.
  for (const part of ['geneve', 'vxlan', 'openvswitch', 'dummy'] as const)
    t.is(await kernel.has(part), part === 'dummy' ? 'no-module' : 'left-out', part);
  t.is(await kernel.has('ifb'), 'left-out');
});

test('a kernel with everything built in and without modules says what it has', async (t) => {
  const kernel = await kernelWith(t, {
    'proc/config.gz': gzipSync(
      '# CONFIG_MODULES is not set\nCONFIG_VLAN_8021Q=y\nCONFIG_VLAN_8021Q_GVRP=y\nCONFIG_VXLAN=m\n# CONFIG_GENEVE is not set\n',
    ),
  });
  t.is(await kernel.has('vlan'), 'there');
  t.is(await kernel.has('geneve'), 'left-out');
  t.is(await kernel.has('dummy'), 'left-out');
  t.is(await kernel.has('vxlan'), 'unknown');
  t.is(await kernel.has('bridge-vlan-filtering'), 'left-out');
});

test('in a container, nothing is known of what is not loaded', async (t) => {
  const kernel = await kernelWith(t, {
    'sys/module/8021q/refcnt': '0',
    'lib/modules/4.19.0/modules.dep': '',
  });
  t.is(await kernel.has('vlan'), 'there');
  t.is(await kernel.has('geneve'), 'unknown');
  t.is(await kernel.has('bridge-vlan-filtering'), 'unknown');
});

test('a list of modules alone will do, and an unreadable configuration is none', async (t) => {
  const kernel = await kernelWith(t, { [DEP]: '', 'proc/config.gz': 'no gzip' });
  t.is(await kernel.has('vlan'), 'no-module');
  t.is(await kernel.has('bridge-vlan-filtering'), 'unknown');
});
