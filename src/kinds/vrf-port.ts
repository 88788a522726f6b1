// Membership of a VRF: a link that one lists under `interfaces` in, `ip link set … master` out.
import { deviceOf, type Kind, type Properties } from '../kind.js';
import type { Command, Fields, Resource } from '../model.js';
import { portId } from './bridge-port.js';
import { deviceIn } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { linkId } from './link.js';

const fields: Properties = {
  vrf: {
    type: 'string',
    description:
      'The VRF that the link belongs to. The kernel takes the link down and up as it joins and leaves one.',
    'x-change': 'reset',
  },
};

export const vrfPort: Kind = {
  name: 'vrf-port',
  called: 'a member of a VRF',
  noun: 'port',
  role: 'membership',
  fields,

  live: inEachBody(({ body, links }) =>
    links.flatMap(({ ifname, master, linkinfo }) =>
      master === undefined || linkinfo?.info_slave_kind !== 'vrf'
        ? []
        : [
            {
              ...vrfPortOf(body.name, ifname, master),
              // The kernel lets go of them as it deletes a VRF (vrf_dellink).
              lostWith: [deviceOf(body.name, master)],
            },
          ],
    ),
  ),

  make: join,
  // rtnetlink's do_set_master() takes it out of the one before.
  change: (_before, after) => join(after),
  remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'set', 'dev', deviceIn(id), 'nomaster'] }],
  // cycle_netdev() in the kernel's drivers/net/vrf.c: what a link that is up loses by being taken down, it loses here.
  unsettles: ({ body, id }) => [linkId(body, deviceIn(id))],
};

/** The membership of a device in a VRF. It belongs to whoever owns the device. */
export function vrfPortOf(body: string, device: string, vrf: string): Resource {
  const fields: Fields = { vrf };
  return {
    id: portId(body, device),
    kind: 'vrf-port',
    body,
    fields,
    needs: [deviceOf(body, device), deviceOf(body, vrf)],
    diesWith: [deviceOf(body, device)],
    provides: [],
  };
}

function join({ body, id, fields }: Resource): Command[] {
  return [
    { tool: 'ip', body, args: ['link', 'set', 'dev', deviceIn(id), 'master', fields['vrf'] as string] },
  ];
}
