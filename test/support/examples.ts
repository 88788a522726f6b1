// The topologies under examples/: what each is made of and needs of a kernel, and the same with the other type of bridge.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { Feature } from './features.js';
import { projectRoot } from './sandbox.js';

/** An example: one file, or `NAME-node1.yaml`, `NAME-node2.yaml` for hosts that are wired together. */
export interface Example {
  readonly name: string;
  /** The text of each host's file. */
  readonly texts: readonly string[];
  /** Below the project's root. */
  readonly files: readonly string[];
}

/** All of them, whoever added which. */
export function examples(): Example[] {
  const files = readdirSync(path.join(projectRoot, 'examples')).filter((file) => file.endsWith('.yaml'));
  const names = new Set(files.map((file) => file.replace(/(-node\d+)?\.yaml$/, '')));
  return [...names].map((name) => {
    const own = files.filter((file) => file.replace(/(-node\d+)?\.yaml$/, '') === name).sort();
    return {
      name,
      files: own.map((file) => `examples/${file}`),
      texts: own.map((file) => readFileSync(path.join(projectRoot, 'examples', file), 'utf8')),
    };
  });
}

/** The same topology with the other type for every bridge; nothing else changes. The text itself where only one type has all it says. */
export const swapped = (text: string): string =>
  isForOvsAlone(text) || isForLinuxAlone(text)
    ? text
    : text.replace(/\btype: (linux|ovs)\b(?!-)/g, (_, type) => `type: ${type === 'ovs' ? 'linux' : 'ovs'}`);

/** True where it says words that only Open vSwitch knows. */
export const isForOvsAlone = (text: string): boolean =>
  /(^|[\s{])(patches|flows|mirrors|qos|ingress-policing):/m.test(text);

/** True where it says words that only Linux bridges and their ports know. */
export const isForLinuxAlone = (text: string): boolean =>
  /(^|[\s{])(flood|hairpin|vlan-protocol):/m.test(text);

export const hasOvsBridge = (texts: readonly string[]): boolean =>
  texts.some((text) => text.includes('type: ovs'));

/** What a kernel must have for these topologies. */
export function needsOf(texts: readonly string[]): Feature[] {
  const needs = texts.flatMap((text) => {
    const document = parse(text) as Body;
    return [document, ...Object.values(document.namespaces ?? {})].flatMap((body) => needsOfBody(body, text));
  });
  return [...new Set<Feature>(needs)];
}

function needsOfBody(body: Body, text: string): Feature[] {
  const { bridges, veths, interfaces, tunnels, vlans, vrfs, bonds } = body;
  const typeOf = (name: string | undefined) => bridges?.[name ?? '']?.type;
  const ends = [...valuesOf(veths), ...valuesOf(veths).flatMap(({ peer }) => peer ?? [])];
  const ports = [...ends, ...valuesOf(interfaces), ...valuesOf(tunnels), ...valuesOf(bonds)];
  const hasVlans = (port: Entry) => ['tag', 'trunks', 'native-tag'].some((word) => word in port);
  return [
    ...(/\sqos:/.test(text) ? (['htb'] as const) : []),
    ...(text.includes('ingress-policing:') ? (['policing'] as const) : []),
    ...(text.includes('type: ovs') ? (['ovs'] as const) : []),
    ...(/type: linux\b(?!-)/.test(text) ? (['bridge'] as const) : []),
    ...(valuesOf(vrfs).length > 0 ? (['vrf'] as const) : []),
    ...(ports.some((port) => typeOf(port.bridge) === 'linux' && hasVlans(port))
      ? (['vlan-filtering'] as const)
      : []),
    ...Object.entries(LINKS).flatMap(([section, feature]) => (section in body ? [feature] : [])),
    ...valuesOf(vlans).flatMap(({ link }) => (typeOf(link) === 'ovs' ? [] : (['8021q'] as const))),
    ...valuesOf(vlans).flatMap(({ protocol }) => (protocol === '802.1ad' ? (['8021ad'] as const) : [])),
    ...valuesOf(bonds).flatMap(({ bridge }) => (typeOf(bridge) === 'ovs' ? [] : (['bond'] as const))),
    // A port of a Linux bridge carries frames, so `gre` is `gretap` there.
    ...valuesOf(tunnels).flatMap(({ bridge, mode }) =>
      typeOf(bridge) === 'ovs' ? [] : [(mode === 'gre' && bridge !== undefined ? 'gretap' : mode) as Feature],
    ),
  ];
}

/** Sections that need one thing of a kernel, whatever their entries say. */
const LINKS: Readonly<Record<string, Feature>> = {
  dummies: 'dummy',
  ifbs: 'ifb',
  macvlans: 'macvlan',
  macvtaps: 'macvtap',
  ipvlans: 'ipvlan',
  taps: 'tap',
};

interface Entry {
  readonly bridge?: string;
  readonly type?: string;
  readonly mode?: string;
  readonly link?: string;
  readonly protocol?: string;
  readonly peer?: Entry;
}

type Section = Readonly<Record<string, Entry>> | undefined;

interface Body {
  readonly namespaces?: Readonly<Record<string, Body>>;
  readonly bridges?: Section;
  readonly veths?: Section;
  readonly interfaces?: Section;
  readonly tunnels?: Section;
  readonly vlans?: Section;
  readonly vrfs?: Section;
  readonly bonds?: Section;
}

const valuesOf = (section: Section): Entry[] => Object.values(section ?? {});
