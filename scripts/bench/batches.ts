// A topology in, shell scripts out that feed batches to the tools: those of its plan (what apply adds to that is its own), or a person's.
import { readFileSync } from 'node:fs';
import type { SavedPlan } from '../../src/saved-plan.js';
import { settingsFrom } from '../../src/settings.js';
import { toolsFor } from '../../src/tools/index.js';
import { pathTo } from '../../src/tools/path.js';
import { INPUT, shellWord, type Process } from '../../src/tools/tool.js';
import { inTwoShells } from './by-hand.js';
import { file, netplan, run } from './processes.js';
import { BRIDGE, endpointsOf, GATEWAY, PREFIX, type Bridge } from './topology.js';

/** Wave by wave, the processes of each in two shells. */
export function batchesOf(topology: string): string {
  const saved = '/run/bench/plan.json';
  run(netplan('plan', topology, '--out', saved));
  const { plan } = (JSON.parse(readFileSync(saved, 'utf8')) as { readonly saved: SavedPlan }).saved;
  const netnsOf = new Map(plan.bodies.map(({ name, netns }) => [name, netns]));
  const tools = toolsFor(settingsFrom(process.env));
  const waves = plan.waves.map((wave, w) => {
    const commands = wave.flatMap(({ tool, body, commands: all }, b) =>
      tools[tool]
        .calls(all, netnsOf.get(body) ?? null)
        .map(({ process }, c) => lineOf(process, file(`batches/${w}-${b}-${c}`, process.input ?? ''))),
    );
    return commands.length === 1 ? `${commands.join('')}\n` : inTwoShells(commands, '/run/bench/written');
  });
  return `set -e\n${waves.join('')}`;
}

/** What a person would feed them, in the order in which one thinks of it: the bridge first, and each end up as it is made. */
export function plainBatches(count: number, bridge: Bridge): string {
  const all = endpointsOf(count);
  const isLinux = bridge === 'linux';
  const host = all.flatMap(({ namespace, port, device }) => [
    `netns add ${namespace}`,
    `link add ${port} type veth peer name ${device} netns ${namespace}`,
    ...(isLinux ? [`link set ${port} master ${BRIDGE}`] : []),
    `link set ${port} up`,
  ]);
  const inside = all.map(({ namespace, device, address }) => {
    const lines = [
      'link set lo up',
      `link set ${device} up`,
      `address add ${address}/${PREFIX} dev ${device}`,
      `route add default via ${GATEWAY}`,
    ];
    const batch = file(`plain/${namespace}`, `${lines.join('\n')}\n`);
    return `${fileOf('nsenter')} --net=/run/netns/${namespace} ${fileOf('ip')} -batch ${batch}`;
  });
  const ports = all.map(({ port }) => `-- add-port ${BRIDGE} ${port}`);
  return [
    'set -e',
    isLinux
      ? `ip link add ${BRIDGE} type bridge`
      : `ovs-vsctl add-br ${BRIDGE} -- set Bridge ${BRIDGE} datapath_type=netdev`,
    `ip link set ${BRIDGE} up`,
    `ip addr add ${GATEWAY}/${PREFIX} dev ${BRIDGE}`,
    `ip -batch ${file('plain/host', `${host.join('\n')}\n`)}`,
    ...(isLinux ? [] : [`ovs-vsctl ${ports.join(' ')}`]),
    inTwoShells(inside, '/run/bench/written'),
  ].join('\n');
}

/** A process as a line for a shell; `input` is the file that holds its input. Programs by their files, which saves lookups. */
export function lineOf({ argv, netns }: Process, input = ''): string {
  const [program = '', ...args] = argv;
  const words = args.map((word) => (word === INPUT ? input : word));
  const enter = netns === null ? [] : [fileOf('nsenter'), `--net=${netns}`];
  return [...enter, fileOf(program), ...words].map(shellWord).join(' ');
}

const fileOf = (program: string): string => pathTo(program) ?? program;
