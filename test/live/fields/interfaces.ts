// Rows for which link is adopted: by its name, or by what it is like.
import type { Row, Table } from './table.js';

const settings = { mtu: 1400, addresses: ['192.0.2.1/24', '2001:db8:1::1/64'] };

/** What is set on a link moves with the answer to which one it is. */
const MOVES = [
  '~ host/link/nic0 mtu',
  '~ host/link/nic1 mtu',
  ...['192.0.2.1', '2001:db8:1::1'].flatMap((ip) => [
    `- host/address/nic0/${ip}`,
    `+ host/address/nic1/${ip}`,
  ]),
];
const BACK = MOVES.map((line) => line.replace(/[+-]/, (sign) => (sign === '+' ? '-' : '+')));

const by = (field: string, value: object): Row => ({
  field,
  at: ['interfaces', 'wan'],
  to: [{ ...value, ...settings }],
  plan: MOVES,
  back: BACK,
});

const matched: Table = {
  title: 'interface',
  kind: 'interface',
  // The other ends of the cables are elsewhere; what the NICs are built of is in udev's database.
  before: `
    ip netns add away; mkdir -p /run/udev/data
    for n in 0 1; do
      ip link add nic$n address 02:00:00:00:00:0$n type veth peer name far$n netns away
      ip link set nic$n up; ip -n away link set far$n up
      printf 'E:ID_NET_DRIVER=driver%s\\nE:ID_PATH=pci-0000:02:00.%s\\n' $n $n >/run/udev/data/n$(cat /sys/class/net/nic$n/ifindex)
    done`,
  base: {
    version: 1,
    name: 'fields',
    interfaces: { wan: { match: { macaddress: '02:00:00:00:00:00' }, ...settings } },
  },
  at: ['interfaces', 'wan'],
  id: 'host/interface/nic0',
  rows: [
    by('match', { match: { macaddress: '02:00:00:00:00:01', driver: 'driver1' } }),
    { field: 'match.macaddress', to: ['02:00:00:00:00:01'], plan: MOVES, back: BACK },
    by('match.permanent-macaddress', { match: { 'permanent-macaddress': '02:00:00:00:00:01' } }),
    by('match.driver', { match: { driver: '*[1-9]' } }),
    by('match.path', { match: { path: 'pci-0000:02:??.1' } }),
    by('name', { name: 'nic1' }),
  ],
};

export const interfaces: readonly Table[] = [matched];
