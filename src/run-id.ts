// Which process a run is: its number, and what tells it from a later one that was given the same number.
import { readFileSync } from 'node:fs';

export interface RunId {
  readonly pid: number;
  /** When the process began, in ticks since the machine was started: field 22 of proc_pid_stat(5). */
  readonly startTime: number;
}

export const thisRun = (): RunId => ({ pid: process.pid, startTime: startTimeOf('self') ?? 0 });

export const isRunning = ({ pid, startTime }: RunId): boolean => startTimeOf(String(pid)) === startTime;

/** Null where there is no such process. The name, field 2, is in parentheses and may have any in it. */
function startTimeOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return null;
  }
}
