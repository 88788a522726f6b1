// The words of a tunnel, the same for kernel links and for ports of Open vSwitch: facts of the fields.
// Defaults and what a change costs are not the same for both: the kinds add them.
import type { Properties } from '../kind.js';

export const tunnelFields = {
  mode: {
    enum: ['vxlan', 'gre', 'gretap', 'geneve', 'ipip', 'sit', 'ip6gre', 'ip6gretap', 'ip6tnl'],
    description:
      'How packets are wrapped. A port of a bridge carries whole frames, so that `gre` and `gretap`, `ip6gre` and `ip6gretap`, are the same there. `ipip` carries IPv4 over IPv4, `sit` IPv6 and IPv4 over IPv4, `ip6tnl` both over IPv6; these three are links of the kernel alone, and no ports of bridges. Whatever changes of a geneve, ip6gre, ip6gretap or ip6tnl link, it is made anew: the kernel would set its MTU.',
  },
  remote: {
    type: 'string',
    examples: ['192.0.2.2', '2001:db8::2'],
    description: 'Address of the other end. On an Open vSwitch port also `flow`: flows choose it.',
  },
  local: {
    type: 'string',
    examples: ['192.0.2.1', '2001:db8::1'],
    description: 'Address of this end. Default: what the route to the other end says.',
  },
  group: {
    type: 'string',
    examples: ['239.1.1.1', 'ff05::100'],
    description:
      'Multicast group of a vxlan link of the kernel, in place of `remote`: what has no known place goes to all that have joined it. Needs `link`. Sent with a `ttl` of 1 unless the file says one.',
  },
  id: {
    type: ['integer', 'string'],
    minimum: 0,
    maximum: 16777215,
    pattern: '^flow$',
    examples: [100],
    description:
      'Network identifier (VNI) of vxlan and geneve, 24 bits. On an Open vSwitch port also `flow`: flows choose it.',
  },
  key: {
    type: ['integer', 'string'],
    minimum: 0,
    maximum: 4294967295,
    pattern: '^flow$',
    examples: [42],
    description: 'Key of gre, 32 bits. On an Open vSwitch port also `flow`: flows choose it.',
  },
  port: {
    type: 'integer',
    minimum: 1,
    maximum: 65535,
    description: 'UDP port of the other end. Default: 4789 for vxlan (RFC 7348), 6081 for geneve (RFC 8926).',
  },
  link: {
    type: 'string',
    description: 'The link that the wrapped packets leave through. Default: the one that the routes choose.',
    'x-reference': 'link',
  },
  ttl: {
    type: ['integer', 'string'],
    minimum: 1,
    maximum: 255,
    pattern: '^inherit$',
    examples: [64, 'inherit'],
    description:
      'Time to live (hop limit) of the wrapped packets; `inherit` takes it from the packet inside. Default: `inherit` for gre, gretap, ipip and sit links of the kernel, 64 for its ip6gre, ip6gretap and ip6tnl ones, else the host’s own.',
  },
  tos: {
    type: ['integer', 'string'],
    minimum: 0,
    maximum: 255,
    pattern: '^inherit$',
    examples: [0, 'inherit'],
    description:
      'Type of service (traffic class) of the wrapped packets; `inherit` takes it from the packet inside. Default: 0.',
  },
  learning: {
    type: 'boolean',
    description: 'Whether a vxlan link learns behind which end a MAC address is. Default: true.',
  },
  csum: {
    type: 'boolean',
    description:
      'Whether outer UDP or GRE checksums are sent. Default: true for vxlan links of the kernel, and for its geneve ones over IPv6; else false.',
  },
  df: {
    enum: ['set', 'unset', 'inherit'],
    description:
      'The outer “don’t fragment” bit of IPv4. Vxlan and geneve links of the kernel know `inherit`, too. Default: `unset` for these, else `set`. With `unset`, an ipip or sit link cannot have a `ttl` of its own.',
  },
  payload: {
    enum: ['any', 'ipv4', 'ipv6'],
    description:
      'What packets an `ipip`, `sit` or `ip6tnl` link carries, among those of its mode. Default: `any`.',
  },
} as const satisfies Properties;
