// What makes an entry of `bridges` impossible or doubtful for Open vSwitch although it has the right shape: an entry in, findings out.
import type { DeclaredLink, Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { HOST, type Fields } from '../model.js';
import { flowFindings } from './flow-fields.js';
import { mirrorFindings } from './ovs-mirror-fields.js';

/** Findings about one entry, in no order. */
export function ovsBridgeFindings(entry: Entry, names: Names): Finding[] {
  const { body, value, path } = entry;
  const bridge = names.link(body, entry.key);
  const found: Finding[] = [
    ...unfinishedChecksums(entry, names),
    ...(bridge === undefined ? [] : [...flowFindings(bridge, names), ...mirrorFindings(bridge, names)]),
  ];
  if (body !== HOST) {
    const message = 'Open vSwitch has its bridges in the host’s namespace alone';
    found.push({
      code: 'ovs-namespace',
      message,
      hint: 'move the bridge to the top, or make it of `type: linux`',
      path: [...path, 'type'],
    });
  }
  if ((value['other-config'] as Fields | undefined)?.['hwaddr'] !== undefined) {
    const message = '`hwaddr` is the bridge’s MAC address';
    found.push({
      code: 'ovs-hwaddr',
      message,
      hint: 'say `macaddress` instead',
      path: [...path, 'other-config', 'hwaddr'],
    });
  }
  return found;
}

/**
 * Its sockets do not show the userspace datapath that the checksum of a frame from a veth is still to be filled in, unless it
 * is told to look (userspace-tso-enable of ovs-vswitchd.conf.db(5); `ADD_VETH` in Open vSwitch's own tests uses ethtool).
 */
function unfinishedChecksums({ body, key, value, path }: Entry, names: Names): Finding[] {
  const bridge = names.link(body, key);
  const isPair = ({ netdev, adopted, byOvs }: DeclaredLink) => netdev && !adopted && !byOvs;
  if (value['datapath'] !== 'netdev' || bridge === undefined || !names.ports(bridge).some(isPair)) return [];
  const message =
    'with `datapath: netdev`, TCP and UDP from the other end of a veth pair arrive with wrong checksums, unless Open vSwitch runs with `userspace-tso-enable`';
  const hint =
    'say `ovs-vsctl set Open_vSwitch . other_config:userspace-tso-enable=true` and restart ovs-vswitchd, or `ethtool -K DEVICE tx off` at the other end';
  return [{ code: 'netdev-checksums', severity: 'warning', message, hint, path: [...path, 'datapath'] }];
}
