// The throw-away host whose Open vSwitch uses the kernel's datapath: frames pass through the module, not through ovs-vswitchd.
import { liveTest } from '../support/live-test.js';
import { openSandbox } from '../support/sandbox.js';

liveTest('two namespaces meet over a bridge in the kernel', { needs: ['openvswitch'] }, async (t) => {
  const box = await openSandbox({ datapath: 'system' });
  t.teardown(() => box.close());
  await box.ovs('add-br', 'br0', '--', 'set', 'Bridge', 'br0', 'datapath_type=system');
  for (const n of [1, 2]) {
    await box.sh(`
      ip netns add ns${n}; ip link add v${n} type veth peer name eth0 netns ns${n}; ip link set v${n} up
      ip -n ns${n} addr add 192.0.2.${n}/24 dev eth0; ip -n ns${n} link set eth0 up`);
    await box.ovs('add-port', 'br0', `v${n}`);
  }
  await t.notThrowsAsync(box.netns('ns1').run(['ping', '-c', '1', '-W', '5', '192.0.2.2']));
  t.regex(await box.sh('ovs-appctl dpctl/dump-dps'), /^system@ovs-system$/m);
  t.is((await box.ip('link', 'show', 'v1'))[0].master, 'ovs-system');
});
