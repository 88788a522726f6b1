// What entries name must be there: links, bridges and namespaces, wherever the schema says `x-reference`.
import type { Properties, Property } from '../../kind.js';
import { kinds } from '../../kinds/index.js';
import { HOST, type Json, type Path } from '../../model.js';
import type { Schema } from '../../schema.js';
import { show, type Finding } from '../diagnostic.js';
import { checkSchema } from '../expectations.js';
import { didYouMean } from '../nearest.js';
import type { Mapping } from '../topology.js';
import type { Subject } from './subject.js';

type What = NonNullable<Property['x-reference']>;

/** A place for a name in values of one schema: the keys that lead to it, `*` for each item of a list. */
interface Place {
  readonly keys: readonly string[];
  readonly what: What;
}

/** References of entries and of links, each seen from the namespace that it is in. */
export function* references(subject: Subject): Generator<Finding> {
  const { bodies, names, links, document } = subject;
  for (const { name } of bodies) {
    for (const section of names.sections(name)) {
      for (const entry of names.entries(name, section)) {
        const places = placesIn(names.kindFor(section, entry)?.section.properties ?? {});
        yield* dangling(entry.value, places, entry.path, name, subject);
      }
    }
  }
  for (const link of links) yield* dangling(link.value, onLink, link.path, link.body, subject);
  yield* dangling(document, inChecks, [], HOST, subject);
}

function* dangling(
  value: Mapping,
  places: readonly Place[],
  path: Path,
  body: string,
  subject: Subject,
): Generator<Finding> {
  for (const { keys, what } of places) {
    if (value[keys[0] ?? ''] === undefined) continue;
    for (const [name, at] of namesAt(value, keys, path)) {
      if (!subject.lost.has(name)) yield* missing[what](name, at, body, subject);
    }
  }
}

function* namesAt(
  value: Json | undefined,
  keys: readonly string[],
  path: Path,
): Generator<readonly [string, Path]> {
  const [key, ...rest] = keys;
  if (key === undefined) {
    if (typeof value === 'string') yield [value, path];
  } else if (key === '*' && Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* namesAt(item as Json, rest, [...path, i]);
  } else if (typeof value === 'object' && value !== null) {
    yield* namesAt((value as Readonly<Record<string, Json>>)[key], rest, [...path, key]);
  }
}

const missing: Readonly<
  Record<What, (name: string, path: Path, body: string, subject: Subject) => Iterable<Finding>>
> = {
  *link(name, path, body, subject) {
    const link = subject.names.link(body, name);
    if (link?.netdev === false)
      yield {
        code: 'not-a-device',
        message: `${show(name)} is a port that only Open vSwitch knows, and no link`,
        path,
      };
    if (link !== undefined) return;
    const known = subject.names.declarations(body).map(({ key }) => key);
    const hint =
      elsewhere(name, body, subject) ??
      didYouMean(name, known) ??
      `a link that is there already is declared under \`interfaces\``;
    yield { code: 'dangling-reference', message: `${body} has no link ${show(name)}`, hint, path };
  },
  *device(name, path, body, subject) {
    if (name !== 'lo') yield* missing.link(name, path, body, subject);
  },
  *bridge(name, path, body, subject) {
    const link = subject.names.link(body, name);
    if (link?.bridge !== undefined) return;
    if (link !== undefined) {
      yield { code: 'not-a-bridge', message: `${show(name)} is not a bridge`, path };
      return;
    }
    const there = subject.names.bridges(body);
    const hint = elsewhere(name, body, subject) ?? didYouMean(name, there) ?? listed(there);
    yield { code: 'dangling-reference', message: `${body} has no bridge ${show(name)}`, hint, path };
  },
  *namespace(name, path, _body, { bodies, bodyNames }) {
    if (bodyNames.has(name)) return;
    const hint =
      didYouMean(
        name,
        bodies.map((body) => body.name),
      ) ?? 'declare it under `namespaces`';
    yield { code: 'dangling-reference', message: `there is no namespace ${show(name)}`, hint, path };
  },
};

/** All that there are, where these are few. */
const listed = (names: readonly string[]): string | undefined =>
  names.length === 0 || names.length > 8 ? undefined : `there is ${names.map(show).join(', ')}`;

function elsewhere(name: string, body: string, { bodies, names }: Subject): string | undefined {
  const other = bodies.find(
    (candidate) => candidate.name !== body && names.link(candidate.name, name) !== undefined,
  );
  return other && `${other.name} has one, but links can only name links of their own namespace`;
}

const known = new WeakMap<object, readonly Place[]>();

function placesIn(properties: Properties): readonly Place[] {
  const places = known.get(properties) ?? placesOf({ properties });
  known.set(properties, places);
  return places;
}

function placesOf(schema: Schema): Place[] {
  const what = schema['x-reference'] as What | undefined;
  const below = (key: string, inner: Schema): Place[] =>
    placesOf(inner).map((place) => ({ ...place, keys: [key, ...place.keys] }));
  return [
    ...(what === undefined ? [] : [{ keys: [], what }]),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => below(key, inner)),
    ...(schema.items === undefined ? [] : below('*', schema.items)),
  ];
}

const onLink = kinds.flatMap((kind) =>
  kind.onLink === undefined ? [] : placesOf({ properties: kind.onLink.properties }),
);
const inChecks = placesOf({ properties: { checks: checkSchema } });
