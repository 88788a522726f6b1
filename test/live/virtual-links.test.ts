// Links of drivers that have their own mind (macvlan, ipvlan, tun) by traffic, beside foreign ones, and half made.
import { nameInTheMaking } from '../../src/marks.js';
import { liveTest } from '../support/live-test.js';
import { patience } from '../support/process.js';
import { changesSince, snapshot } from '../support/snapshot.js';
import { NIC, stage, TOPOLOGY } from '../support/stage.js';

const onNic = (words: object) => ({ interfaces: { up0: {} }, ...words });
const PING = `ping -c 1 -W ${2 * patience}`;

liveTest(
  'a macvlan by source hears those that it is told to, and no others',
  { needs: ['macvlan'] },
  async (t) => {
    const { host, lives, settles } = await stage(
      t,
      `ip netns add away; ip link add up0 type veth peer name far netns away; ip link set up0 up
     ip -n away link set far address 02:00:00:00:00:77 up; ip -n away addr add 10.0.0.2/24 dev far`,
    );
    // The NIC itself would answer for any address of the host.
    const above = (words: object) => ({
      interfaces: { up0: { sysctls: { 'ipv4.arp_ignore': 1 } } },
      macvlans: { m: { link: 'up0', addresses: ['10.0.0.1/24'], ...words } },
    });
    const chosen = (...sources: string[]) => above({ mode: 'source', sources });
    const away = host.netns('away');
    await lives(chosen('02:00:00:00:00:77'), async () => {
      await away.sh(`${PING} 10.0.0.1`);
      await settles(chosen('02:00:00:00:00:78'));
      await t.throwsAsync(away.sh(`ip neigh flush dev far; ${PING} 10.0.0.1`));
      await settles(above({ mode: 'bridge' }));
      // Whoever found no answer asks no more for a while.
      await away.sh(`ip neigh flush dev far; ping -c 3 -W ${2 * patience} 10.0.0.1`);
    });
  },
);

liveTest(
  'what stands upon a link goes before another comes that cannot stand beside it',
  { needs: ['macvlan', 'macvtap'] },
  async (t) => {
    const { lives, settles } = await stage(t, NIC);
    const alone = onNic({ macvlans: { z: { link: 'up0', mode: 'passthru' } } });
    const several = onNic({
      macvlans: { a: { link: 'up0', mode: 'bridge' }, b: { link: 'up0', mode: 'vepa' } },
      macvtaps: { c: { link: 'up0', mode: 'private' } },
    });
    const other = onNic({ macvtaps: { a: { link: 'up0', mode: 'passthru' } } });
    await lives(alone, async () => {
      await settles(several);
      await settles(other);
      await settles(several);
      await settles(alone);
    });
  },
);

liveTest('macvlans and ipvlans take turns upon a link', { needs: ['macvlan', 'ipvlan'] }, async (t) => {
  const { lives, settles } = await stage(t, NIC);
  const macvlans = onNic({ macvlans: { b: { link: 'up0', mode: 'bridge' } } });
  const ipvlans = onNic({ ipvlans: { a: { link: 'up0', mode: 'l2' }, c: { link: 'up0', mode: 'l2' } } });
  await lives(macvlans, async () => {
    await settles(ipvlans);
    await settles(onNic({ ipvlans: { a: { link: 'up0', mode: 'l3s' }, c: { link: 'up0', mode: 'l3s' } } }));
    await settles(macvlans);
  });
});

liveTest('a foreign macvlan beside one of ours is left alone', { needs: ['macvlan'] }, async (t) => {
  const { host, lives, refuses } = await stage(
    t,
    `${NIC}; ip link add link up0 name theirs type macvlan mode vepa`,
  );
  const ours = (mode: string) => onNic({ macvlans: { m: { link: 'up0', mode } } });
  await lives(ours('bridge'));
  await refuses(ours('passthru'), /cannot stand on `up0` beside `theirs`, which netplan-ovs did not make/);
  await refuses(
    onNic({ ipvlans: { m: { link: 'up0', mode: 'l2' } } }),
    /cannot stand on `up0` beside `theirs`/,
  );
  await host.sh('ip link del theirs; ip link add link up0 name theirs type macvlan mode passthru');
  await refuses(ours('bridge'), /cannot stand on `up0` beside `theirs`/);
});

liveTest('a foreign ipvlan keeps the mode that it has', { needs: ['ipvlan'] }, async (t) => {
  const { lives, refuses } = await stage(
    t,
    `${NIC}; ip link add link up0 name theirs type ipvlan mode l3 private`,
  );
  const ours = (words: object) => onNic({ ipvlans: { m: { link: 'up0', ...words } } });
  await lives(ours({ mode: 'l3', flags: 'private' }));
  await refuses(ours({ mode: 'l2', flags: 'private' }), /cannot stand on `up0` beside `theirs`/);
  await refuses(ours({ mode: 'l3' }), /cannot stand on `up0` beside `theirs`/);
});

liveTest('an ipvlan has the MTU of its link, and follows it', { needs: ['ipvlan'] }, async (t) => {
  const { lives, settles } = await stage(t);
  const topology = (mtu: number) => ({
    veths: { v: { mtu, peer: { name: 'w' } } },
    ipvlans: { i: { link: 'v', mode: 'l2', addresses: ['10.0.0.1/24'] } },
  });
  await lives(topology(1400), async () => {
    await settles(topology(9000));
    await settles(topology(1300));
  });
});

liveTest('a macvlan’s MTU goes up after its link’s and down before it', { needs: ['macvlan'] }, async (t) => {
  const { lives, settles } = await stage(t);
  const topology = (below: number, above?: number) => ({
    veths: { v: { mtu: below, peer: { name: 'w' } } },
    macvlans: { m: { link: 'v', mode: 'bridge', ...(above === undefined ? {} : { mtu: above }) } },
  });
  await lives(topology(1400), async () => {
    await settles(topology(9000));
    await settles(topology(9000, 1280));
    await settles(topology(1300, 1300));
    await settles(topology(9000, 9000));
    await settles(topology(1400));
  });
});

liveTest('a macvlan is made anew with the link that it stands on', { needs: ['macvlan'] }, async (t) => {
  const { lives, settles } = await stage(t);
  const topology = (name: string) => ({
    namespaces: { ns: {} },
    veths: { v: { peer: { namespace: 'ns', name } } },
    macvlans: { m: { link: 'v', mode: 'bridge', addresses: ['10.0.0.1/24'] } },
  });
  await lives(topology('e0'), () => settles(topology('e1')));
});

liveTest('a tap that a killed run left half made is ours, and goes', { needs: ['tap'] }, async (t) => {
  const { host, settles, destroys } = await stage(t);
  const half = (device: string, words = '') =>
    `ip tuntap add dev ${nameInTheMaking(TOPOLOGY, device)} mode tap ${words}`;
  const topology = {
    namespaces: { ns: { taps: { t0: { mode: 'tap' } } } },
    taps: { t0: { mode: 'tap' }, t1: { mode: 'tun', user: 'root', 'multi-queue': true } },
  };
  const before = await snapshot(host);
  await host.sh(half('t0'));
  await settles(topology);
  await host.sh(half('t1', 'multi_queue'));
  await settles(topology);
  await host.sh(half('t2'));
  await host.netns('ns').sh(half('t2'));
  await destroys();
  t.deepEqual(await changesSince(before, host), []);
});

liveTest('a tap that comes as all others go is not taken for one of them', { needs: ['tap'] }, async (t) => {
  const { lives, settles } = await stage(t);
  const taps = (...names: string[]) => ({
    taps: Object.fromEntries(names.map((name) => [name, { mode: 'tap' }])),
  });
  await lives(taps('a', 'b', 'c'), async () => {
    await settles(taps('d', 'e'));
    await settles(taps('a', 'e'));
  });
});

/** Answers every ping through the tun that its argument names: addresses swapped, type 8 made 0, the checksum mended. */
const ANSWERER = String.raw`
  open my $tun, "+<", "/dev/net/tun" or die;
  ioctl $tun, 0x400454ca, pack("a16 s x22", $ARGV[0], 0x1001) or die "TUNSETIFF: $!";
  while (sysread $tun, my $packet, 65536) {
    next unless (ord $packet) >> 4 == 4 && ord(substr $packet, 20) == 8;
    substr($packet, 12, 8) = substr($packet, 16, 4) . substr($packet, 12, 4);
    my $sum = unpack("n", substr $packet, 22, 2) + 0x800;
    substr($packet, 22, 2) = pack "n", ($sum & 0xffff) + ($sum >> 16);
    substr($packet, 20, 1) = "\0";
    syswrite $tun, $packet;
  }`;

liveTest('a program that opens a tun carries its packets, and is no drift', { needs: ['tap'] }, async (t) => {
  const { host, lives, plans } = await stage(t);
  const topology = { taps: { vpn: { mode: 'tun', user: 'root', addresses: ['10.0.0.1/24'] } } };
  await lives(topology, async () => {
    await t.throwsAsync(host.sh(`ping -c 1 -W 1 10.0.0.2`));
    const program = host.start(['perl', '-e', ANSWERER, 'vpn']);
    await host.sh('until ip link show vpn | grep -q LOWER_UP; do sleep 0.1; done');
    await host.sh(`${PING} 10.0.0.2`);
    t.deepEqual(await plans(topology), []);
    process.kill(-program.pid!, 'SIGKILL');
  });
});

liveTest('a tap of somebody else is not taken over', { needs: ['tap'] }, async (t) => {
  const { refuses, lives } = await stage(t, 'ip tuntap add dev t0 mode tap; ip tuntap add dev np0 mode tun');
  await refuses({ taps: { t0: { mode: 'tap' } } }, /tap:t0 is there already and was not made by netplan-ovs/);
  await lives({ taps: { t1: { mode: 'tap' } }, interfaces: { t0: { mtu: 1400 } } });
});
