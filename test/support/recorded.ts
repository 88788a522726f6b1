// A recorded host in: the files of what tools printed there; its state, as `observe` would have read it for a topology, out.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { kinds } from '../../src/kinds/index.js';
import { HOST, type Live } from '../../src/model.js';
import { unread } from '../../src/observe.js';
import type { BodyState, HostState } from '../../src/state.js';
import { parseFdb, parseVlans } from '../../src/tools/bridge.js';
import { parseNamespace, parseRules } from '../../src/tools/ip.js';
import { parseRuleset } from '../../src/tools/nft.js';
import { readOvs } from '../../src/tools/ovs-database.js';

export function recorded(directory: string, topology: string): HostState {
  const at = (file: string) => path.join(directory, file);
  const text = (file: string) => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : null);
  const bodies = readdirSync(directory).flatMap((file): BodyState[] => {
    const [, body = ''] = /^(.*)\.ip\.jsonl$/.exec(file) ?? [];
    if (body === '') return [];
    const [vlans, fdb, rules, nft] = ['vlans.json', 'fdb.json', 'rules.jsonl', 'nft.json'].map((what) =>
      text(`${body}.${what}`),
    );
    return [
      {
        ...unread({ name: body, netns: body === HOST ? null : `/run/netns/${body}` }),
        exists: true,
        ...parseNamespace(text(file) ?? ''),
        ...(vlans == null ? {} : { vlans: parseVlans(vlans) }),
        ...(fdb == null ? {} : { fdb: parseFdb(fdb) }),
        ...(rules == null ? {} : { rules: parseRules(rules) }),
        ...(nft == null ? {} : { nft: parseRuleset(nft) }),
      },
    ];
  });
  const ovs = text('ovs.jsonl');
  return {
    topology,
    bodies: new Map(bodies.map((state) => [state.body.name, state])),
    ovs: ovs === null ? null : readOvs(ovs),
  };
}

export const resources = (host: HostState): Live[] => kinds.flatMap((kind) => kind.live(host));

/** All that the kinds see, a line each; numbers given by chance left out. */
export const resourceLines = (host: HostState): string[] =>
  resources(host).map((resource) => line(resource).replace(UUID, 'UUID'));

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const line = ({ id, owner, fields }: Live): string =>
  [id, ...(owner == null ? [] : [`of ${owner}`]), JSON.stringify(fields)].join(' ');
