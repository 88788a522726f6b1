// A topology in, every resource that it wants out: kinds are asked about their entries, and about every link.
import { kinds } from '../kinds/index.js';
import type { Desired } from '../model.js';
import type { Topology } from './topology.js';

/** In the order of the file: all entries, then what all links want. */
export function desiredOf({ bodies, names }: Topology): Desired[] {
  const desired: Desired[] = [];
  const add = (resources: readonly Desired[] = []): void => {
    for (const resource of resources) desired.push(resource);
  };
  for (const { name: body } of bodies) {
    for (const section of names.sections(body)) {
      for (const entry of names.entries(body, section))
        add(names.kindFor(section, entry)?.section.desired(entry, names));
    }
  }
  const onLink = kinds.flatMap((kind) => kind.onLink ?? []);
  for (const { name } of bodies) {
    for (const link of names.links(name)) for (const part of onLink) add(part.desired(link, names));
  }
  return desired;
}
