// What kinds know of their own entries and of links.
import { kinds } from '../../kinds/index.js';
import type { Finding } from '../diagnostic.js';
import type { Subject } from './subject.js';

export function* ofKinds({ bodies, names, links }: Subject): Generator<Finding> {
  for (const { name } of bodies) {
    for (const section of names.sections(name)) {
      for (const entry of names.entries(name, section)) {
        yield* names.kindFor(section, entry)?.section.findings?.(entry, names) ?? [];
      }
    }
  }
  const parts = kinds.flatMap(({ onLink }) => (onLink?.findings === undefined ? [] : [onLink]));
  for (const link of links) {
    for (const part of parts) {
      if (part.takes?.(link, names) ?? true) yield* part.findings?.(link, names) ?? [];
    }
  }
}
