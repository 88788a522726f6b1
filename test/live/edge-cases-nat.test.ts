// NAT and VLANs of ports beside others who write there too: a firewall that flushes everything, a bridge that changes its mind.
import { liveTest } from '../support/live-test.js';
import { stage, TOPOLOGY } from '../support/stage.js';

const nat = {
  bridges: { br0: { type: 'linux', addresses: ['10.0.0.1/24', 'fd00::1/64'] } },
  nat: [
    { masquerade: { out: 'br0' } },
    { dnat: { protocol: 'tcp', port: 8080, to: '10.0.0.2:80' } },
    { dnat: { protocol: 'tcp', port: 8080, to: '[fd00::2]:80' } },
  ],
};

liveTest(
  'NAT rules stand once, for both families, however often they are applied',
  { needs: ['nat', 'bridge'] },
  async (t) => {
    const { host, apply, lives, settles } = await stage(
      t,
      'nft add table ip nat; nft add chain ip nat POSTROUTING "{ type nat hook postrouting priority 100; }"; nft add rule ip nat POSTROUTING masquerade',
    );
    await lives(nat, async () => {
      const before = await host.sh('nft list ruleset');
      await apply(nat);
      t.is(await host.sh('nft list ruleset'), before);
      t.regex(before, /dnat ip to 10\.0\.0\.2:80[^]*dnat ip6 to \[fd00::2\]:80/);
      await settles({ ...nat, nat: nat.nat.slice(0, 1) });
      t.notRegex(await host.sh('nft list ruleset'), /dnat/);
    });
  },
);

liveTest(
  'what a firewall flushed is made again, and what somebody edited is put right',
  { needs: ['nat', 'bridge'] },
  async (t) => {
    const { host, plans, settles, lives } = await stage(t);
    const table = `inet netplan-ovs-${TOPOLOGY}`;
    for (const theirs of [
      'nft flush ruleset',
      `nft delete table ${table}`,
      `nft flush chain ${table} postrouting`,
      `nft add rule ${table} postrouting drop`,
    ])
      await lives(nat, async () => {
        await host.sh(theirs);
        t.true(
          (await plans(nat)).some((line) => line.includes('host/nat')),
          theirs,
        );
        await settles(nat);
      });
  },
);

liveTest(
  'a bridge that begins and ends to keep VLANs apart leaves its ports as they are said',
  { needs: ['veth', 'vlan-filtering'], timeout: 120 },
  async (t) => {
    const { host, lives, settles } = await stage(t);
    const at = (bridge: object, first: object, second: object) => ({
      bridges: { br: { type: 'linux', ...bridge } },
      veths: {
        v0: { bridge: 'br', ...first, peer: { name: 'w0' } },
        v1: { bridge: 'br', ...second, peer: { name: 'w1' } },
      },
    });
    await lives(at({}, {}, {}), async () => {
      await settles(at({ 'vlan-filtering': true }, {}, {}));
      await settles(at({}, { tag: 10 }, { trunks: [10, '20-30'], 'native-tag': 1 }));
      await settles(at({}, { tag: 11 }, {}));
      await settles(at({}, {}, {}));
      await settles(at({}, { tag: 10 }, { tag: 10 }));
      const vlans = await host.sh('bridge vlan show dev v0');
      t.regex(vlans, /10 PVID Egress Untagged/);
      t.notRegex(vlans, /\b1 PVID/);
    });
  },
);
