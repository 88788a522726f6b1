// Players on their hosts in; what answers their `tcp` checks, in the namespaces where these arrive, out.
import { groupBy } from '../collections.js';
import { bodyOf } from '../intent.js';
import { ruleOf } from '../kinds/nat-rule.js';
import { listeners, listening } from '../listeners.js';
import type { DeclaredBody } from '../load/topology.js';
import { keepRunning, type Kept } from '../tools/run.js';
import type { Player } from './scene.js';
import { addressesIn } from './stand-ins.js';

/** Starts what listens where the checks arrive, on whichever host that is, or at the addresses beyond the wires. */
export function startServices(players: readonly Player[], beyond: readonly string[]): Promise<Kept[]> {
  const places = players.flatMap(placesOf);
  const wanted = listeners(
    players.flatMap(({ topology: { checks } }, host) =>
      checks.map((check) => ({ ...check, from: keyOf(host, check.from) })),
    ),
    new Map(places.map(({ key, rules }) => [key, rules])),
    new Map([...places.map(({ key, addresses }) => [key, addresses] as const), [BEYOND, beyond]]),
  );
  const keepers = [...groupBy(wanted, ({ body }) => body)].map(([key, endpoints]) => {
    const place = places.find((each) => each.key === key);
    const { argv } = listening(endpoints, null);
    return place === undefined ? keepRunning(argv) : keepIn(place, argv);
  });
  return Promise.all(keepers);
}

/** The body's namespace is that of its name on its host, not on this one. */
function keepIn({ player, body }: Place, argv: readonly string[]): Promise<Kept> {
  const { netns } = bodyOf(body);
  return player.host.keep(netns === null ? argv : ['nsenter', `--net=${netns}`, ...argv]);
}

type Place = ReturnType<typeof placesOf>[number];

function placesOf(player: Player, host: number) {
  const { topology } = player;
  const { names } = topology;
  return topology.bodies.map((body: DeclaredBody) => ({
    key: keyOf(host, body.name),
    player,
    body,
    addresses: addressesIn(topology, body.name).map(({ ip }) => ip),
    rules: names.entries(body.name, 'nat').flatMap((entry) => ruleOf(entry, names) ?? []),
  }));
}

/** Bodies of all hosts in one table; the world beyond the wires has no host. */
const keyOf = (host: number, body: string): string => `${host}/${body}`;
const BEYOND = 'beyond';
