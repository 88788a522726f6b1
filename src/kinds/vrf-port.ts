// Membership of a VRF: a link that one lists under `interfaces` in, `ip link set … master` out.
import { deviceOf, type Around, type Kind, type Properties } from '../kind.js';
import type { Command, Fields, Json, Resource } from '../model.js';
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

export const vrfId = (body: string, vrf: string): string => `${body}/vrf/${vrf}`;

/**
 * True where each of the devices is in no VRF, or in that of the table: to the kernel the addresses of others are foreign there
 * (fib_valid_prefsrc), and a route of main over a member of a VRF would lead out of that.
 */
export const areOfTable = (
  body: string,
  devices: readonly string[],
  table: Json | undefined,
  fieldsOf: Around['fieldsOf'],
): boolean =>
  devices.every((device) => {
    const vrf = fieldsOf(portId(body, device))?.['vrf'];
    return vrf === undefined || fieldsOf(vrfId(body, String(vrf)))?.['table'] === table;
  });

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
