// A document of the right shape in, everything in it that makes no sense out. One file for each theme.
import type { Draft } from '../declare.js';
import type { Finding } from '../diagnostic.js';

/** What a check looks at: the document, and the names that entries with a wrong shape may have had. */
export interface Subject extends Draft {
  readonly lost: ReadonlySet<string>;
}

export type Rule = (subject: Subject) => Iterable<Finding>;

const rules: readonly Rule[] = [];

/** All findings; kinds add what they know of their own entries. */
export function* findingsOf(draft: Draft, lost: ReadonlySet<string>): Generator<Finding> {
  const subject = { ...draft, lost };
  for (const rule of rules) yield* rule(subject);
}
