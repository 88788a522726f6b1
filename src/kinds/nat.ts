// NAT: the rules of a body's section `nat` in, one nftables table of the topology's own out, whose rules are read back from nft.
import { desired, netnsOf, ownWordsAlone, type Kind, type Properties, type Property } from '../kind.js';
import { aliasOf, readAlias } from '../marks.js';
import type { Command, Json, Resource } from '../model.js';
import { inetTables, type NftTable } from '../tools/nft-ruleset.js';
import { inEachBody } from './in-each-body.js';
import { natFindings } from './nat-findings.js';
import { PROTOCOLS, ruleOf, type Action, type Rule } from './nat-rule.js';
import { MARK_CHAIN, removalWords, rulesIn, tableWords } from './nat-table.js';

const network = (description: string): Property => ({
  type: ['string', 'array'],
  items: { type: 'string' },
  minItems: 1,
  description: `${description} A network (\`192.168.1.0/24\`), an address, or a list of them.`,
});

const port: Property = {
  type: ['integer', 'string', 'array'],
  items: { type: ['integer', 'string'] },
  minItems: 1,
  description:
    'Ports that packets are sent to: one, a range (`"8000-8010"`), or a list of these. Needs `protocol`.',
};

const words = {
  source: network('Where packets come from. Default: anywhere.'),
  destination: network('Where packets are sent to. Default: anywhere.'),
  in: { type: 'string', description: 'The link that packets come in by.', 'x-reference': 'link' },
  out: { type: 'string', description: 'The link that packets go out by.', 'x-reference': 'link' },
  protocol: {
    type: 'string',
    enum: Object.keys(PROTOCOLS),
    description: 'The protocol above IP. Default: any.',
  },
  port,
} as const satisfies Properties;

const arriving: Properties = {
  source: words.source,
  destination: network(
    'Where packets are sent to. Default: any address of this body itself, loopback’s left out for what it sends itself. `0.0.0.0/0` and `::/0` are every address.',
  ),
  in: {
    ...words.in,
    description:
      'The link that packets come in by. Without it, connections that the body itself makes are meant as well.',
  },
  protocol: words.protocol,
  port: words.port,
};

const action = (description: string, properties: Properties, required: readonly string[] = []): Property => ({
  type: 'object',
  description,
  properties,
  required,
  ...ownWordsAlone,
});

const properties: Readonly<Record<Action, Property>> = {
  masquerade: action('Gives packets the address of the link that they go out by as their source.', words),
  snat: action(
    'Gives packets another source.',
    {
      ...words,
      to: {
        type: 'string',
        description:
          'The source that they get: an address, with a port or a range of ports if need be (`192.0.2.1:2000-3000`).',
      },
    },
    ['to'],
  ),
  dnat: action(
    'Sends packets on to another destination: a port forward.',
    {
      ...arriving,
      to: {
        type: 'string',
        description:
          'Where they are sent: `192.168.1.1:80`, `192.168.1.1` (the port stays as it is), `[fd00::1]:80`.',
      },
    },
    ['to'],
  ),
  redirect: action('Sends packets to a port of this body itself.', {
    ...arriving,
    to: { type: ['integer', 'string'], description: 'The port. Default: the port stays as it is.' },
  }),
};

export const nat: Kind = {
  name: 'nat',
  noun: 'nat',
  fields: {
    rules: {
      type: 'array',
      description:
        'The rules in the order of the file. Connections that exist keep the translation that they began with (conntrack).',
    },
  },

  section: {
    name: 'nat',
    shape: 'list',
    description:
      'Address translation, IPv4 and IPv6 alike. Each entry is one rule; where several fit a packet, the first of them counts. The rules live in an nftables table of this topology alone, which is replaced as a whole in one transaction. A rule without any address is for both families. Forwarding itself is switched on by `sysctls`.',
    properties,
    findings: natFindings,
    desired({ body, key, path }, names) {
      const entries = names.entries(body, 'nat');
      if (entries[0]?.key !== key) return []; // the first speaks for all: their order is part of what they mean
      const rules = entries.flatMap((entry) => ruleOf(entry, names) ?? []);
      return [
        desired({
          ...inBody(`${body}/nat`, body),
          fields: { rules: rules as unknown as Json },
          ownership: 'owned',
          at: path.slice(0, -1),
        }),
      ];
    },
  },

  live: inEachBody(({ body, nft }, ours) =>
    inetTables(nft)
      .filter(({ name }) => name.startsWith(TABLE))
      .map((table) => {
        const topology = table.name.slice(TABLE.length);
        // Several topologies may have a table each: none is in another's way.
        const id = topology === ours ? `${body.name}/nat` : `${body.name}/nat/${topology}`;
        return {
          ...inBody(id, body.name),
          fields: { rules: rulesIn(table) },
          owner: ownerOf(table, topology),
        };
      }),
  ),

  make: ({ body, fields }, { topology }) => [
    command(
      body,
      tableWords(TABLE + topology, aliasOf(topology, ''), fields['rules'] as unknown as readonly Rule[]),
    ),
  ],
  change: (_before, after, _changed, site) => nat.make(after, site),
  remove: ({ body }, { topology }) => [command(body, removalWords(TABLE + topology))],
  reads: ({ body }) => [{ tool: 'nft', body, what: '' }],
  traces: (body) => [{ tool: 'nft', body, what: '' }],
};

const TABLE = 'netplan-ovs-';

const inBody = (id: string, body: string): Omit<Resource, 'fields'> => ({
  id,
  kind: 'nat',
  body,
  needs: [netnsOf(body)],
  diesWith: [netnsOf(body)],
  provides: [],
});

const command = (body: string, args: readonly string[]): Command => ({ tool: 'nft', body, args });

/** A table that merely has a name like ours does not have the mark. */
function ownerOf(table: NftTable, topology: string): string | null {
  const marks = table.rules
    .filter(({ chain }) => chain === MARK_CHAIN)
    .map(({ comment }) => readAlias(comment ?? '').topology);
  return marks.includes(topology) ? topology : null;
}
