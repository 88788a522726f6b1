// What kinds know of their own entries and of links.
import { kinds } from '../../kinds/index.js';
import type { Finding } from '../diagnostic.js';
import type { Subject } from './subject.js';

/** Kinds are not asked about what lost a part: they would miss it. */
export function* ofKinds({ bodies, names, links, isWhole }: Subject): Generator<Finding> {
  for (const { name } of bodies) {
    for (const section of names.sections(name)) {
      for (const entry of names.entries(name, section).filter(({ path }) => isWhole(path))) {
        yield* names.kindFor(section, entry)?.section.findings?.(entry, names) ?? [];
      }
    }
  }
  const parts = kinds.flatMap(({ onLink }) => (onLink?.findings === undefined ? [] : [onLink]));
  for (const link of links.filter(({ path }) => isWhole(path))) {
    for (const part of parts) {
      if (part.takes?.(link, names) ?? true) yield* part.findings?.(link, names) ?? [];
    }
  }
}
