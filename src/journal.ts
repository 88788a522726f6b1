// The journal of a topology, beside its record: what a run that writes is about, what was there before, and how far it has come.
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { Refusal } from './errors.js';
import type { HostRecord } from './model.js';
import type { RunId } from './run-id.js';
import { ensureStateDir, replaceFile, stateFile } from './state-dir.js';
import type { Intent } from './survey.js';

/** A change that lasts only when somebody confirms it. */
export interface Trial {
  /** Tells one trial from another. */
  readonly token: string;
  /** How long there is to confirm it, in ms, from the end of the run on. */
  readonly withinMs: number;
}

/** What is known before the first write. */
export interface Beginning extends RunId {
  readonly version: 1;
  readonly topology: string;
  /** What was asked for: `apply lab.yaml`. */
  readonly what: string;
  /** When it began, as ISO 8601 has it. */
  readonly since: string;
  /** How many commands it has. */
  readonly commands: number;
  /** What the host was like, and what was remembered of it: what it takes to undo the run. */
  readonly before: Intent;
  readonly record: HostRecord | null;
  readonly trial: Trial | null;
}

interface Progress {
  /** How many commands had been done when it last began with some. */
  readonly done: number;
  /** False while it runs, and for good where it was killed. */
  readonly isComplete: boolean;
  /** Of a trial whose run is complete, when it ends, in ms as `monotonicMs` counts. */
  readonly deadline: number | null;
  /** Of a trial: the process that will revert it (0: none yet), and whether that has been called off. */
  readonly watcher: number;
  readonly isConfirmed: boolean;
}

export type Journal = Beginning & Progress;

/** True of a change that somebody has yet to confirm. */
export const isPending = ({ trial, isConfirmed }: Journal): boolean => trial !== null && !isConfirmed;

/** What is added to it later, a line each: what has become of the fields of the same name. */
type Note = Partial<Progress>;

/** Since the machine was started (CLOCK_MONOTONIC): the same for all processes, and nobody sets it. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** Begins anew what was kept of the topology's last run. */
export async function beginJournal(stateDir: string, beginning: Beginning): Promise<void> {
  await ensureStateDir(stateDir);
  await replaceFile(fileOf(stateDir, beginning.topology), `${JSON.stringify(beginning)}\n`);
}

/** Writes a journal as it was read. */
export async function keepJournal(stateDir: string, journal: Journal): Promise<void> {
  const { done, isComplete, deadline, watcher, isConfirmed, ...beginning } = journal;
  const progress: Progress = { done, isComplete, deadline, watcher, isConfirmed };
  const text = [beginning, progress].map((line) => `${JSON.stringify(line)}\n`).join('');
  await replaceFile(fileOf(stateDir, journal.topology), text);
}

/** Adds a line that is on the disk when this returns. It begins with a newline, as the one before may be torn. */
export function note(stateDir: string, topology: string, line: Note): void {
  const file = openSync(fileOf(stateDir, topology), 'a', 0o600);
  try {
    writeSync(file, `\n${JSON.stringify(line)}\n`);
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** For a host on which nothing of the run is left. */
export const removeJournal = (stateDir: string, topology: string): Promise<void> =>
  rm(fileOf(stateDir, topology), { force: true });

/** Null where there is none: no run of the topology since the host was started, or the last one was undone. */
export async function readJournal(stateDir: string, topology: string): Promise<Journal | null> {
  const file = fileOf(stateDir, topology);
  try {
    return journalOf(await readFile(file, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Asks for a journal again and again: it is read when it has changed, as it may be large. */
export function journalReader(stateDir: string, topology: string): () => Promise<Journal | null> {
  let known = '';
  let journal: Journal | null = null;
  return async () => {
    const { mtimeMs, size, ino } = (await stat(fileOf(stateDir, topology)).catch(() => null)) ?? {};
    const state = `${ino} ${size} ${mtimeMs}`;
    if (state !== known) journal = await readJournal(stateDir, topology);
    known = state;
    return journal;
  };
}

/** The journals of all topologies, that of the latest run first. */
export async function journals(stateDir: string): Promise<Journal[]> {
  const names = await readdir(stateDir).catch(() => []);
  const topologies = names
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length));
  const found = await Promise.all(topologies.map((name) => readJournal(stateDir, name)));
  return found.filter((journal) => journal !== null).sort((a, b) => (a.since < b.since ? 1 : -1));
}

/** The first line was written in one go; of the others the last may be torn. */
function journalOf(text: string, file: string): Journal {
  const [first = '', ...lines] = text.split('\n');
  const beginning = parsed(first) as Beginning | null;
  if (beginning?.version !== 1)
    throw new Refusal(`${file} was not written by this version of netplan-ovs`, {
      hint: 'without it nothing is lost but the chance to undo the last run: remove it',
    });
  const notes = lines.flatMap((line) => parsed(line) ?? []);
  return Object.assign({ ...BEGUN, ...beginning }, ...notes) as Journal;
}

const BEGUN: Progress = { done: 0, isComplete: false, deadline: null, watcher: 0, isConfirmed: false };

function parsed(line: string): object | null {
  try {
    return JSON.parse(line) as object | null;
  } catch {
    return null;
  }
}

const ENDING = '.journal';

const fileOf = (stateDir: string, topology: string): string => stateFile(stateDir, topology, ENDING);
