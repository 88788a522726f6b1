// The table of tools. To add one: a file, a name in model.ts, and a line here.
import type { ToolName } from '../model.js';
import { settingsFrom, type Settings } from '../settings.js';
import { bridge } from './bridge.js';
import { ip } from './ip.js';
import { nft } from './nft.js';
import { ofctl } from './ofctl.js';
import { ovsVsctl } from './ovs.js';
import { sysctl } from './sysctl.js';
import type { Tool } from './tool.js';

export type Tools = Readonly<Record<ToolName, Tool>>;

/** The tools of a run: which Open vSwitch it speaks to is its own. */
export const toolsFor = (settings: Settings): Tools => ({
  ip,
  bridge,
  ovs: ovsVsctl(settings),
  ofctl: ofctl(settings),
  nft,
  sysctl,
});

/** The tools as a person would use them. */
export const tools: Tools = toolsFor(settingsFrom({}));
