// The contract of a kind: everything about one sort of resource, as one value in one file under kinds/.
import type { Command, Desired, Fields, Json, Live, Path, Read, Resource, ToolName } from './model.js';
import type { Finding } from './load/diagnostic.js';
import type { KernelPart } from './requirements/parts.js';
import type { HostState } from './state.js';

/**
 * What a changed value costs.
 * - `live`: changes in place, no frame is lost.
 * - `flap`: changes in place, traffic may stop for a moment.
 * - `reset`: changes in place, but all that dies with the resource is lost and made again.
 * - `replace`: cannot change in place; `x-why` says why.
 */
export type Cost = 'live' | 'flap' | 'reset' | 'replace';

/** A field of a resource and of its YAML entry: a JSON schema with our own words beside it. The reference is printed from it. */
export interface Property {
  readonly type?: string | readonly string[];
  readonly description: string;
  readonly default?: Json;
  /** Cost of a change; `live` when left out. */
  readonly 'x-change'?: Cost;
  /** With `replace`: the reason, shown in the plan. With the kernel's or OVS's behaviour that forces it. */
  readonly 'x-why'?: string;
  /** `bytes`, `s`, `ms`, … */
  readonly 'x-unit'?: string;
  /** What the value names: a link of the same body (by key), that or `lo`, a bridge of it, a namespace of the document. */
  readonly 'x-reference'?: 'link' | 'device' | 'bridge' | 'namespace';
  /** The value is a link itself (a veth's peer): the schema gives it every word of a link. */
  readonly 'x-link'?: true;
  readonly [schemaWord: string]: unknown;
}

export type Properties = Readonly<Record<string, Property>>;

/** An entry of a section: its key (the index for lists), its value, and where it stands. */
export interface Entry {
  readonly body: string;
  readonly key: string;
  readonly value: { readonly [field: string]: Json };
  readonly path: Path;
}

/** A link that an entry speaks of, whatever its kind: what the common link fields are about. */
export interface DeclaredLink {
  readonly body: string;
  /** What other entries of the body call it. */
  readonly key: string;
  /** Its name in the kernel, or of its OVS port. */
  readonly device: string;
  /** The value that holds the common link fields (for a veth's other end: `peer`). */
  readonly value: { readonly [field: string]: Json };
  readonly path: Path;
  /** True for a link that exists already and is not ours. */
  readonly adopted: boolean;
  /** False for OVS ports that the kernel does not see (tunnel and patch ports). */
  readonly netdev: boolean;
  /** True when OVS makes the device: its MTU and MAC address are then set in OVSDB by its kind, not by `ip`. */
  readonly byOvs: boolean;
  /** True when its packets have no Ethernet header: then it has no MAC address, and nothing that carries frames takes it. */
  readonly noEthernet?: true;
  /** Of a veth pair: the other end. */
  readonly peer?: { readonly body: string; readonly device: string };
  /** Set when it is a bridge. */
  readonly bridge?: 'linux' | 'ovs';
  /** Keys of the links of its body that belong to it (its `interfaces`). */
  readonly members?: readonly string[];
  /** Set when it is a VRF: number of the table in which it and its members have their routes. */
  readonly table?: number;
  /** Set when it is a bond. */
  readonly bond?: 'linux' | 'ovs';
  /** Its MTU in bytes when the file does not say one and the kernel's rule for it is known. May follow other links' (a getter). */
  readonly defaultMtu?: number | undefined;
}

/** What a link is like, in the words of `match`. A feature that nothing is known of is left out. */
export type Features = Readonly<
  Partial<Record<'macaddress' | 'permanent-macaddress' | 'driver' | 'path', string>>
>;

/** What a kind may ask about the document while it makes resources of an entry. */
export interface Names {
  readonly topology: string;
  /** The link that a key names in a body; undefined when there is none (a diagnostic then says so elsewhere). */
  link(body: string, key: string): DeclaredLink | undefined;
  /** All links of a body, in document order. */
  links(body: string): readonly DeclaredLink[];
  /** The ports of a bridge: links of the same body whose `bridge` names it. */
  ports(bridge: DeclaredLink): readonly DeclaredLink[];
  /** The link that has this one among its members; undefined when there is none. */
  master(link: DeclaredLink): DeclaredLink | undefined;
  /** True when the body is found (`from:`), not created. The host is found. */
  found(body: string): boolean;
  /** The device that was found on the host for an entry that seeks one; undefined as long as nobody has looked. */
  device(body: string, key: string): string | undefined;
  /** All entries of a section in a body, as they stand in the document. */
  entries(body: string, section: string): readonly Entry[];
}

/** How a kind takes part in the document with a section of its own. Several kinds may share one (`bridges`). */
export interface Section {
  readonly name: string;
  readonly shape: 'map' | 'list';
  /** One or two sentences for the reference. */
  readonly description: string;
  /** The entry's own fields, without the common link fields. */
  readonly properties: Properties;
  /** Set for a map of scalars (`sysctls`): what each of them is. An entry's value is then `{value: SCALAR}`. */
  readonly values?: Property;
  readonly required?: readonly string[];
  /** With which kind of a shared section an entry goes; the first that says true takes it. Default: true. */
  takes?(entry: Entry, names: Names): boolean;
  /** What the entry's device is like, where that and not its name says which one it is (`match`); null: its name does. */
  sought?(entry: Entry): Features | null;
  /** Keys under which the entry can be referred to; default: its own key in its own body. */
  keys?(entry: Entry): readonly { readonly body: string; readonly key: string }[];
  /** The links it declares, one for each of `keys`; left out by sections that are not links. */
  links?(entry: Entry, names: Names): readonly DeclaredLink[];
  /** What makes an entry impossible or doubtful although its shape is right. Asked before `desired`. */
  findings?(entry: Entry, names: Names): readonly Finding[];
  /** The resources that it wants, without those of the common link fields. */
  desired(entry: Entry, names: Names): readonly Desired[];
}

/** How a kind takes part in every link: `addresses`, `routes`, `bridge`. */
export interface OnLink {
  readonly properties: Properties;
  /** To which links its fields belong (those that are ports of a Linux bridge); default: to all. Others may not say them. */
  takes?(link: DeclaredLink, names: Names): boolean;
  /** What makes its fields impossible or doubtful on this link although their shape is right. Asked before `desired`. */
  findings?(link: DeclaredLink, names: Names): readonly Finding[];
  desired(link: DeclaredLink, names: Names): readonly Desired[];
}

/** What commands may know of the place where they will run. */
export interface Site {
  readonly topology: string;
  /** The datapath of an Open vSwitch bridge that does not say one. */
  readonly ovsDatapath: 'system' | 'netdev';
  /** File that names a body's network namespace; null for the host's own. */
  netns(body: string): string | null;
  /** True where the host has, or is to have, a link of that name. */
  isInHost(device: string): boolean;
}

/**
 * Something that a host may lack. A part of the kernel is a line in the table of `requirements/parts.ts`; the tools that a kind
 * `reads` with are required without being named. `at`: the word of the entry that asks for it, where that is not all of it.
 */
export type Requirement = { readonly at?: string } & (
  | { readonly kernel: KernelPart }
  | { readonly tool: ToolName }
  /** One that no tool's file starts. */
  | { readonly program: string }
  /** A type of datapath, or of interface, that Open vSwitch has to know. */
  | { readonly ovsDatapath: string }
  | { readonly ovsInterface: string }
);

/** What a kind may ask to say what a resource requires. */
export interface Around extends Pick<Site, 'ovsDatapath'> {
  /** The fields of another resource that is wanted. */
  fieldsOf(id: string): Fields | undefined;
}

/** What a person can do about a foreign thing of a sort; what is left out is as for a link of the kernel. */
export interface Advice {
  /** To use it as it is. */
  readonly use?: string;
  /** The command that shows it. */
  readonly look?: string;
  /** To get it out of the way. */
  readonly free?: string;
}

/** A network as routes have it (`default`, `::/0`, `10.0.0.0/8`, `10.0.0.1`), and how much it counts: less is more. */
export interface Way {
  readonly network: string;
  readonly metric: number;
  /** Number of the table that it is in. */
  readonly table: number;
}

/** What a host sends by itself; where `from` is null it begins, and chooses its address when it knows the way. */
export interface Packet {
  readonly from: string | null;
  readonly to: string;
}

/** Which of the packets that a host sends look for their way in which table: those with the lowest priority are asked first. */
export interface RoutingPolicy {
  readonly priority: number;
  /** Null: they are dropped. */
  readonly table: number | null;
  /** Ways whose prefix is not longer than this do not count; -1: all do. */
  readonly suppressed: number;
  /** True also where it depends on what is not known of the packet. */
  isFor(packet: Packet): boolean;
}

export interface Kind {
  /** `linux-bridge`; unique in the table. */
  readonly name: string;
  /** What a person calls one: `a port of a Linux bridge`. For kinds that share a section or words with others. */
  readonly called?: string;
  /** The middle of its ids; kinds that can turn into each other in place of one thing share it (`bridge`, `port`). */
  readonly noun: string;
  /** Facts of the resource's fields. */
  readonly fields: Properties;
  readonly section?: Section;
  readonly onLink?: OnLink;
  /** Everything of its sort that is there, ours or not, with whose it is. Pure: looks at the given state alone. */
  live(host: HostState): readonly Live[];
  /**
   * What the host must have for it to be made: `requires: () => [{ kernel: 'vlan' }]`. Asked of what a plan makes or changes; what
   * is lacking is an obstacle, said before the first write at the entry (see `requirements/`).
   */
  requires?(resource: Resource, around: Around): readonly Requirement[];
  /** Why the host cannot have it, in the words of the tool that was asked; null: it can. Asked before the first write. */
  refusal?(resource: Desired, host: HostState): string | null;
  /** Commands that make it as `fields` say, with the mark of its owner. */
  make(resource: Resource, site: Site): readonly Command[];
  /** Commands that bring `before` to `after`; `changed` names the fields that differ, none of them of cost `replace`. */
  change(before: Resource, after: Resource, changed: readonly string[], site: Site): readonly Command[];
  /** What a field's change costs where that depends on the values, or on other fields; undefined, or left out: as `fields` say. */
  cost?(field: string, before: Fields, after: Fields): Cost | undefined;
  /**
   * Values of such a resource that go without saying where it is made, beside the defaults of its fields: a plan leaves
   * them out.
   */
  usual?(fields: Fields): Fields;
  /** What to tell a person who finds a foreign one in the way. */
  advice?(body: string, name: string): Advice;
  /**
   * What it is one of several for (a way to a network, an address of a link): of these, one that comes is made before one that goes,
   * so that there is always one.
   */
  serves?(resource: Resource): string;
  /** True of what is there, but as it is bears nothing that needs it (a link that is down bears no route). */
  isIdle?(resource: Resource): boolean;
  /** Commands that remove it; not asked when it dies with something that goes. */
  remove(resource: Resource, site: Site): readonly Command[];
  /**
   * Ids of things beside it that stay, but lose all that dies with them, when it is made, moved or removed (a link that joins
   * a VRF is taken down and up again).
   */
  unsettles?(resource: Resource): readonly string[];
  /** The foreign thing that would be lost with it; null: it may go. Asked before one of ours is removed. */
  holds?(resource: Live, host: HostState): Live | null;
  /** Further questions that must be asked to see it (see `observe.ts`). */
  reads?(resource: Resource): readonly Read[];
  /** What it is to a link, for those who reach the host by that (see `guard.ts`). */
  readonly role?: 'settings' | 'membership' | 'address';
  /** Where packets get by it; null: nowhere. For sorts that are a way. */
  leadsTo?(resource: Resource): Way | null;
  /** For sorts that say in which table packets look for their way; null: this one does not. */
  directs?(resource: Resource): RoutingPolicy | null;
  /** True for things that must be there to be adopted (a NIC); otherwise an adopted thing may come with what it needs. */
  readonly mustExist?: boolean;
  /** Where to look for its sort in a body when no record says where we made any; for sorts that are not always read. */
  traces?(body: string): readonly Read[];
  /** True where the mark of the owner comes with a later command (that of a namespace is on its `lo`): until then the record says it. */
  readonly markedLater?: true;
  /**
   * For sorts that cannot be removed, only put back (a sysctl): the value to go back to when it was not there yet as the plan
   * was made (that of a new link).
   */
  initial?(resource: Resource, host: HostState): Fields | null;
}

/** In the schema of an object: it takes its own words alone, and keys with `x-`, which nobody reads. */
export const ownWordsAlone = { patternProperties: { '^x-': {} }, additionalProperties: false } as const;

/** A desired resource of a kind, with the usual emptiness filled in. */
export function desired(
  resource: Pick<Desired, 'id' | 'kind' | 'body' | 'fields' | 'ownership' | 'at'> & Partial<Desired>,
): Desired {
  return { needs: [], diesWith: [], provides: [], ...resource };
}

/** The fields of `properties` that the value has, with the defaults of those it has not. */
export function pick(properties: Properties, value: { readonly [field: string]: Json }): Fields {
  const fields: Record<string, Json> = {};
  for (const [name, property] of Object.entries(properties)) {
    const given = value[name] ?? property.default;
    if (given !== undefined) fields[name] = given;
  }
  return fields;
}

/** Name of the device `device` of a body, as `provides` and `needs` say it. */
export const deviceOf = (body: string, device: string): string => `${body}/device/${device}`;

/** The device that such a name means; null for a name of another sort. */
export const deviceNamed = (name: string): string | null => /^[^/]+\/device\/(.+)$/.exec(name)?.[1] ?? null;

/** Name of the kernel settings that a body's new links begin with (`conf.default`): what makes a link needs it. */
export const linkDefaultsOf = (body: string): string => `${body}/link-defaults`;

/** Name of the kernel settings of a device: what brings it up needs it (`disable_ipv6`, `accept_ra`). */
export const settingsOf = (body: string, device: string): string => `${body}/settings/${device}`;

/**
 * Name of a place upon a link for others that take what it receives. Ours provide the place that they take, foreign ones the
 * places that are no longer free beside them.
 */
export const placeOn = (body: string, device: string, place: string): string =>
  `${body}/upon/${device}/${place}`;

/** The link that a place is upon, by its device; null for names of other things. */
export const linkOfPlace = (name: string): string | null => /^[^/]*\/upon\/([^/]+)\//.exec(name)?.[1] ?? null;

/** Name of a body's network namespace, as `provides` and `needs` say it. */
export const netnsOf = (body: string): string => `${body}/netns`;
