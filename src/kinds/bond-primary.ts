// The member of a Linux bond that is preferred: `primary` of an entry under `bonds` in, `ip link set … type bond primary` out.
import { desired, deviceOf, type Entry, type Kind, type Names, type Properties } from '../kind.js';
import type { Command, Desired, Resource } from '../model.js';
import { portId } from './bridge-port.js';
import { deviceIn } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { linuxBondOf } from './masters.js';

const fields = {
  primary: {
    type: 'string',
    description: 'The member that is used whenever it works.',
    'x-change': 'flap',
  },
} as const satisfies Properties;

/** Apart from the bond, because ip takes only a link that is there, and the kernel shows only one that is a member. */
export const bondPrimary: Kind = {
  name: 'bond-primary',
  called: 'the primary member of a bond',
  noun: 'primary',
  fields,

  onLink: {
    properties: {},
    desired: (link, names) =>
      link.bond === 'linux' && typeof link.value['primary'] === 'string' ? wanted(link, names) : [],
  },

  live: inEachBody(({ body, links }) =>
    links.flatMap(({ ifname, linkinfo }) => {
      const primary = linkinfo?.info_kind === 'bond' ? linkinfo.info_data?.['primary'] : undefined;
      return typeof primary === 'string'
        ? [{ ...idsOf(body.name, ifname, primary), fields: { primary } }]
        : [];
    }),
  ),

  make: set,
  change: (_before, after) => set(after),
  // ip cannot say none; one that can never be a member is none (bond_option_primary_set).
  remove: ({ body, id }) => prefer(body, deviceIn(id), deviceIn(id)),
};

function wanted(
  bond: Pick<Entry, 'body' | 'value' | 'path'> & { readonly device: string },
  names: Names,
): Desired[] {
  const { body, device, value, path } = bond;
  const member = names.link(body, String(value['primary']));
  if (member === undefined || linuxBondOf(member, names)?.device !== device) return [];
  const ids = idsOf(body, device, member.device);
  const at = [...path, 'primary'];
  return [desired({ ...ids, fields: { primary: member.device }, ownership: 'part', at })];
}

const idsOf = (body: string, bond: string, member: string) => ({
  id: `${body}/primary/${bond}`,
  kind: 'bond-primary',
  body,
  needs: [deviceOf(body, bond), portId(body, member)],
  diesWith: [deviceOf(body, bond)],
  provides: [],
});

function set({ body, id, fields: { primary } }: Resource): Command[] {
  return prefer(body, deviceIn(id), String(primary));
}

const prefer = (body: string, bond: string, member: string): Command[] => [
  { tool: 'ip', body, args: ['link', 'set', 'dev', bond, 'type', 'bond', 'primary', member] },
];
