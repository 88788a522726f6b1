// What this kernel, its tools and its Open vSwitch lack: said before the first write, at its line, with the package that has it.
import { release } from 'node:os';
import { kernelHas, type Feature } from '../support/features.js';
import { liveTest } from '../support/live-test.js';
import type { Document } from '../support/session.js';
import { stage } from '../support/stage.js';

/** Entries of which this kernel may lack what they need; `word` is the one that asks for it. */
const THINGS: Readonly<
  Record<
    string,
    {
      readonly feature: Feature;
      readonly needs: string;
      readonly option: string;
      readonly topology: Document;
    }
  >
> = {
  'vlan:v': {
    feature: '8021q',
    needs: 'the kernel module 8021q',
    option: 'VLAN_8021Q',
    topology: { veths: { a: { peer: { name: 'b' } } }, vlans: { v: { link: 'a', id: 5 } } },
  },
  'tunnel:t': {
    feature: 'geneve',
    needs: 'the kernel module geneve',
    option: 'GENEVE',
    topology: { tunnels: { t: { mode: 'geneve', id: 5, remote: '192.0.2.1' } } },
  },
  'tunnel:g': {
    feature: 'gretap',
    needs: 'the kernel module ip_gre',
    option: 'NET_IPGRE',
    topology: { tunnels: { g: { mode: 'gretap', remote: '192.0.2.1' } } },
  },
  'linux-bridge:br0': {
    feature: 'vlan-filtering',
    needs: 'VLAN filtering in the kernel’s bridge',
    option: 'BRIDGE_VLAN_FILTERING',
    topology: { bridges: { br0: { type: 'linux', 'vlan-filtering': true } } },
  },
};

const exactly = (...parts: readonly string[]): RegExp =>
  new RegExp(parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('[^]*'));

/** As in a container: the kernel's files are not to be seen. */
const HIDDEN = `
  [ ! -e /proc/config.gz ] || mount -n --bind /dev/null /proc/config.gz
  [ ! -d /boot ] || mount -n -t tmpfs hidden /boot
  [ ! -d /lib/modules ] || mount -n -t tmpfs hidden /lib/modules`;

for (const [name, { feature, needs, option, topology }] of Object.entries(THINGS)) {
  liveTest(
    `${name} without ${needs} is refused, and made where the kernel has it`,
    { needs: ['veth', 'bridge'], timeout: 60 },
    async (t) => {
      for (const [script, because] of [
        ['', `this kernel (${release()}) is built without CONFIG_${option}`],
        [HIDDEN, `this kernel (${release()}) knows nothing of it, and no module could be loaded`],
      ] as const) {
        const { lives, refuses } = await stage(t, script);
        if (kernelHas(feature)) await lives(topology);
        else
          await refuses(
            topology,
            exactly(
              `error: ${name} needs ${needs}, which is not available: ${because}\n`,
              'hint: Debian’s linux-image-amd64 has it\n',
            ),
          );
      }
    },
  );
}

liveTest(
  'what is lacking is said at its word, once for all, in plans too, and only when it is to be made',
  { needs: ['veth'], timeout: 60 },
  async (t) => {
    const text = [
      'version: 1',
      'name: edge',
      'tunnels:',
      '  t:',
      '    mode: geneve',
      '    id: 5',
      '    remote: 192.0.2.1',
      '  u: {mode: geneve, id: 6, remote: 192.0.2.1}',
      '',
    ].join('\n');
    const { session, lives } = await stage(t);
    const options = { format: 'text', 'no-checks': true } as const;
    const run = (command: string, format: 'text' | 'json' = 'text') =>
      session.run({
        command,
        argument: '/run/topology.yaml',
        text,
        options: command === 'apply' ? options : { format },
      });
    if (kernelHas('geneve')) {
      t.is((await run('plan')).exitCode, 0);
      return;
    }
    for (const command of ['plan', 'apply']) {
      const { exitCode, stderr } = await run(command);
      t.is(exitCode, 1);
      t.is(
        stderr.split('\n')[0],
        `/run/topology.yaml:5:5: error: tunnel:t and 1 other thing need the kernel module geneve, which is not available: this kernel (${release()}) is built without CONFIG_GENEVE`,
      );
    }
    const { stdout } = await run('plan', 'json');
    const { obstacles, steps } = JSON.parse(stdout) as {
      obstacles: { reason: string; source: { line: number } }[];
      steps: object[];
    };
    t.deepEqual(
      obstacles.map(({ reason, source }) => [reason, source.line]),
      [
        ['unsupported', 5],
        ['unsupported', 8],
      ],
    );
    t.deepEqual(steps, []);
    await lives({ veths: { a: { peer: { name: 'b' } } } });
  },
);

liveTest(
  'without nft, NAT is refused at its line; what is there already is not taken for gone',
  { needs: ['veth', 'nat'], timeout: 60 },
  async (t) => {
    const { host, session, settles, refuses } = await stage(t);
    const without = 'mount -n --bind /dev/null "$(command -v nft)"';
    const plain = { veths: { a: { peer: { name: 'b' } } } };
    const topology = { ...plain, nat: [{ masquerade: { out: 'a' } }] };
    await settles(topology);
    await host.sh(without);
    for (const wanted of [topology, plain]) {
      const { exitCode, stderr } = await session.run({
        command: 'apply',
        argument: '/run/topology.yaml',
        text: JSON.stringify({ version: 1, name: 'edge', ...wanted }),
        options: { format: 'text', 'no-checks': true },
      });
      t.is(exitCode, 1);
      t.regex(stderr, /nft/);
    }
    await refuses(
      topology,
      exactly(
        '/run/topology.yaml:',
        ': error: nat:host needs the program `nft`, which is not installed\n',
        'hint: Debian’s package nftables has it\n',
      ),
    );
  },
);

liveTest(
  'an Open vSwitch without the kernel’s datapath, or without a type of tunnel, is refused what it does not have',
  { needs: ['ovs'], timeout: 60 },
  async (t) => {
    const { refuses, lives, host } = await stage(t, '', {});
    await refuses(
      { bridges: { br0: { type: 'ovs', datapath: 'system' } } },
      exactly(
        'error: ovs-bridge:br0 needs the datapath `system`, which this Open vSwitch does not have\n',
        'hint: it has `netdev`: was ovs-vswitchd started with --disable-system?\n',
      ),
    );
    const tunnel = {
      bridges: { br0: { type: 'ovs' } },
      tunnels: { t: { mode: 'geneve', id: 1, remote: '192.0.2.1', bridge: 'br0' } },
    };
    await lives(tunnel);
    // As an older or another build would say; ovs-vswitchd says it anew only when it begins.
    await host.sh(
      'ovs-vsctl --no-wait remove Open_vSwitch . iface_types geneve -- list Open_vSwitch >/dev/null',
    );
    await refuses(
      tunnel,
      /error: ovs-tunnel:t needs interfaces of type `geneve`, which this Open vSwitch does not know\n[^]*hint: it knows .*`gre`/,
    );
  },
);
