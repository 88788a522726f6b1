// What goes by itself between the look and the command: somebody else removed it, or the kernel took it with a namespace that was deleted.
import { Cli } from '../support/cli.js';
import { liveTest } from '../support/live-test.js';

const topology = (veths: readonly string[]): string =>
  JSON.stringify({
    version: 1,
    name: 'lab',
    namespaces: { ns: {} },
    bridges: { br0: { type: 'linux', addresses: ['10.0.0.1/24'] } },
    veths: Object.fromEntries(
      veths.map((name) => [
        name,
        { peer: { namespace: 'ns', name: `${name}-in` }, addresses: ['10.1.0.1/24'] },
      ]),
    ),
  });

liveTest(
  'what is to be removed, and has gone by then, is no failure',
  { needs: ['veth', 'bridge'], timeout: 120 },
  async (t) => {
    const cli = await Cli.open(t);
    await cli.write('/run/both.yaml', topology(['v', 'w']).replace('10.1.0.1', '10.2.0.1'));
    await cli.write('/run/none.yaml', topology([]));
    for (const gone of ['v', 'w']) {
      await cli.exits(0, ['apply', 'both.yaml']);
      const env = await cli.withIp(`[ "$calls" != 1 ] || ip link del ${gone}`);
      await cli.exits(0, ['apply', 'none.yaml'], { env });
      t.deepEqual((await cli.links()).sort(), ['br0', 'lo']);
      await cli.exits(0, ['plan', 'none.yaml', '--detailed-exitcode']);
    }
  },
);
