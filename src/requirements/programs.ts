// A tool in, what of it is not on this host out.
import { existsSync } from 'node:fs';
import type { ToolName } from '../model.js';
import type { Settings } from '../settings.js';
import { pathTo } from '../tools/path.js';
import type { Lack } from './lack.js';

/** The program that a tool is; `sysctl` needs none but a shell. */
const PROGRAMS: Readonly<Record<ToolName, string | null>> = {
  ip: 'ip',
  bridge: 'bridge',
  nft: 'nft',
  ovs: 'ovs-vsctl',
  ofctl: 'ovs-ofctl',
  sysctl: null,
};

/** Its program, or the socket at which it would find Open vSwitch; null: all is there. */
export function absentOf(tool: ToolName, settings: Pick<Settings, 'ovsDb' | 'ovsRundir'>): Lack | null {
  const socket = `${settings.ovsRundir}/db.sock`;
  if (tool === 'ovs' && settings.ovsDb === null && !existsSync(socket)) return { sort: 'ovs', socket };
  const program = PROGRAMS[tool];
  return program === null || pathTo(program) !== null ? null : { sort: 'program', program };
}
