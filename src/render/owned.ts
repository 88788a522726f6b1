// What topologies own on a host in, lists for people and for programs out.
import { groupBy } from '../collections.js';
import type { Fields, Live } from '../model.js';
import type { Owned } from '../owned.js';
import { escaped } from './diagnostics.js';
import { jsonText } from './json.js';
import { label, labelOf } from './label.js';
import { plain, type Paint } from './paint.js';
import { valueText } from './value.js';

/** By topology and by namespace: first what was made, then what was set in things that are others'. */
export function ownedText(all: readonly Owned[], paint: Paint = plain): string {
  if (all.length === 0) return 'Nothing on this host was made by netplan-ovs.\n';
  return all.map((owned) => topologyText(owned, paint)).join('\n');
}

export const ownedJson = (all: readonly Owned[]): string =>
  jsonText({
    format: 1,
    topologies: all.map(({ topology, resources, adopted }) => ({
      topology,
      resources: resources.map(({ id, kind, body, fields }) => ({ id, kind, body, fields })),
      adopted,
    })),
  });

function topologyText({ topology, resources, adopted }: Owned, paint: Paint): string {
  const bodies = [...groupBy(resources, ({ body }) => body)];
  const made = bodies.map(
    ([body, list]) => `  ${paint.faint(escaped(body))}\n${list.map(resourceLine).join('')}`,
  );
  const set = adopted.map(({ id, before }) => `    ${label(id)}  before: ${fieldsText(before)}\n`);
  const heading = set.length === 0 ? '' : `  ${paint.faint('set in what others own')}\n`;
  return `${paint.strong(escaped(topology))}\n${made.join('')}${heading}${set.join('')}`;
}

const resourceLine = (resource: Live): string => `    ${labelOf(resource)}\n`;

const fieldsText = (fields: Fields): string =>
  Object.entries(fields)
    .map(([field, value]) => `${field} ${valueText(value)}`)
    .join(', ');
