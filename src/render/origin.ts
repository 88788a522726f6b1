// Where the resources of a plan come from: what a text needs to point into the user's file.
import type { Path, Position } from '../model.js';

export interface Origin {
  /** The file as the user named it; null where a topology is destroyed by its name. */
  readonly file: string | null;
  /** What stands in the file; null where it is not at hand (a saved plan). */
  readonly text: string | null;
  /** Where the entry of a path stands; null for what no entry wants. */
  positionOf(path: Path | null): Position | null;
}

/** For what was asked for without a file. */
export const NOWHERE: Origin = { file: null, text: null, positionOf: () => null };

/** `topology.yaml:12:3`, as editors and terminals make links of it. */
export const placeText = ({ file, line, column }: Position): string => `${file}:${line}:${column}`;
