// What a topology file says, once it is known to be sound.
import type { Json, Path, Position } from '../model.js';
import type { Devices, Index } from './names.js';

export interface Topology {
  /** Owner label of all that it creates. */
  readonly name: string;
  /** As the user named it: the file, or `<stdin>`. */
  readonly file: string;
  /** `host` first, then the namespaces in the order of the file. */
  readonly bodies: readonly DeclaredBody[];
  readonly names: Index;
  readonly checks: readonly Check[];
  /** Addresses that no change may cut off; canonical. */
  readonly protect: readonly string[];
  /** The same with the devices that were found for entries that seek one (see `bind.ts`). */
  withDevices(devices: Devices): Topology;
  /** Where a value, or its key, stands in the file. */
  positionOf(path: Path, at?: 'key' | 'value'): Position;
}

export interface DeclaredBody {
  readonly name: string;
  /** Where a namespace is found that exists already (`pid:N`, `path:…`); null for one that is created, and for the host. */
  readonly from: string | null;
  readonly value: Mapping;
  readonly path: Path;
}

/** What must be true after an apply. */
export interface Check {
  readonly kind: 'ping' | 'no-ping' | 'tcp' | 'no-tcp';
  /** The body from which it is tried. */
  readonly from: string;
  /** An address; canonical. */
  readonly to: string;
  /** With `tcp` and `no-tcp`. */
  readonly port?: number;
  /** Time in which it must become true, in milliseconds. */
  readonly within: number;
  readonly path: Path;
}

export type Mapping = Readonly<Record<string, Json>>;

/** The section whose entries are bodies themselves. */
export const NAMESPACES = 'namespaces';

/** What a topology can be called: it stands in link aliases, in OVSDB, in nftables and in names of files. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/** The same in words. */
export const NAME_FORM =
  '1 to 32 letters, digits, `.`, `_` and `-`, of which the first is a letter or a digit';

/** Keys that nobody reads: places for YAML anchors. */
export const isIgnored = (key: string): boolean => key.startsWith('x-');

export const isMapping = (value: Json | undefined): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
