// A link that exists already and is not ours (a NIC, docker0): adopted, so that the file can say things about it.
import {
  desired,
  deviceOf,
  ownWordsAlone,
  type Entry,
  type Features,
  type Kind,
  type Names,
} from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { HOST } from '../model.js';
import { deviceNamed } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { ownerOf } from '../marks.js';

const MAC = '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$';

const properties = {
  match: {
    type: 'object',
    description:
      'Which link it is, by what it is like instead of by its name; all that is said must be true of exactly one link.',
    ...ownWordsAlone,
    minProperties: 1,
    properties: {
      macaddress: {
        type: 'string',
        pattern: MAC,
        examples: ['02:00:00:00:00:01'],
        description: 'Its present MAC address.',
      },
      'permanent-macaddress': {
        type: 'string',
        pattern: MAC,
        examples: ['02:00:00:00:00:01'],
        description: 'The MAC address that it was built with.',
      },
      driver: {
        type: 'string',
        minLength: 1,
        examples: ['virtio_net', 'ixgbe*'],
        description: 'Its driver, with `*`, `?` and `[…]` as in a shell. Links of the host alone.',
      },
      path: {
        type: 'string',
        minLength: 1,
        examples: ['pci-0000:02:00.*'],
        description:
          'Where it is plugged in, as udev’s `ID_PATH` says it, with `*`, `?` and `[…]`. Links of the host alone.',
      },
    },
    'x-change': 'replace',
    'x-why': 'it is another device',
  },
} as const;

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
    properties,
    sought,
    findings,
    links: ({ body, key, value, path }, names) => [
      {
        body,
        key,
        device: deviceOfEntry({ body, key, value, path }, names),
        value,
        path,
        adopted: key !== 'lo' || names.found(body),
        netdev: true,
        byOvs: false,
      },
    ],
    desired(entry, names) {
      const { body, path } = entry;
      const device = deviceOfEntry(entry, names);
      if (device === 'lo' && !names.found(body)) return [];
      const ids = { id: `${body}/interface/${device}`, kind: 'interface', body, fields: {} };
      return [desired({ ...ids, provides: [deviceOf(body, device)], ownership: 'adopted', at: path })];
    },
  },

  live: inEachBody(({ body, links }, topology) =>
    links.map((link) => ({
      id: `${body.name}/interface/${link.ifname}`,
      kind: 'interface',
      body: body.name,
      fields: { kind: link.linkinfo?.info_kind ?? 'device' },
      needs: [],
      diesWith: [],
      provides: [deviceOf(body.name, link.ifname)],
      owner: otherOwner(ownerOf(link, topology), topology),
    })),
  ),

  make: () => [],
  change: () => [],
  remove: () => [],
};

/** What we made ourselves is not ours as an interface: the kind that made it speaks for it. */
const otherOwner = (owner: string | null, topology: string): string | null =>
  owner === topology ? null : owner;

/** Found by `match` where the entry has one and the host has been looked at; else by its name. */
const deviceOfEntry = (entry: Entry, names: Names): string =>
  names.device(entry.body, entry.key) ?? deviceNamed(entry);

function sought({ value }: Entry): Features | null {
  return (value['match'] as Features | undefined) ?? null;
}

function findings({ body, value, path }: Entry): Finding[] {
  const match = (value['match'] ?? {}) as Features;
  const isTwice = value['match'] !== undefined && value['name'] !== undefined;
  const unknown =
    body === HOST ? [] : (['driver', 'path'] as const).filter((name) => match[name] !== undefined);
  return [
    ...(isTwice ? [{ ...BOTH, path: [...path, 'name'] }] : []),
    ...unknown.map((feature) => ({
      code: 'match-in-namespace',
      message: `the ${feature} of a link is known in the host’s own namespace alone`,
      hint: 'say its `macaddress` or its name',
      path: [...path, 'match', feature],
    })),
  ];
}

const BOTH = {
  code: 'match-and-name',
  message: '`match` and `name` both say which link it is',
  hint: 'leave one of them out',
};
