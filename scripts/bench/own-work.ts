// In: a topology file, what was recorded of one endpoint, how many to make of it. Out: time and peak memory of load, diff, plan and render.
// A process of its own, so that the memory is that of this alone. No tool runs: the host is what was recorded, multiplied.
import { readFileSync } from 'node:fs';
import { intentOf } from '../../src/intent.js';
import { loadFile } from '../../src/load/index.js';
import { HOST, type Body } from '../../src/model.js';
import { planText } from '../../src/render/text.js';
import { settingsFrom } from '../../src/settings.js';
import type { BodyState, HostState } from '../../src/state.js';
import { assess } from '../../src/survey.js';
import { parseNamespace } from '../../src/tools/ip.js';
import { endpointsOf, NAME } from './topology.js';

export type Situation = 'nothing to change' | 'from nothing';

export interface Spent {
  readonly seconds: number;
  /** Peak of the whole process. */
  readonly megabytes: number;
  readonly resources: number;
  readonly changes: number;
}

/** What `ip` printed of a host with one endpoint, before and after it was made. */
export interface Recorded {
  readonly empty: string;
  readonly host: string;
  readonly namespace: string;
}

const [topology = '', situation = '', count = '', recorded = ''] = process.argv.slice(2);
const answers = answersOf(
  situation as Situation,
  Number(count),
  JSON.parse(readFileSync(recorded, 'utf8')) as Recorded,
);
const began = process.hrtime.bigint();
const loaded = loadFile(topology).topology;
if (loaded === null) throw new Error(`${topology} is not sound`);
const intent = intentOf(loaded);
const surveyed = assess(intent, null, stateOf(answers, intent.bodies), settingsFrom(process.env));
const text = planText(surveyed.plan, topology);
const spent: Spent = {
  seconds: Number(process.hrtime.bigint() - began) / 1e9,
  megabytes: process.resourceUsage().maxRSS / 1024,
  resources: intent.desired.length,
  changes: surveyed.plan.changes.length,
};
const expected = situation === 'nothing to change' ? 0 : spent.resources;
if (text === '' || spent.changes !== expected)
  throw new Error(`${spent.changes} changes instead of ${expected}`);
process.stdout.write(JSON.stringify(spent));

/** The answer of `ip` in each namespace that is there, by its name. */
function answersOf(
  which: Situation,
  endpoints: number,
  { empty, host, namespace }: Recorded,
): Map<string, string> {
  if (which === 'from nothing') return new Map([[HOST, empty]]);
  const all = endpointsOf(endpoints);
  const [one] = all;
  const [links = '', ...rest] = host.split('\n');
  const parsed = JSON.parse(links) as { readonly ifname: string; readonly ifindex: number }[];
  const port = parsed.find(({ ifname }) => ifname === one?.port);
  const others = parsed.filter((link) => link !== port);
  const first = port?.ifindex ?? 0;
  const ports = all.map((endpoint, i) => ({
    ...port,
    ifname: endpoint.port,
    ifindex: first + i,
    link_netnsid: i,
  }));
  return new Map([
    [HOST, [JSON.stringify([...others, ...ports]), ...rest].join('\n')],
    ...all.map((endpoint, i): [string, string] => [
      endpoint.namespace,
      namespace
        .replaceAll(`"${one?.address ?? ''}"`, `"${endpoint.address}"`)
        .replaceAll(`"link_index":${first}`, `"link_index":${first + i}`),
    ]),
  ]);
}

function stateOf(all: ReadonlyMap<string, string>, bodies: readonly Body[]): HostState {
  const states = bodies.map((body): [string, BodyState] => {
    const answer = all.get(body.name);
    const read =
      answer === undefined ? { links: [], routes: [], neighbours: [], proxies: [] } : parseNamespace(answer);
    return [
      body.name,
      { body, exists: answer !== undefined, ...read, vlans: [], fdb: [], sysctls: {}, nft: [] },
    ];
  });
  return { topology: NAME, bodies: new Map(states), ovs: null };
}
