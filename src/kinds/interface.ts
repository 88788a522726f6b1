// A link that exists already and is not ours (a NIC, docker0): adopted, so that the file can say things about it.
import { desired, deviceOf, type Kind } from '../kind.js';
import { ownerOf } from '../marks.js';

export const interfaces: Kind = {
  name: 'interface',
  noun: 'interface',
  fields: {},
  mustExist: true,

  section: {
    name: 'interfaces',
    shape: 'map',
    description:
      'Links that exist already: adopted, never created, never deleted. Only what the file names is set; the value before is remembered and put back when the line goes.',
    properties: {},
    links: ({ body, key, value, path }, names) => [
      {
        body,
        key,
        device: (value['name'] as string | undefined) ?? key,
        value,
        path,
        adopted: key !== 'lo' || names.found(body),
        netdev: true,
        byOvs: false,
      },
    ],
    desired({ body, key, value, path }, names) {
      const device = (value['name'] as string | undefined) ?? key;
      if (device === 'lo' && !names.found(body)) return [];
      const ids = { id: `${body}/interface/${device}`, kind: 'interface', body, fields: {} };
      return [desired({ ...ids, provides: [deviceOf(body, device)], ownership: 'adopted', at: path })];
    },
  },

  live(host) {
    return [...host.bodies.values()].flatMap(({ body, links }) =>
      links.map((link) => ({
        id: `${body.name}/interface/${link.ifname}`,
        kind: 'interface',
        body: body.name,
        fields: { kind: link.linkinfo?.info_kind ?? 'device' },
        needs: [],
        diesWith: [],
        provides: [deviceOf(body.name, link.ifname)],
        owner: otherOwner(ownerOf(link, host.topology), host.topology),
      })),
    );
  },

  make: () => [],
  change: () => [],
  remove: () => [],
};

/** What we made ourselves is not ours as an interface: the kind that made it speaks for it. */
const otherOwner = (owner: string | null, topology: string): string | null =>
  owner === topology ? null : owner;
