// A topology file in; what it says out, or everything that is wrong with it, each problem at its place.
import { once } from '../collections.js';
import type { Json } from '../model.js';
import { findingsOf } from './checks/index.js';
import { declare } from './declare.js';
import { sorted, type Complaint, type Diagnostic } from './diagnostic.js';
import { pageOf, type Page } from './lines.js';
import { locator, type Locate } from './locate.js';
import { placeComplaint, placeFinding } from './place.js';
import { toData, type Gaps } from './plain.js';
import { prune } from './prune.js';
import { read, STDIN } from './read.js';
import { readSimple } from './simple.js';
import { syntaxComplaints } from './syntax.js';
import { textComplaints } from './text.js';
import { isMapping, type Topology } from './topology.js';
import { faultsOf } from './validator.js';
import { parse } from './yaml.js';

export interface Loaded {
  /** Null when one of the diagnostics is an error. */
  readonly topology: Topology | null;
  /** In the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
  /** The files that could be read, by the name that positions call them. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Loads a file; `-` is the standard input. Never throws for what the file is or says. `owners`: users by their numbers, who alone
 * may be able to write it; null: anybody.
 */
export function loadFile(file: string, owners: readonly number[] | null = null): Loaded {
  const name = file === STDIN ? '<stdin>' : file;
  const source = read(file, owners);
  if ('text' in source) return load(source.text, name);
  const position = { file: name, line: 1, column: 1 };
  return { topology: null, diagnostics: [{ ...source, severity: 'error', position }], texts: new Map() };
}

/** Loads the text of a file. `file` is what positions call it, and what a topology without a name is called after. */
export function load(text: string, file: string): Loaded {
  const page = pageOf(file, text);
  const { topology, diagnostics } = topologyOf(page);
  const sound = diagnostics.every(({ severity }) => severity === 'warning');
  return {
    topology: sound ? topology : null,
    diagnostics: sorted(diagnostics),
    texts: new Map([[file, text]]),
  };
}

interface Outcome {
  readonly topology: Topology | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** The text in steps; each one ends it where what follows would only repeat its complaints in other words. */
function topologyOf(page: Page): Outcome {
  const placed = (complaints: readonly Complaint[]): Diagnostic[] =>
    complaints.map((complaint) => placeComplaint(complaint, page));
  const failed = (complaints: readonly Complaint[]): Outcome => ({
    topology: null,
    diagnostics: placed(complaints),
  });

  const unreadable = textComplaints(page.text);
  if (unreadable.length > 0) return failed(unreadable);
  const simple = readSimple(page.text);
  if (simple !== undefined) return meaningOf(simple, new Set(), page, locatorIn(page));
  const { root, errors } = parse(page.text);
  if (errors.length > 0) return failed(syntaxComplaints(page.text, errors));
  const { data, gaps, complaints } = toData(root, (offset) => page.positionOf(offset).line);
  if (gaps === null) return failed(complaints);
  const { topology, diagnostics } = meaningOf(data, gaps, page, locator(root));
  return { topology, diagnostics: [...placed(complaints), ...diagnostics] };
}

/** Places in a text that was read without the library, which reads it as soon as somebody asks for one. */
function locatorIn({ text }: Page): Locate {
  const locate = once(() => locator(parse(text).root));
  return (path, at) => locate()(path, at);
}

/** What the data says: first its shape; then, of what has the right shape, the sense. */
function meaningOf(data: Json, gaps: Gaps, page: Page, locate: Locate): Outcome {
  const faults = faultsOf(data, gaps);
  const {
    data: sound,
    origin,
    ...left
  } = prune(
    data,
    faults.map(({ cut }) => cut),
  );
  const broken = faults.flatMap(({ finding }) => (finding ? [placeFinding(finding, page, locate)] : []));
  if (!isMapping(sound)) return { topology: null, diagnostics: broken };
  const positionOf: Topology['positionOf'] = (path, at = 'value') =>
    page.positionOf(locate(origin(path), at).start);
  const topology = declare(sound, page.file, positionOf);
  const senseless = [...findingsOf({ ...topology, ...left })].map((finding) =>
    placeFinding({ ...finding, path: origin(finding.path) }, page, locate),
  );
  return { topology, diagnostics: [...broken, ...senseless] };
}
