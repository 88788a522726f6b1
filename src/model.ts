// The nouns of the pipeline. All are readonly and JSON, so that each stage can be printed, saved and compared.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Fields = Readonly<Record<string, Json>>;

/** The body at the top of a document: the network namespace that netplan-ovs itself runs in. */
export const HOST = 'host';

/** Where a value stands in a topology: the keys and indexes that lead to it from the top of the document. */
export type Path = readonly (string | number)[];

/** A place in a file; `line` and `column` count from 1, and are 0 of what no line of it is about. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The file of a network namespace that has a name, as `ip netns` keeps it. */
export const netnsFile = (name: string): string => `/run/netns/${name}`;

/** A network namespace that the topology speaks of. */
export interface Body {
  /** `host`, or the key under `namespaces`. */
  readonly name: string;
  /** File that names the namespace (`/run/netns/web`, `/proc/71/ns/net`); null for the host's own. */
  readonly netns: string | null;
}

/**
 * Whose a desired resource is.
 * - `owned`: made by us and marked in itself; a foreign thing of the same id is a conflict.
 * - `part`: ours in the same way, and an equal foreign one will do (an address that a NIC already has).
 * - `adopted`: there already; only the named fields are set, and put back when the line goes.
 */
export type Ownership = 'owned' | 'part' | 'adopted';

/** One thing that can be made, changed and removed by itself: a link, an address, a port's membership. */
export interface Resource {
  /** `BODY/NOUN/NAME`, for example `ns1/address/eth0/192.168.1.1`. The same for the wanted and for the live thing. */
  readonly id: string;
  /** Name of its kind in the table of kinds. */
  readonly kind: string;
  readonly body: string;
  /** What the topology's words say of it. Fields that a desired resource does not have are not compared. */
  readonly fields: Fields;
  /** Ids (or provided names) that must be there before this is made, that go only after it, and with which it is replaced. */
  readonly needs: readonly string[];
  /**
   * Ids (or provided names) with which the kernel or OVS removes this too, so that no command is needed for it; `ID#FIELD`:
   * it removes this when that field changes.
   */
  readonly diesWith: readonly string[];
  /**
   * Names it makes available, of which the host has room for one each (`ns1/device/eth0`, `ns1/netns`). Others may say
   * such a name in `needs` and `diesWith`; what provides it now goes before another that provides it is made.
   */
  readonly provides: readonly string[];
}

export interface Desired extends Resource {
  readonly ownership: Ownership;
  /** Ids after which it is best made, where nothing else stands against that order. */
  readonly after?: readonly string[];
  /** The entry of the topology that wants it; null for what a record of earlier values wants back. */
  readonly at: Path | null;
}

export interface Live extends Resource {
  /** Fields whose values somebody else sets by itself (Open vSwitch, of its devices): no undoing can bring them back. */
  readonly given?: readonly string[];
  /** True of what others have on a thing, and what does not come again by itself when it is lost with that. */
  readonly isMade?: true;
  /** Ids with which it may be lost, or may not: when one goes it goes before, or is made again after that. */
  readonly lostWith?: readonly string[];
  /** Name of the topology that owns it, null for a foreign thing; left out: whoever owns `diesWith[0]`. */
  readonly owner?: string | null;
}

/** The signs a user sees: `+ create`, `~ update`, `± replace`, `- remove`. */
export type Action = 'create' | 'update' | 'replace' | 'remove';

/** What a change does to traffic: nothing, a moment's loss, or a gap until the thing is there again. */
export type Interruption = 'none' | 'flap' | 'gap';

export interface FieldChange {
  readonly field: string;
  /** Absent: there was no such value before. */
  readonly before?: Json;
  /** Absent: there is to be no such value. */
  readonly after?: Json;
}

export interface Change {
  readonly action: Action;
  readonly id: string;
  readonly before: Live | null;
  readonly after: Desired | null;
  readonly fields: readonly FieldChange[];
  /** Why it is replaced, or with what it goes; empty where the sign says it all. */
  readonly reason: string;
  readonly interrupts: Interruption;
}

export type ToolName = 'ip' | 'bridge' | 'ovs' | 'ofctl' | 'nft' | 'sysctl';

/** One line for a tool, as words; the tool's file knows how to quote and to batch them. */
export interface Command {
  readonly tool: ToolName;
  /** Body in whose namespace it runs. */
  readonly body: string;
  readonly args: readonly string[];
}

/** A question to a tool beyond what is always read (see `observe.ts`). */
export interface Read {
  readonly tool: ToolName;
  readonly body: string;
  /**
   * What of it: for `sysctl` a path below /proc/sys, for `bridge` `vlan` or `fdb`, for `ofctl` a bridge and a flow (see
   * `observe-flows.ts`); otherwise empty (of `ip`: routing policy).
   */
  readonly what: string;
}

/** A half of a change, with its commands: a replacement is a `remove` and a `make`. */
export interface Step {
  readonly id: string;
  readonly phase: 'remove' | 'make';
  readonly commands: readonly Command[];
}

/** The commands that one process of one tool does in one namespace, in order. `steps[i]` wanted `commands[i]`. */
export interface Batch {
  readonly tool: ToolName;
  readonly body: string;
  readonly commands: readonly Command[];
  /** Index into the plan's steps, one for each command. */
  readonly steps: readonly number[];
}

/** Batches of one tool that do not wait for each other. Waves run one after the other. */
export type Wave = readonly Batch[];

/** What was there before we changed it: the values of an adopted thing, or null when there was no such thing. */
export interface Before {
  readonly fields: Fields | null;
  readonly resource: Resource;
}

/** What is kept under /run/netplan-ovs for a topology: see `record.ts`. */
export interface HostRecord {
  readonly version: 1;
  readonly topology: string;
  /** By id. */
  readonly before: Readonly<Record<string, Before>>;
  /** What has to be asked to see all that the topology made, beyond what is always read. */
  readonly reads: readonly Read[];
  /** Namespaces that were found, not made, so that what was made in them can be found again. */
  readonly bodies: readonly Body[];
  /** The checks of the file that was applied: see `checkKey`. */
  readonly checks?: readonly string[];
  /** The addresses that it said no change may cut off, for whoever removes it without its file. */
  readonly protect?: readonly string[];
}

export interface Plan {
  readonly topology: string;
  readonly bodies: readonly Body[];
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
  readonly waves: readonly Wave[];
}
