// Throw-away hosts and what surrounds them in; wires laid, NICs plugged in, addresses set out. Runs where the wires are to be.
import { bodyOf } from '../intent.js';
import type { Topology } from '../load/topology.js';
import { run } from '../tools/run.js';
import { INPUT } from '../tools/tool.js';
import type { RehearsalHost } from './host.js';
import type { Nic, Surroundings, Wire } from './stand-ins.js';

/** A topology and the host that it is rehearsed on. */
export interface Player {
  /** As the user named it. */
  readonly file: string;
  readonly topology: Topology;
  readonly host: RehearsalHost;
  /** Content of the file where it is the standard input, which can be read only once. */
  readonly input: string | undefined;
}

/** Makes the namespaces and NICs that the topologies find, and the networks that they plug into. */
export async function setScene(
  players: readonly Player[],
  surroundings: Surroundings,
  timeoutMs: number,
): Promise<void> {
  for (const player of players) await makeFoundNamespaces(player, timeoutMs);
  await ip(
    [...surroundings.wires.flatMap(wireLines(players)), ...surroundings.beyond.map(beyondLine)],
    null,
    timeoutMs,
  );
  await run({ argv: ['sh', '-c', FORWARD], netns: null }, { timeoutMs });
  for (const nic of surroundings.wires.flatMap(({ nics }) => nics)) {
    await ip(nicLines(nic), netnsOf(nic, players), timeoutMs);
  }
}

/** A bind mount keeps a namespace without a process, as `ip netns add` does it, but at any path. */
async function makeFoundNamespaces({ topology, host }: Player, timeoutMs: number): Promise<void> {
  for (const body of topology.bodies) {
    const path = bodyOf(body).netns;
    if (body.from === null || path === null) continue;
    const { exitCode, stderr } = await host.ask(['sh', '-c', MAKE_NAMESPACE, 'sh', path], timeoutMs);
    if (exitCode !== 0) throw new Error(`cannot make a namespace at ${path}: ${stderr}`);
  }
}

/** Never over a file that is there: what is outside of /run is the machine's own. */
const MAKE_NAMESPACE = 'set -C; mkdir -p "$(dirname "$1")" && : >"$1" && unshare --net="$1" true';

/** Hosts with addresses of different networks may well be behind routers. */
const FORWARD = 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding';

const wireLines =
  (players: readonly Player[]) =>
  ({ nics, gateways }: Wire, wire: number): string[] => [
    `link add wire${wire} type bridge`,
    ...gateways.map((address) => `address add ${address} dev wire${wire}${nodad(address)}`),
    ...nics.flatMap((nic, port) => [
      `link add wire${wire}p${port} type veth peer name ${nic.device} netns ${netnsOf(nic, players)}`,
      `link set wire${wire}p${port} master wire${wire} up`,
    ]),
    `link set wire${wire} up`,
  ];

const beyondLine = (address: string): string => `address add ${address} dev lo${nodad(address)}`;

const nodad = (address: string): string => (address.includes(':') ? ' nodad' : '');

const nicLines = ({ device, address, gateway }: Nic): string[] => [
  `link set ${device} up`,
  ...(address === null ? [] : [`address add ${address} dev ${device}`]),
  ...(gateway === null ? [] : [`route add default via ${gateway} metric ${METRIC}`]),
];

/** Less wanted than a default route of the topology's own. */
const METRIC = 4096;

function netnsOf({ host, body }: Nic, players: readonly Player[]): string {
  const player = players[host];
  const declared = player?.topology.bodies.find(({ name }) => name === body);
  if (player === undefined || declared === undefined) throw new Error(`no host for ${body}`);
  return player.host.fileOf(bodyOf(declared).netns);
}

async function ip(lines: readonly string[], netns: string | null, timeoutMs: number): Promise<void> {
  if (lines.length === 0) return;
  const input = `${lines.join('\n')}\n`;
  const { exitCode, stderr } = await run({ argv: ['ip', '-batch', INPUT], netns, input }, { timeoutMs });
  if (exitCode !== 0) throw new Error(`cannot make the stand-ins: ${stderr}\n${input}`);
}
