// What stands in for the world around a rehearsal in, a few lines about it out.
import type { Nic, Surroundings, Wire } from '../rehearsal/stand-ins.js';
import { HOST } from '../model.js';
import { escaped } from './diagnostics.js';

/** `files` are those of the hosts, in their order. Empty where nothing had to be made. */
export function surroundingsText({ wires, beyond }: Surroundings, files: readonly string[]): string {
  const lines = wires.map((wire) => wireText(wire, files));
  if (beyond.length > 0) lines.push(`beyond: ${beyond.join(', ')}`);
  return lines.length === 0
    ? ''
    : `Stand-ins for what a throw-away host does not have:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function wireText({ nics, gateways }: Wire, files: readonly string[]): string {
  const plugs = nics.map((nic) => nicText(nic, files)).join(', ');
  return `a wire with ${plugs}${gateways.length === 0 ? '' : ` and the gateway ${gateways.join(', ')}`}`;
}

function nicText({ host, body, device, address }: Nic, files: readonly string[]): string {
  const name = body === HOST ? device : `${body}/${device}`;
  const where = files.length === 1 ? '' : ` of ${files[host] ?? ''}`;
  return escaped(`${name}${where}${address === null ? '' : ` (${address})`}`);
}
