// Who must answer in a rehearsal, where no services run: checks, NAT rules and addresses in, places to listen at out.
import { forwarded, type Endpoint } from './kinds/nat-forward.js';
import type { Rule } from './kinds/nat-rule.js';
import type { Check } from './load/topology.js';
import type { Process } from './tools/tool.js';

/** A port of an address that a body has, or of all of them (`0.0.0.0`, `::`). */
export interface Listener extends Endpoint {
  readonly body: string;
}

/**
 * The places at which the `tcp` checks arrive, each once. A port forward is followed to its end, and nothing listens
 * at its beginning: else a check would pass without it. An address that no body has is outside, where nothing is ours.
 */
export function listeners(
  checks: readonly Check[],
  natRules: PerBody<Rule>,
  addresses: PerBody<string>,
): Listener[] {
  const found = checks.flatMap(({ kind, from, to, port }) =>
    kind === 'tcp' && port !== undefined ? arrivals({ address: to, port }, from, natRules, addresses) : [],
  );
  return [...new Map(found.map((listener) => [JSON.stringify(listener), listener])).values()];
}

type PerBody<Value> = ReadonlyMap<string, readonly Value[]>;

/** Rules that send a connection around in a circle never end; more hops than this do not make sense. */
const HOPS = 8;

function arrivals(
  start: Endpoint,
  from: string,
  natRules: PerBody<Rule>,
  addresses: PerBody<string>,
): Listener[] {
  let end = start;
  for (let hop = 0; hop < HOPS; hop += 1) {
    const next = hopFrom(end, hop === 0 ? from : null, natRules, addresses);
    if (next === null) break;
    const { body, address, port, redirected } = next;
    if (redirected) return [{ body, address: address.includes(':') ? '::' : '0.0.0.0', port }];
    end = { address, port };
  }
  const owners = [...addresses].filter(([, own]) => own.includes(end.address)).map(([body]) => body);
  return (owners.includes(from) ? [from] : owners).map((body) => ({ body, ...end }));
}

/** The first body that sends a connection on, with where it sends it. */
function hopFrom(end: Endpoint, sender: string | null, natRules: PerBody<Rule>, addresses: PerBody<string>) {
  for (const [body, rules] of natRules) {
    const own = addresses.get(body)?.includes(end.address) ?? false;
    const next = forwarded(rules, { ...end, own, sent: body === sender });
    if (next !== null) return { body, ...next };
  }
  return null;
}

/**
 * A process that listens at these places of one body. It prints `ready` when it does, takes connections and closes them,
 * and ends when its standard input does.
 */
export const listening = (places: readonly Endpoint[], netns: string | null): Process => ({
  argv: [
    process.execPath,
    '-e',
    LISTEN,
    '--',
    ...places.flatMap(({ address, port }) => [address, String(port)]),
  ],
  netns,
});

/** An IPv6 address cannot be bound to before the kernel has looked for duplicates of it: then it is tried again. */
const LISTEN = `
const words = process.argv.slice(1);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const listen = (host, port) => new Promise((resolve, reject) => {
  const server = require("node:net").createServer((socket) => socket.on("error", () => {}).end());
  server.once("error", reject).listen({ host, port: Number(port), ipv6Only: true }, resolve);
});
const insist = async (host, port, left) => {
  try {
    await listen(host, port);
  } catch (error) {
    if (error.code !== "EADDRNOTAVAIL" || left === 0) throw error;
    await pause(100);
    await insist(host, port, left - 1);
  }
};
const all = [];
for (let at = 0; at < words.length; at += 2) all.push(insist(words[at], words[at + 1], 100));
Promise.all(all).then(() => console.log("ready"), (error) => { console.error(error.message); process.exit(1); });
process.stdin.resume().once("end", () => process.exit(0));
`;
