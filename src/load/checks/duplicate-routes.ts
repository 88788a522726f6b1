// The routes of a body in, those that would replace another one out.
import { groupBy } from '../../collections.js';
import { tableOf } from '../../kinds/routing-table.js';
import { show, type Finding } from '../diagnostic.js';
import type { Route } from './route.js';
import { apart, inFileOrder, inLine, type Subject } from './subject.js';

/** The kernel tells routes apart by table, destination and metric: a second one would replace the first. */
export function* duplicateRoutes(inBody: readonly Route[], subject: Subject): Generator<Finding> {
  const readable = inBody.filter(({ to, path }) => to !== null && subject.isWhole(path));
  for (const same of groupBy(readable, identityOf).values()) {
    const [first, ...others] = inFileOrder(subject, same);
    for (const { path, body, value } of others) {
      if (first === undefined) continue;
      const message = `${body} has a route to ${show(value['to'])} already, ${inLine(subject, [...first.path, 'to'])}`;
      yield {
        code: 'duplicate-route',
        message,
        hint: 'give one of them another `metric` or `table`',
        path: apart(subject, [...first.path, 'to'], [...path, 'to']),
      };
    }
  }
}

function identityOf({ to, family = 4, value, domain }: Route): string {
  return [family, to?.network, tableOf(value, domain), value['metric'] ?? (family === 6 ? 1024 : 0)].join(
    ' ',
  );
}
