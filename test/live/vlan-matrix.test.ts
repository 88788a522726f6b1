// Who reaches whom over VLANs: ports of every sort on one bridge, real pings between all of them, the same with either type of bridge.
import type { ExecutionContext } from 'ava';
import { liveTest } from '../support/live-test.js';
import { patience } from '../support/process.js';
import type { Host } from '../support/sandbox.js';
import { stage, type Stage } from '../support/stage.js';

/** An end: what its port says, the tag that it sends itself, and the VLAN in which it can hold a conversation (null: in none). */
interface End {
  readonly port: Readonly<Record<string, unknown>>;
  readonly sends?: number;
  /** 0: that of frames without a tag. */
  readonly vlan: number | null;
}

const TRUNK = { trunks: ['10-11', 20] };
const NATIVE = { 'native-tag': 20, trunks: [10] };

const ENDS: Readonly<Record<string, End>> = {
  red1: { port: { tag: 10 }, vlan: 10 },
  red2: { port: { tag: 10, 'vlan-mode': 'access' }, vlan: 10 },
  blue: { port: { tag: 20 }, vlan: 20 },
  green: { port: { tag: 30 }, vlan: 30 },
  // An access port takes no frames that bear a tag of another VLAN.
  'red-20': { port: { tag: 10 }, sends: 20, vlan: null },
  trunk10: { port: TRUNK, sends: 10, vlan: 10 },
  trunk20: { port: TRUNK, sends: 20, vlan: 20 },
  trunk30: { port: TRUNK, sends: 30, vlan: null },
  trunk: { port: TRUNK, vlan: null },
  native: { port: NATIVE, vlan: 20 },
  native10: { port: NATIVE, sends: 10, vlan: 10 },
  native30: { port: NATIVE, sends: 30, vlan: null },
  // What it sends without a tag is of VLAN 10, but what it gets of that has one.
  tagged: { port: { 'native-tag': 10, 'vlan-mode': 'native-tagged' }, vlan: null },
  tagged10: { port: { 'native-tag': 10, 'vlan-mode': 'native-tagged' }, sends: 10, vlan: 10 },
  all: { port: {}, vlan: 0 },
  all20: { port: {}, sends: 20, vlan: 20 },
};

/** The host takes part through the bridge itself, without a tag, and in VLAN 10; its address is in another network for each. */
const NETS = { untagged: '10.0.0', vlan: '10.0.1' };
const HOST_VLAN = 10;
const HOST_NUMBER = 250;

const names = Object.keys(ENDS);
const numberOf = (name: string): number => names.indexOf(name) + 1;
const addressesOf = (number: number): string[] => Object.values(NETS).map((net) => `${net}.${number}/24`);

function topology(type: 'linux' | 'ovs') {
  const ends = Object.entries(ENDS);
  return {
    bridges: {
      br0: { type, addresses: [`${NETS.untagged}.${HOST_NUMBER}/24`], sysctls: { 'ipv4.arp_ignore': 1 } },
    },
    vlans: {
      h10: {
        link: 'br0',
        id: HOST_VLAN,
        addresses: [`${NETS.vlan}.${HOST_NUMBER}/24`],
        sysctls: { 'ipv4.arp_ignore': 1 },
      },
    },
    namespaces: Object.fromEntries(
      ends.map(([name, { sends }]) => [
        name,
        sends === undefined
          ? {}
          : { vlans: { v: { link: 'eth0', id: sends, addresses: addressesOf(numberOf(name)) } } },
      ]),
    ),
    veths: Object.fromEntries(
      ends.map(([name, { port, sends }]) => [
        `p-${name}`,
        {
          bridge: 'br0',
          ...port,
          peer: {
            namespace: name,
            name: 'eth0',
            ...(sends === undefined ? { addresses: addressesOf(numberOf(name)) } : {}),
          },
        },
      ]),
    ),
  };
}

/** The numbers of a network's hosts that answer, of those that are asked all at once. */
const PING_ALL = String.raw`
net=$1; wait=$2; shift 2
for number; do
  { ! ping -q -c 1 -w "$wait" "$net.$number" >/dev/null 2>&1 || echo "$number"; } &
done
wait
`;

/** How long an answer may take, in seconds. */
const PATIENCE = 3 + patience;

async function answering(host: Host, net: string, numbers: readonly number[]): Promise<Set<number>> {
  const words = [net, String(PATIENCE), ...numbers.map(String)];
  const { stdout } = await host.run(['sh', '-c', PING_ALL, 'sh', ...words]);
  return new Set(stdout.split('\n').filter(Boolean).map(Number));
}

/** `FROM → TO` for each that is reached, all asked at once. The two ends of the host are `host` and `host10`. */
async function reached({ host }: Stage): Promise<string[]> {
  const ofEnds = names.map(async (from) => {
    const netns = host.netns(from);
    const others = names.filter((name) => name !== from);
    const [found, untagged] = await Promise.all([
      answering(netns, NETS.vlan, [...others.map(numberOf), HOST_NUMBER]),
      answering(netns, NETS.untagged, [HOST_NUMBER]),
    ]);
    const hosts = [...(untagged.size > 0 ? ['host'] : []), ...(found.has(HOST_NUMBER) ? ['host10'] : [])];
    return [...others.filter((name) => found.has(numberOf(name))), ...hosts].map((to) => `${from} → ${to}`);
  });
  const ofHost = Object.entries({ host: NETS.untagged, host10: NETS.vlan }).map(async ([from, net]) => {
    const found = await answering(host, net, names.map(numberOf));
    return names.filter((name) => found.has(numberOf(name))).map((to) => `${from} → ${to}`);
  });
  return (await Promise.all([...ofEnds, ...ofHost])).flat();
}

/** What the words mean: ends reach each other when they are in one VLAN. */
function expected(): string[] {
  const all: Readonly<Record<string, number | null>> = {
    ...Object.fromEntries(Object.entries(ENDS).map(([name, { vlan }]) => [name, vlan])),
    host: 0,
    host10: HOST_VLAN,
  };
  const isHost = (name: string): boolean => name.startsWith('host');
  return Object.entries(all).flatMap(([from, vlan]) =>
    Object.entries(all)
      .filter(
        ([to, other]) => to !== from && vlan !== null && other === vlan && !(isHost(from) && isHost(to)),
      )
      .map(([to]) => `${from} → ${to}`),
  );
}

/** Asks again, a busy machine having lost what all asked at once, until all is reached that should be; what should not never is. */
async function matrix(t: ExecutionContext, on: Stage): Promise<string[]> {
  const seen = new Set<string>();
  for (let round = 0; round < 10; round += 1) {
    for (const pair of await reached(on)) seen.add(pair);
    t.pass(); // the test is alive
    if (expected().every((pair) => seen.has(pair))) break;
  }
  return [...seen].sort();
}

liveTest(
  'a Linux bridge and one of Open vSwitch with the same tags let the same ends reach each other',
  { needs: ['ovs', 'vlan-filtering', '8021q'], timeout: 300 },
  async (t) => {
    const host = await stage(t, '', {});
    for (const type of ['linux', 'ovs'] as const) {
      await host.settles(topology(type));
      t.deepEqual(await matrix(t, host), expected().sort(), type);
    }
    await host.destroys();
  },
);

/** Customers with a VLAN 10 of their own on a provider's bridge, and one who speaks the provider's tags. */
const provider = {
  bridges: { br0: { type: 'linux', 'vlan-protocol': '802.1ad' } },
  namespaces: {
    ...Object.fromEntries(
      ['red1', 'red2', 'blue'].map((name, i) => [
        name,
        { vlans: { v10: { link: 'eth0', id: 10, addresses: [`10.0.1.${i + 1}/24`] } } },
      ]),
    ),
    carrier: {
      vlans: {
        s100: { link: 'eth0', id: 100, protocol: '802.1ad' },
        c10: { link: 's100', id: 10, addresses: ['10.0.1.4/24'] },
      },
    },
  },
  veths: {
    ...Object.fromEntries(
      Object.entries({ red1: 100, red2: 100, blue: 200 }).map(([namespace, tag], i) => [
        `p-${namespace}`,
        { bridge: 'br0', tag, peer: { namespace, name: 'eth0', addresses: [`10.0.0.${i + 1}/24`] } },
      ]),
    ),
    'p-carrier': { bridge: 'br0', trunks: [100], peer: { namespace: 'carrier', name: 'eth0' } },
  },
};

liveTest(
  'a provider’s bridge wraps what its customers send, tags and all, and keeps customers apart',
  { needs: ['vlan-filtering', '8021q', '8021ad'], timeout: 120 },
  async (t) => {
    const { host, lives } = await stage(t);
    const seenBy = async (name: string, net: string): Promise<number[]> =>
      [...(await answering(host.netns(name), net, [1, 2, 3, 4]))].sort();
    await lives(provider, async () => {
      const seen = await Promise.all([
        seenBy('red1', '10.0.0'),
        seenBy('red1', '10.0.1'),
        seenBy('carrier', '10.0.1'),
        seenBy('blue', '10.0.1'),
      ]);
      t.deepEqual(seen, [[1, 2], [1, 2, 4], [1, 2, 4], [3]]);
    });
  },
);
