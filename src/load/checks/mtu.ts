// MTUs of links that stand on another one: what leaves through that must fit it.
import type { DeclaredLink } from '../../kind.js';
import { show, type Finding } from '../diagnostic.js';
import { numberAt, textAt, type Subject } from './subject.js';

export function* mtus({ links, names }: Subject): Generator<Finding> {
  for (const link of links) {
    const mtu = numberAt(link, 'mtu');
    if (mtu === undefined) continue;
    const lower = names.link(link.body, textAt(link, 'link') ?? '');
    if (lower !== undefined) yield* tooLarge(link, mtu, lower);
  }
}

/**
 * vlan_dev_change_mtu() and vxlan_change_mtu() refuse it. A GRE tunnel takes it and then drops what its link cannot
 * carry (ip_md_tunnel_xmit, tnl_update_pmtu), unless it may break packets up.
 */
function* tooLarge(link: DeclaredLink, mtu: number, lower: DeclaredLink): Generator<Finding> {
  const most = link.defaultMtu;
  if (most === undefined || mtu <= most || link.value['df'] === 'unset') return;
  yield {
    code: 'mtu-too-large',
    message: `packets of ${mtu} bytes do not fit through ${show(lower.key)}, which leaves ${most}`,
    hint: `say ${most} or less, or give ${show(lower.key)} a larger \`mtu\``,
    path: [...link.path, 'mtu'],
  };
}
