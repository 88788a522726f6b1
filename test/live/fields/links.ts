// Rows for what every link has: state, MTU, addresses, neighbours, kernel settings; on links of the topology and on adopted ones.
import type { Table } from './table.js';

const version = { version: 1, name: 'fields' };
const ADDRESSES = ['192.0.2.1/24', '2001:db8:1::1/64'];
const NEIGHBOURS = [
  { to: '192.0.2.9', macaddress: '02:00:00:00:00:09' },
  { to: '2001:db8:1::9', macaddress: '02:00:00:00:00:0a' },
];
const ROUTES = [
  { to: '198.51.100.0/24', via: '192.0.2.254' },
  { to: '2001:db8:2::/64', via: '2001:db8:1::fe' },
];

/** What the kernel forgets with the MAC address of `v0`, and what is made again as that goes down or comes up. */
const FORGOTTEN = ['± host/neighbour/v0/192.0.2.9', '± host/neighbour/v0/2001:db8:1::9'];
const LOST = ['± host/address/v0/192.0.2.1', '± host/address/v0/2001:db8:1::1', ...FORGOTTEN];

const own = { addresses: ADDRESSES, neighbours: NEIGHBOURS };

const link: Table = {
  title: 'link',
  kind: 'link',
  base: {
    ...version,
    veths: {
      v0: { ...own, macaddress: '02:00:00:00:00:01', peer: { name: 'v1', addresses: ['203.0.113.1/24'] } },
    },
  },
  at: ['veths', 'v0'],
  id: 'host/link/v0',
  rows: [
    { field: 'up', to: [false], brings: LOST },
    { field: 'mtu', to: [1400, 9000] },
    { field: 'macaddress', to: ['02:00:00:00:00:02', '02:00:00:00:0A:BC'], brings: FORGOTTEN },
    { field: 'description', to: ['a "quoted" text; it’s long', '-leading', 'a  b', ' '] },
    { field: 'txqueuelen', to: [0, 77] },
    { field: 'promiscuous', to: [true] },
    {
      field: 'up',
      at: ['veths', 'v0', 'peer', 'up'],
      id: 'host/link/v1',
      to: [false],
      brings: ['± host/address/v1/203.0.113.1'],
    },
  ],
};

/** A NIC and a bridge that somebody else has made. */
const ADOPT = `
  ip link add v0 type veth peer name v1; ip link set v0 up mtu 1450 alias "of others" txqueuelen 500; ip link set v1 up
  ip link set v0 address 02:00:00:00:00:01
  ip address add 203.0.113.1/24 dev v0; ip route add 203.0.113.128/25 via 203.0.113.2`;

const adopted: Table = {
  title: 'link, adopted',
  kind: 'link',
  before: ADOPT,
  base: { ...version, interfaces: { v0: {} } },
  at: ['interfaces', 'v0'],
  id: 'host/link/v0',
  rows: [
    { field: 'mtu', to: [1400] },
    { field: 'macaddress', to: ['02:00:00:00:00:02'] },
    { field: 'description', to: ['ours now', ''] },
    { field: 'txqueuelen', to: [77] },
    { field: 'promiscuous', to: [true] },
    {
      field: 'addresses',
      kind: 'address',
      to: [ADDRESSES],
      plan: ['+ host/address/v0/192.0.2.1', '+ host/address/v0/2001:db8:1::1'],
    },
    {
      field: 'neighbours',
      kind: 'neighbour',
      to: [[{ to: '203.0.113.9', macaddress: '02:00:00:00:00:09' }]],
      plan: ['+ host/neighbour/v0/203.0.113.9'],
    },
    {
      field: 'routes',
      kind: 'route',
      to: [[{ to: '198.51.100.0/24', via: '203.0.113.3' }]],
      plan: ['+ host/route/main/198.51.100.0/24'],
    },
    {
      field: 'accept-ra',
      kind: 'sysctl',
      to: [false],
      plan: ['~ host/sysctl/net.ipv6.conf.v0.accept_ra value'],
    },
    {
      field: 'sysctls',
      kind: 'sysctl',
      to: [{ 'ipv4.rp_filter': 2, 'ipv6.neigh.gc_stale_time': 77 }],
      plan: [
        '~ host/sysctl/net.ipv4.conf.v0.rp_filter value',
        '~ host/sysctl/net.ipv6.neigh.v0.gc_stale_time value',
      ],
    },
  ],
  sysctls: ['ipv6/neigh/v0/gc_stale_time'],
};

const address: Table = {
  title: 'address',
  kind: 'address',
  base: {
    ...version,
    veths: { v0: { addresses: ADDRESSES, routes: ROUTES, peer: { name: 'v1' } } },
  },
  at: ['veths', 'v0'],
  id: 'host/address/v0/192.0.2.1',
  rows: [
    {
      field: 'addresses',
      to: [[...ADDRESSES, '192.0.2.2/24', '192.0.2.77/32', '2001:DB8:1:0::2/64']],
      plan: [
        '+ host/address/v0/192.0.2.2',
        '+ host/address/v0/192.0.2.77',
        '+ host/address/v0/2001:db8:1::2',
      ],
      // Which routes the kernel keeps as an IPv4 address goes depends on their order.
      back: [
        '- host/address/v0/192.0.2.2',
        '- host/address/v0/192.0.2.77',
        '- host/address/v0/2001:db8:1::2',
        '± host/route/main/198.51.100.0/24',
      ],
    },
    {
      field: 'prefix',
      at: ['veths', 'v0', 'addresses', 0],
      to: ['192.0.2.1/16'],
      brings: ['± host/route/main/198.51.100.0/24'],
    },
    {
      field: 'prefix',
      at: ['veths', 'v0', 'addresses', 1],
      id: 'host/address/v0/2001:db8:1::1',
      to: ['2001:db8:1::1/48'],
      brings: ['± host/route/main/2001:db8:2::/64'],
    },
    {
      field: 'nodad',
      id: 'host/address/v0/2001:db8:1::1',
      to: [],
      drift: 'ip address del 2001:db8:1::1/64 dev v0; ip address add 2001:db8:1::1/64 dev v0',
      brings: ['± host/route/main/2001:db8:2::/64'],
    },
  ],
};

const neighbour: Table = {
  title: 'neighbour',
  kind: 'neighbour',
  base: { ...version, veths: { v0: { ...own, peer: { name: 'v1' } } } },
  at: ['veths', 'v0'],
  id: 'host/neighbour/v0/192.0.2.9',
  rows: [
    {
      field: 'neighbours',
      to: [undefined, []],
      plan: ['- host/neighbour/v0/192.0.2.9', '- host/neighbour/v0/2001:db8:1::9'],
    },
    {
      field: 'neighbours.to',
      at: ['veths', 'v0', 'neighbours', 0, 'to'],
      to: ['192.0.2.8'],
      plan: ['- host/neighbour/v0/192.0.2.9', '+ host/neighbour/v0/192.0.2.8'],
    },
    {
      field: 'neighbours.macaddress',
      at: ['veths', 'v0', 'neighbours', 0, 'macaddress'],
      shown: 'macaddress',
      to: ['02:00:00:00:00:0B'],
    },
    {
      field: 'macaddress',
      at: ['veths', 'v0', 'neighbours', 1, 'macaddress'],
      id: 'host/neighbour/v0/2001:db8:1::9',
      to: ['02:00:00:00:00:0c'],
    },
    {
      field: 'neighbours.proxy',
      at: ['veths', 'v0', 'neighbours', 0],
      to: [{ to: '192.0.2.9', proxy: true }],
      plan: ['- host/neighbour/v0/192.0.2.9', '+ host/neighbour/v0/proxy 192.0.2.9'],
    },
  ],
};

const NEAR = 'host/neighbour/v0/192.0.2.9';

const neighbourOfBody: Table = {
  title: 'neighbour, of a body',
  kind: 'neighbour',
  base: {
    ...version,
    veths: { v0: { addresses: ADDRESSES, peer: { name: 'v1' } } },
    neighbours: [
      { to: '192.0.2.9', macaddress: '02:00:00:00:00:09', link: 'v0' },
      { to: '2001:db8:1::8', proxy: true, link: 'v0' },
    ],
  },
  at: ['neighbours', 0],
  id: NEAR,
  rows: [
    { field: 'to', to: ['192.0.2.8'], plan: [`- ${NEAR}`, '+ host/neighbour/v0/192.0.2.8'] },
    { field: 'macaddress', to: ['02:00:00:00:00:0B'] },
    { field: 'link', to: ['v1'], plan: [`- ${NEAR}`, '+ host/neighbour/v1/192.0.2.9'] },
    {
      field: 'proxy',
      at: ['neighbours', 0],
      to: [{ to: '192.0.2.9', proxy: true, link: 'v0' }],
      plan: [`- ${NEAR}`, '+ host/neighbour/v0/proxy 192.0.2.9'],
    },
    {
      field: 'proxy',
      at: ['neighbours', 1, 'to'],
      to: ['2001:db8:1::7'],
      plan: ['- host/neighbour/v0/proxy 2001:db8:1::8', '+ host/neighbour/v0/proxy 2001:db8:1::7'],
    },
  ],
};

const sysctl: Table = {
  title: 'sysctl',
  kind: 'sysctl',
  before: 'echo 1 >/proc/sys/net/ipv4/conf/all/accept_redirects',
  base: {
    ...version,
    sysctls: { 'net.ipv4.ip_forward': 1 },
    namespaces: { a: { sysctls: { 'net/ipv6/conf/all/forwarding': true } } },
    veths: {
      v0: { sysctls: { 'ipv4.rp_filter': 2 }, peer: { namespace: 'a', name: 'eth0', 'accept-ra': true } },
    },
  },
  at: ['veths', 'v0'],
  id: 'host/sysctl/net.ipv4.ip_forward',
  rows: [
    { field: 'value', at: ['sysctls', 'net.ipv4.ip_forward'], to: [0, '0', false] },
    { field: 'value', at: ['sysctls', 'net.ipv4.ip_forward'], to: [undefined] },
    {
      field: 'value',
      at: ['namespaces', 'a', 'sysctls', 'net/ipv6/conf/all/forwarding'],
      id: 'a/sysctl/net.ipv6.conf.all.forwarding',
      to: [false, undefined],
    },
    {
      field: 'value',
      at: ['sysctls', 'net.ipv4.ping_group_range'],
      id: 'host/sysctl/net.ipv4.ping_group_range',
      to: ['5  7'],
    },
    {
      field: 'sysctls',
      at: ['veths', 'v0', 'sysctls', 'ipv4.rp_filter'],
      id: 'host/sysctl/net.ipv4.conf.v0.rp_filter',
      shown: 'value',
      to: [1, undefined],
    },
    {
      field: 'sysctls',
      at: ['veths', 'v0', 'peer', 'sysctls'],
      to: [{ 'ipv4.neigh.gc_stale_time': 99, 'ipv6.disable_ipv6': true }],
      plan: [
        '~ a/sysctl/net.ipv4.neigh.eth0.gc_stale_time value',
        '~ a/sysctl/net.ipv6.conf.eth0.disable_ipv6 value',
      ],
    },
    {
      field: 'accept-ra',
      at: ['veths', 'v0', 'peer', 'accept-ra'],
      id: 'a/sysctl/net.ipv6.conf.eth0.accept_ra',
      shown: 'value',
      to: [false, undefined],
    },
  ],
  sysctls: ['ipv4/ping_group_range', 'ipv4/neigh/*/gc_stale_time', 'ipv4/conf/*/accept_redirects'],
};

export const links: readonly Table[] = [link, adopted, address, neighbour, neighbourOfBody, sysctl];
