// Sections and link fields that kinds share: an entry may say the words of the kind that takes it, and no other's.
import type { DeclaredLink, Entry, Kind, Names, Property } from '../../kind.js';
import { kinds } from '../../kinds/index.js';
import type { Json, Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { sectionKinds, type SectionKind } from '../names.js';
import { wordsFor } from '../shape-words.js';
import type { Subject } from './subject.js';

/** In a section that kinds share: words, and values of words, that only another of them knows. */
export function* sectionFields({ bodies, names }: Subject): Generator<Finding> {
  for (const { name } of bodies) {
    for (const section of names.sections(name).filter((shared) => sectionKinds(shared).length > 1)) {
      for (const entry of names.entries(name, section)) {
        const kind = names.kindFor(section, entry);
        if (kind !== undefined) yield* misfits(entry, kind);
      }
    }
  }
}

function* misfits({ value, path }: Entry, kind: SectionKind): Generator<Finding> {
  const { properties, required = [], name } = kind.section;
  for (const field of required.filter((needed) => value[needed] === undefined)) {
    const params = { missingProperty: field };
    yield {
      ...wordsFor({ keyword: 'required', params, path, value, schema: { properties } }),
      path,
      at: 'key',
    };
  }
  for (const [field, given] of Object.entries(value)) {
    const property = properties[field];
    const knowing = sectionKinds(name).filter(({ section }) => section.properties[field] !== undefined);
    if (property !== undefined) yield* valueFault(given, property, [...path, field]);
    else if (knowing.length > 0 && !onLink.has(field)) yield misplaced(field, knowing, path, [kind]);
  }
}

/** On every link: words of kinds that do not take it. What the entry's own section says by the same word is its own. */
export function* linkFields({ links, names }: Subject): Generator<Finding> {
  for (const link of links) {
    if (danglingBridge(link, names)) continue; // nobody can say which kind of port it was meant to be
    const own = names.propertiesOf(link);
    for (const field of Object.keys(link.value).filter((said) => own[said] === undefined)) {
      const problem = linkFieldFault(field, onLink.get(field) ?? [], link, names);
      if (problem !== undefined) yield problem;
    }
  }
}

function linkFieldFault(
  field: string,
  knowing: readonly Kind[],
  link: DeclaredLink,
  names: Names & Pick<Subject['names'], 'declarerOf'>,
): Finding | undefined {
  if (knowing.length === 0) return undefined;
  const isTaken = knowing.some((kind) => takes(kind, link, names));
  if (isTaken && link.netdev) return undefined;
  const taking = kinds.filter((kind) => kind.onLink?.takes !== undefined && takes(kind, link, names));
  if (isTaken) return knowing.some((kind) => taking.includes(kind)) ? undefined : noDevice(field, link.path);
  const kind = names.declarerOf(link);
  const siblings = sectionKinds(kind?.section.name ?? '').filter(
    ({ section }) => section.properties[field] !== undefined,
  );
  if (kind !== undefined && siblings.length > 0 && taking.length === 0)
    return misplaced(field, siblings, link.path, [kind]);
  // The first of them says what it is, the others what else it may have.
  return taking.length > 0 ? misplaced(field, knowing, link.path, taking.slice(0, 1)) : notAPort(field, link);
}

const danglingBridge = ({ body, value }: DeclaredLink, names: Names): boolean =>
  typeof value['bridge'] === 'string' && names.link(body, value['bridge'])?.bridge === undefined;

const takes = ({ onLink: part }: Kind, link: DeclaredLink, names: Names): boolean =>
  part?.takes?.(link, names) ?? true;

/** The kinds that know a word of links. */
const onLink = new Map(
  [...new Set(kinds.flatMap((kind) => Object.keys(kind.onLink?.properties ?? {})))].map((field) => [
    field,
    kinds.filter((kind) => kind.onLink?.properties[field] !== undefined),
  ]),
);

const misplaced = (
  field: string,
  knowing: readonly Kind[],
  path: Path,
  taking: readonly Kind[],
): Finding => ({
  code: 'foreign-field',
  message: `${show(field)} is for ${namesOf(knowing)}; ${show(path.at(-1))} is ${namesOf(taking)}`,
  path: [...path, field],
  at: 'key',
});

const notAPort = (field: string, { path, byOvs }: DeclaredLink): Finding => ({
  code: 'not-a-port',
  ...(field === 'bridge' && byOvs
    ? {
        message: 'what Open vSwitch makes itself cannot be a port of another bridge',
        hint: 'a pair under `veths` joins two bridges',
      }
    : { message: `${show(field)} is for ports of bridges`, hint: 'name its bridge with `bridge`' }),
  path: [...path, field],
  at: 'key',
});

const noDevice = (field: string, path: Path): Finding => ({
  code: 'not-a-device',
  message: `${show(field)} is for links; ${show(path.at(-1))} is a port that only Open vSwitch knows`,
  hint: 'say it of the bridge, or of another port',
  path: [...path, field],
  at: 'key',
});

/** `a port of a Linux bridge or a port of an Open vSwitch bridge`. */
const namesOf = (some: readonly Kind[]): string =>
  [...new Set(some.map(({ name, called = `a ${name}` }) => called))].join(' or ');

/** The rules that the schema is silent about because the kinds of the section disagree. */
function* valueFault(value: Json, property: Property, path: Path): Generator<Finding> {
  const broken = BROKEN.find(
    ([keyword, breaks]) => property[keyword] !== undefined && breaks(value, property[keyword]),
  );
  if (broken === undefined) return;
  const [keyword] = broken;
  const params = { type: property.type, allowedValues: property['enum'], limit: property[keyword] };
  yield { ...wordsFor({ keyword, params, path, value, schema: property }), path };
}

const BROKEN: readonly (readonly [keyword: string, breaks: (value: Json, rule: unknown) => boolean])[] = [
  ['type', (value, types) => ![types].flat().some((type) => isOf(value, String(type)))],
  ['enum', (value, allowed) => !(allowed as Json[]).includes(value)],
  ['minimum', (value, least) => typeof value === 'number' && value < Number(least)],
  ['maximum', (value, most) => typeof value === 'number' && value > Number(most)],
  ['pattern', (value, pattern) => typeof value === 'string' && !new RegExp(String(pattern), 'u').test(value)],
];

function isOf(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  return type === (Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value);
}
