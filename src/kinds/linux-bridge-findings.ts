// What makes a Linux bridge impossible or pointless although it has the right shape: an entry in, findings out.
import type { DeclaredLink, Entry, Names } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { filtersVlans, hasVlans } from './vlan-filtering.js';

export function linuxBridgeFindings(entry: Entry, names: Names): Finding[] {
  const { value, path } = entry;
  const found: Finding[] = [];
  // BR_GROUPFWD_RESTRICTED in br_private.h.
  if ((Number(value['group-fwd-mask'] ?? 0) & 0b111) !== 0) {
    const message = 'a Linux bridge never forwards the groups of bits 0, 1 and 2';
    found.push({
      code: 'group-fwd-mask',
      message,
      hint: 'leave these bits 0',
      path: [...path, 'group-fwd-mask'],
    });
  }
  if (value['stp'] === true && Number(value['forward-delay'] ?? 15) < 2) {
    const message = 'with `stp` the kernel makes `forward-delay` at least 2 s';
    found.push({ code: 'forward-delay', message, hint: 'say 2 to 30', path: [...path, 'forward-delay'] });
  }
  const port = value['vlan-filtering'] === false ? portsOf(entry, names).find(hasVlans) : undefined;
  if (port !== undefined) {
    const message = `the port \`${port.key}\` says its VLANs, which a bridge without \`vlan-filtering\` does not keep apart`;
    found.push({
      code: 'vlan-filtering',
      message,
      hint: 'leave `vlan-filtering` out',
      path: [...path, 'vlan-filtering'],
    });
  }
  const bridge = names.link(entry.body, entry.key);
  if (value['vlan-protocol'] === '802.1ad' && bridge !== undefined && !filtersVlans(bridge, names)) {
    const message = '`vlan-protocol` means nothing on a bridge that does not keep VLANs apart';
    const hint = 'say `vlan-filtering: true`, or the VLANs of its ports';
    found.push({ code: 'vlan-filtering', message, hint, path: [...path, 'vlan-protocol'] });
  }
  return found;
}

/** The ports of the bridge that an entry declares. */
export function portsOf({ body, key }: Entry, names: Names): readonly DeclaredLink[] {
  const bridge = names.link(body, key);
  return bridge === undefined ? [] : names.ports(bridge);
}
