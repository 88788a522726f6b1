// A program in, the Debian package that holds it out.

/** Undefined for one that every Debian has. */
export const packageOf = (program: string): string | undefined => PACKAGES[program];

const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  bridge: 'iproute2',
  tc: 'iproute2',
  nft: 'nftables',
  ping: 'iputils-ping',
  'ovs-vsctl': 'openvswitch-switch',
  'ovs-ofctl': 'openvswitch-switch',
};
