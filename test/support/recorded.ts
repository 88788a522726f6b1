// A recorded host in: the files of what tools printed there; its state, as `observe` would have read it for a topology, out.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { kinds } from '../../src/kinds/index.js';
import { HOST, type Live } from '../../src/model.js';
import { unread } from '../../src/observe.js';
import type { BodyState, HostState } from '../../src/state.js';
import { parseFdb, parseVlans } from '../../src/tools/bridge.js';
import { parseNamespace, parseRules } from '../../src/tools/ip.js';
import { parseRuleset } from '../../src/tools/nft.js';
import { readOvs } from '../../src/tools/ovs-database.js';

/** What tools printed, by the names of files. */
export type Printed = ReadonlyMap<string, string>;

export const printedIn = (directory: string): Printed =>
  new Map(
    readdirSync(directory)
      .filter((file) => /\.jsonl?$/.test(file))
      .map((file) => [file, readFileSync(path.join(directory, file), 'utf8')]),
  );

export const recorded = (directory: string, topology: string): HostState =>
  stateFrom(printedIn(directory), topology);

/** Throws a SyntaxError where something was printed that no tool prints. */
export function stateFrom(printed: Printed, topology: string): HostState {
  const bodies = [...printed].flatMap(([file, text]): BodyState[] => {
    const [, body = ''] = /^(.*)\.ip\.jsonl$/.exec(file) ?? [];
    if (body === '') return [];
    const [vlans, fdb, rules, nft] = ['vlans.json', 'fdb.json', 'rules.jsonl', 'nft.json'].map((what) =>
      printed.get(`${body}.${what}`),
    );
    return [
      {
        ...unread({ name: body, netns: body === HOST ? null : `/run/netns/${body}` }),
        exists: true,
        ...parseNamespace(text),
        ...(vlans === undefined ? {} : { vlans: parseVlans(vlans) }),
        ...(fdb === undefined ? {} : { fdb: parseFdb(fdb) }),
        ...(rules === undefined ? {} : { rules: parseRules(rules) }),
        ...(nft === undefined ? {} : { nft: parseRuleset(nft) }),
      },
    ];
  });
  const ovs = printed.get('ovs.jsonl');
  return {
    topology,
    bodies: new Map(bodies.map((state) => [state.body.name, state])),
    ovs: ovs === undefined ? null : readOvs(ovs),
  };
}

export const resources = (host: HostState): Live[] => kinds.flatMap((kind) => kind.live(host));

/** All that the kinds see, a line each; numbers given by chance left out. */
export const resourceLines = (host: HostState): string[] =>
  resources(host).map((resource) => line(resource).replace(UUID, 'UUID'));

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

const line = ({ id, owner, fields }: Live): string =>
  [id, ...(owner == null ? [] : [`of ${owner}`]), JSON.stringify(fields)].join(' ');
