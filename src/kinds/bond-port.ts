// Membership of a Linux bond: a link that one lists in `interfaces` in, `ip link set … master` out.
import { desired, deviceOf, type DeclaredLink, type Kind, type Names, type Properties } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Command, Resource } from '../model.js';
import { portId } from './bridge-port.js';
import { deviceIn, mtuOf } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { linkId } from './link.js';
import { linuxBondOf, placeIn } from './masters.js';
import { called, isTheEnd } from './upper-findings.js';

const fields = {
  bond: {
    type: 'string',
    description: 'The bond that the link is a member of.',
    'x-change': 'replace',
    'x-why': 'a link leaves one bond before it joins another',
  },
} as const satisfies Properties;

export const bondPort: Kind = {
  name: 'bond-port',
  called: 'a member of a bond',
  noun: 'port',
  role: 'membership',
  fields,

  onLink: {
    properties: {},
    takes: (link, names) => linuxBondOf(link, names) !== undefined,
    findings: misfits,
    desired(link, names) {
      const bond = linuxBondOf(link, names);
      if (bond === undefined || !link.netdev) return [];
      const { body, device } = link;
      const ids = idsOf(body, device, bond.device);
      const fields = { bond: bond.device };
      return [desired({ ...ids, fields, ownership: 'part', at: placeIn(bond, link) })];
    },
  },

  // State and MTU are what they are to be again after it has left.
  live: inEachBody(({ body, links }) =>
    links.flatMap(({ ifname, master, linkinfo, mtu, flags }) => {
      if (master === undefined || linkinfo?.info_slave_kind !== 'bond') return [];
      return [
        {
          ...idsOf(body.name, ifname, master),
          fields: { bond: master, mtu, up: flags.includes('UP') },
          lostWith: [deviceOf(body.name, master)],
        },
      ];
    }),
  ),

  make: join,
  change: () => [],
  remove: leave,
  unsettles: ({ body, id }) => [linkId(body, deviceIn(id))],
};

/**
 * The membership belongs to whoever owns the link, as that of a bridge's port. The link has to be set before: what it has then
 * is what the bond gives it back.
 */
const idsOf = (body: string, device: string, bond: string) => ({
  id: portId(body, device),
  kind: 'bond-port',
  body,
  needs: [deviceOf(body, device), deviceOf(body, bond), linkId(body, device)],
  diesWith: [deviceOf(body, device)],
  provides: [],
});

/** bond_enslave() takes no link that is up (do_set_master answers `Device can not be enslaved while up`), and brings it up itself. */
function join({ body, id, fields: { bond } }: Resource): Command[] {
  const device = deviceIn(id);
  return [
    { tool: 'ip', body, args: ['link', 'set', 'dev', device, 'down'] },
    { tool: 'ip', body, args: ['link', 'set', 'dev', device, 'master', String(bond)] },
  ];
}

/** __bond_release_one() gives the link its MAC address back, and leaves it down with the MTU that it had before it joined. */
function leave({ body, id, fields: { mtu, up } }: Resource): Command[] {
  const device = deviceIn(id);
  const again = [...(mtu === undefined ? [] : ['mtu', String(mtu)]), ...(up === true ? ['up'] : [])];
  return [
    { tool: 'ip', body, args: ['link', 'set', 'dev', device, 'nomaster'] },
    ...(again.length === 0
      ? []
      : [{ tool: 'ip', body, args: ['link', 'set', 'dev', device, ...again] } as const]),
  ];
}

function misfits(link: DeclaredLink, names: Names): Finding[] {
  const bond = linuxBondOf(link, names);
  if (bond === undefined) return [];
  const { value, path, key } = link;
  const found: Finding[] = ['addresses', 'routes', 'neighbours']
    .filter((word) => Array.isArray(value[word]) && value[word].length > 0)
    .map((word) => ({
      code: 'member-field',
      message: `\`${key}\` is a member of a bond and has no \`${word}\` of its own`,
      hint: `say them of \`${bond.key}\``,
      path: [...path, word],
      at: 'key',
    }));
  const mtu = mtuOf(bond);
  if (value['mtu'] !== undefined && value['mtu'] !== mtu) {
    const message = `\`${key}\` has the MTU of its bond \`${bond.key}\`, ${String(mtu)}`;
    found.push({
      code: 'member-mtu',
      message,
      hint: `say \`mtu\` of \`${bond.key}\``,
      path: [...path, 'mtu'],
    });
  }
  if (value['up'] === false) {
    const message = `a bond brings its members up, \`${key}\` too`;
    found.push({
      code: 'member-down',
      message,
      hint: `to keep it down, leave it out of the \`interfaces\` of \`${bond.key}\``,
      path: [...path, 'up'],
    });
  }
  const what = noMember(link);
  if (what !== undefined) {
    const message = `${what} cannot be a member of a bond`;
    found.push({ code: 'bond-member', message, path: placeIn(bond, link) });
  }
  return found;
}

/** What bond_enslave() does not take: it gives its members a MAC address and an rx handler. Undefined for all other links. */
function noMember(link: DeclaredLink): string | undefined {
  if (link.device === 'lo') return '`lo`';
  if (link.bond !== undefined) return 'a bond';
  if (link.table !== undefined) return 'a VRF';
  if (isTheEnd(link)) return called(link);
  return link.noEthernet === true ? 'a link of packets without an Ethernet header' : undefined;
}
