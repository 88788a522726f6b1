// The table of tools. To add one: a file, a name in model.ts, and a line here.
import type { ToolName } from '../model.js';
import { bridge } from './bridge.js';
import { ip } from './ip.js';
import { nft } from './nft.js';
import { ovs } from './ovs.js';
import { sysctl } from './sysctl.js';
import type { Tool } from './tool.js';

export const tools: Readonly<Record<ToolName, Tool>> = { ip, bridge, ovs, nft, sysctl };
