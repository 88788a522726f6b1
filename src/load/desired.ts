// A topology in, every resource that it wants out: kinds are asked about their entries, and about every link.
import { kinds } from '../kinds/index.js';
import type { Desired } from '../model.js';
import type { Topology } from './topology.js';

/** In the order of the file: all entries, then what all links want. */
export function desiredOf({ bodies, names }: Topology): Desired[] {
  const entries = bodies.flatMap(({ name: body }) =>
    names
      .sections(body)
      .flatMap((section) =>
        names
          .entries(body, section)
          .flatMap((entry) => names.kindFor(section, entry)?.section.desired(entry, names) ?? []),
      ),
  );
  const onLink = kinds.flatMap((kind) => kind.onLink ?? []);
  const links = bodies.flatMap(({ name }) =>
    names.links(name).flatMap((link) => onLink.flatMap((part) => part.desired(link, names))),
  );
  return [...entries, ...links];
}
