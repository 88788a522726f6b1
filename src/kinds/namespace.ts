// A network namespace: created with `ip netns add` and marked by the alias of its `lo`, or found (`from`) and left alone.
import { ownerOf, readAlias } from '../marks.js';
import { desired, netnsOf, type Kind } from '../kind.js';
import { HOST, netnsFile, type Live } from '../model.js';
import type { IpLink } from '../state.js';
import { FALLBACK_DEVICES } from './fallback-devices.js';
import { inEachBody } from './in-each-body.js';

export const namespace: Kind = {
  name: 'namespace',
  noun: 'namespace',
  fields: {},

  section: {
    name: 'namespaces',
    shape: 'map',
    description:
      'Network namespaces: further bodies with the same sections. Created unless `from` finds one that exists.',
    properties: {
      from: {
        type: 'string',
        description:
          'The namespace exists already and is found, never created or deleted: `pid:N` (that of a process) or `path:/run/…` (a file that names it).',
        examples: ['pid:71', 'path:/run/netns/web'],
        pattern: '^(pid:[1-9][0-9]*|path:/.+)$',
        'x-change': 'replace',
        'x-why': 'it is another namespace',
      },
    },
    // The `lo` of a namespace that we make is ours: up by itself, its alias the mark of the namespace.
    keys: ({ key }) => [{ body: key, key: 'lo' }],
    links: ({ key, path }, names) =>
      names.found(key) || names.entries(key, 'interfaces').some((entry) => entry.key === 'lo')
        ? []
        : [
            {
              body: key,
              key: 'lo',
              device: 'lo',
              value: {},
              path,
              adopted: false,
              netdev: true,
              byOvs: false,
            },
          ],
    desired(entry, names) {
      if (names.found(entry.key)) return [];
      const id = `${entry.key}/namespace`;
      return [
        desired({
          id,
          kind: 'namespace',
          body: entry.key,
          fields: {},
          provides: [netnsOf(entry.key)],
          ownership: 'owned',
          at: entry.path,
        }),
      ];
    },
  },

  live: inEachBody(({ body, exists, links }) => {
    if (!exists || body.netns !== netnsFile(namedBy(body.name))) return [];
    return [
      {
        id: `${body.name}/namespace`,
        kind: 'namespace',
        body: body.name,
        fields: {},
        needs: [],
        diesWith: [],
        provides: [netnsOf(body.name)],
        owner: readAlias(links.find(({ ifname }) => ifname === 'lo')?.ifalias).topology,
      },
    ];
  }),

  // Its links would be destroyed with it, or, if they are hardware, come back to the host in whatever state.
  holds({ body }, host) {
    const foreign = (host.bodies.get(body)?.links ?? []).find(
      (link) =>
        link.ifname !== 'lo' &&
        !FALLBACK_DEVICES.has(link.ifname) &&
        ownerOf(link, host.topology) !== host.topology,
    );
    return foreign === undefined ? null : foreignLink(body, foreign);
  },

  make: ({ body }) => [{ tool: 'ip', body: HOST, args: ['netns', 'add', namedBy(body)] }],
  advice: (body) => ({ use: `say \`from: "path:${netnsFile(body)}"\`; or choose another name` }),
  markedLater: true,
  change: () => [],
  remove: ({ body }) => [{ tool: 'ip', body: HOST, args: ['netns', 'del', namedBy(body)] }],
};

/** A named namespace whose name the topology uses for another one is the body `netns:NAME` (observe.ts). */
const namedBy = (body: string): string => body.replace(/^netns:/, '');

const foreignLink = (body: string, { ifname, linkinfo }: IpLink): Live => ({
  id: `${body}/interface/${ifname}`,
  kind: 'interface',
  body,
  fields: { kind: linkinfo?.info_kind ?? 'device' },
  needs: [],
  diesWith: [],
  provides: [],
  owner: null,
});
