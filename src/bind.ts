// A topology in, the same with the devices that its entries seek by their features (`match`) out, as they are on this host now.
import { readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { ownAddress } from './bond-member.js';
import { ToolError } from './errors.js';
import { bodyOf } from './intent.js';
import type { Entry, Features } from './kind.js';
import type { Diagnostic } from './load/diagnostic.js';
import type { Topology } from './load/topology.js';
import { HOST, type Body } from './model.js';
import type { Settings } from './settings.js';
import type { IpLink } from './state.js';
import { parseNamespace, readNamespace } from './tools/ip.js';
import { run } from './tools/run.js';

export interface Bound {
  readonly topology: Topology;
  /** Entries that none or several of the host's links are like. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Looks at the host only where an entry seeks a device. Throws a ToolError when it cannot be read. */
export async function bind(topology: Topology, settings: Settings): Promise<Bound> {
  if (settings.standIns) return { topology, diagnostics: [] };
  const devices = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const declared of topology.bodies) {
    const searches = searchesOf(topology, declared.name);
    if (searches.length === 0) continue;
    const candidates = await candidatesIn(bodyOf(declared), settings);
    for (const { entry, sought } of searches) {
      const like = candidates.filter(({ features }) => isLike(features, sought));
      const [only] = like;
      if (only !== undefined && like.length === 1) devices.set(`${entry.body}/${entry.key}`, only.device);
      else diagnostics.push(unclear(entry, sought, like, topology));
    }
  }
  return { topology: devices.size === 0 ? topology : topology.withDevices(devices), diagnostics };
}

interface Search {
  readonly entry: Entry;
  readonly sought: Features;
}

function searchesOf({ names }: Topology, body: string): Search[] {
  return names.sections(body).flatMap((section) =>
    names.entries(body, section).flatMap((entry) => {
      const sought = names.kindFor(section, entry)?.section.sought?.(entry) ?? null;
      return sought === null ? [] : [{ entry, sought }];
    }),
  );
}

interface Candidate {
  readonly device: string;
  readonly features: Features;
}

/** Links that stand on another one have its address: they are not what is plugged in. */
async function candidatesIn({ name, netns }: Body, settings: Settings): Promise<Candidate[]> {
  const process = readNamespace(netns);
  const outcome = await run(process, settings);
  if (outcome.exitCode !== 0) throw new ToolError(`exit status ${outcome.exitCode}`, process, outcome.stderr);
  const links = parseNamespace(outcome.stdout).links.filter(
    ({ ifname, linkinfo }) => ifname !== 'lo' && !STACKED.has(linkinfo?.info_kind ?? ''),
  );
  return Promise.all(
    links.map(async (link) => ({ device: link.ifname, features: await featuresOf(link, name === HOST) })),
  );
}

/** Kinds that have the address of the link below them, or of a port. */
const STACKED: ReadonlySet<string> = new Set(
  'vlan macvlan macvtap ipvlan ipvtap bridge bond team openvswitch'.split(' '),
);

async function featuresOf(link: IpLink, isHost: boolean): Promise<Features> {
  const macaddress = ownAddress(link);
  const { permaddr = macaddress } = link;
  return {
    ...(macaddress === undefined ? {} : { macaddress }),
    ...(permaddr === undefined ? {} : { 'permanent-macaddress': permaddr }),
    ...(isHost ? await hardwareOf(link) : {}),
  };
}

/** What udev knows of the host's own links, else sysfs; a link without hardware is driven by what made it. */
async function hardwareOf({ ifindex, ifname, linkinfo }: IpLink): Promise<Features> {
  const udev = await propertiesOf(`/run/udev/data/n${ifindex}`);
  const inSysfs = await readlink(`/sys/class/net/${ifname}/device/driver`).catch(() => undefined);
  const driver = udev.get('ID_NET_DRIVER') ?? (inSysfs && basename(inSysfs)) ?? linkinfo?.info_kind;
  const path = udev.get('ID_PATH');
  return { ...(driver === undefined ? {} : { driver }), ...(path === undefined ? {} : { path }) };
}

/** Lines `E:NAME=VALUE` of udev's database (src/libsystemd/sd-device in systemd). */
async function propertiesOf(file: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return new Map(
    [...text.matchAll(/^E:([^=\n]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** True when every feature that is sought is there; `*`, `?` and `[…]` as in a shell for drivers and paths. */
export const isLike = (features: Features, sought: Features): boolean =>
  (Object.entries(sought) as [keyof Features, string][]).every(([feature, wanted]) => {
    const is = features[feature];
    if (is === undefined) return false;
    return feature === 'driver' || feature === 'path'
      ? globOf(wanted).test(is)
      : is.toLowerCase() === wanted.toLowerCase();
  });

/** A `[` that nothing closes is a letter, as in a shell; a class that makes no sense is one of letters, too. */
function globOf(glob: string): RegExp {
  const parts = glob.match(/\[!?[^\]]+\]|[^]/gu) ?? [];
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const pattern = parts.map((part) => {
    if (part === '*') return '[^]*';
    if (part === '?') return '[^]';
    const isNot = part.startsWith('[!');
    const members = part.slice(isNot ? 2 : 1, -1).replace(/[\\^\]]/g, '\\$&');
    return part.length > 1 && isClass(members) ? `[${isNot ? '^' : ''}${members}]` : literal(part);
  });
  return new RegExp(`^${pattern.join('')}$`, 'u');
}

/** False for a range from back to front. */
function isClass(members: string): boolean {
  try {
    return new RegExp(`[${members}]`, 'u').source !== '';
  } catch {
    return false;
  }
}

function unclear(
  entry: Entry,
  sought: Features,
  like: readonly Candidate[],
  { positionOf }: Topology,
): Diagnostic {
  const words = Object.entries(sought).map(([feature, value]) => `\`${feature}: ${value}\``);
  const where = entry.body === HOST ? 'this host' : `\`${entry.body}\``;
  const devices = like.map(({ device }) => `\`${device}\``).join(', ');
  return {
    code: like.length === 0 ? 'no-match' : 'many-matches',
    message:
      like.length === 0
        ? `no link of ${where} has ${words.join(' and ')}`
        : `several links of ${where} have ${words.join(' and ')}: ${devices}`,
    hint:
      like.length === 0
        ? '`ip -d link` shows what there is'
        : 'say more under `match`, or the name in place of it',
    severity: 'error',
    position: positionOf([...entry.path, 'match']),
  };
}
