// `interfaces` found by what they are like: the right link is adopted whatever it is called and put back, and what is unclear is refused.
import { liveTest } from '../support/live-test.js';
import { openSandbox } from '../support/sandbox.js';
import { changesSince, snapshot } from '../support/snapshot.js';

const PLUGGED = `
  ip link add p0 type veth peer name q0; ip link set p0 address 02:00:00:00:aa:01 up
  ip link add p1 type veth peer name q1; ip link set p1 address 02:00:00:00:aa:02 up
  ip link set q1 up
  ip link add br9 address 02:00:00:00:aa:02 type bridge`;

const topology = (match: string): string => `
version: 1
name: found
interfaces:
  wan:
    match: ${match}
    mtu: 1400
    addresses: [192.0.2.7/24]
    routes: [{to: 198.51.100.0/24, via: 192.0.2.1}]
`;

liveTest(
  'a link is found by its MAC address, and is as it was after destroy',
  { needs: ['veth', 'bridge'] },
  async (t) => {
    const box = await openSandbox({ ovs: false });
    t.teardown(() => box.close());
    await box.sh(PLUGGED);
    const before = await snapshot(box);
    const input = topology('{macaddress: "02:00:00:00:AA:02"}');
    await box.run(['tee', '/run/found.yaml'], { input });
    await box.netplan(['apply', '/run/found.yaml']);
    const [link] = await box.ip('address', 'show', 'p1');
    t.is(link.mtu, 1400);
    t.true(link.addr_info.some(({ local }: { local: string }) => local === '192.0.2.7'));
    t.is((await box.netplan(['plan', '--detailed-exitcode', '/run/found.yaml'])).exitCode, 0);
    await box.netplan(['destroy', '/run/found.yaml']);
    t.deepEqual(await changesSince(before, box), []);
  },
);

liveTest('none and several are refused, at the line that seeks them', { needs: ['veth'] }, async (t) => {
  const box = await openSandbox({ ovs: false });
  t.teardown(() => box.close());
  await box.sh(PLUGGED);
  for (const [match, words] of [
    [
      '{macaddress: "02:00:00:00:aa:99"}',
      /found\.yaml:6:12: error: no link of this host has `macaddress: 02:00:00:00:aa:99`/,
    ],
    [
      '{driver: ve?h}',
      /found\.yaml:6:12: error: several links of this host have `driver: ve\?h`: `\w+`, `\w+`/,
    ],
  ] as const) {
    await box.run(['tee', '/run/found.yaml'], { input: topology(match) });
    const { exitCode, stderr } = await box.netplan(['plan', '/run/found.yaml'], { allowFailure: true });
    t.is(exitCode, 1);
    t.regex(stderr, words);
  }
});

liveTest(
  'a link that is sought has a stand-in when the file is rehearsed',
  { needs: ['veth'] },
  async (t) => {
    const box = await openSandbox({ ovs: false });
    t.teardown(() => box.close());
    await box.run(['mkdir', '/run/lab']);
    await box.run(['tee', '/run/lab/found.yaml'], {
      input: topology('{permanent-macaddress: "02:00:00:00:aa:99"}'),
    });
    const { exitCode, stdout, stderr } = await box.netplan(['rehearse', '/run/lab/found.yaml'], {
      allowFailure: true,
    });
    t.is(exitCode, 0, stdout + stderr);
  },
);
