// The bodies of a document in, what kinds may ask about it out: entries and links by name, each made once, when asked for.
import { groupBy, once } from '../collections.js';
import type { DeclaredLink, Entry, Kind, Names, Properties, Section } from '../kind.js';
import { kinds } from '../kinds/index.js';
import { HOST, type Json, type Path } from '../model.js';
import { isIgnored, isMapping, type DeclaredBody } from './topology.js';

/** A kind that takes entries of a section of its own. */
export type SectionKind = Kind & { readonly section: Section };

/** A key under which others of a body can refer to an entry. */
export interface Declaration {
  readonly body: string;
  readonly key: string;
  readonly section: string;
  readonly entry: Entry;
  /** Which of the entry's links it is: a veth has two. */
  readonly nth: number;
}

/** The names of a document with the bookkeeping behind them, which checks look at. */
export interface Index extends Names {
  /** The kind that takes an entry; undefined when none does. */
  kindFor(section: string, entry: Entry): SectionKind | undefined;
  /** The kind that declares a link. */
  declarerOf(link: DeclaredLink): SectionKind | undefined;
  /** What that kind says of it in its own section: of the entry, or of its other end. */
  propertiesOf(link: DeclaredLink): Properties;
  /** The keys of a body's bridges. */
  bridges(body: string): readonly string[];
  /** The sections that a body has, in the order of the file. */
  sections(body: string): readonly string[];
  /** All link keys of a body in the order of the file; a key said twice is there twice. */
  declarations(body: string): readonly Declaration[];
}

/** Devices that were found on the host, by `BODY/KEY` of the entries that seek them. */
export type Devices = ReadonlyMap<string, string>;

/** Looks at keys alone until a link is asked for, and then at that link alone. */
export function indexOf(
  topology: string,
  bodies: readonly DeclaredBody[],
  devices: Devices = new Map(),
): Index {
  const entriesIn = new Map(bodies.map((body) => [body.name, entriesOf(body)]));
  const declared = once(() =>
    groupBy(
      bodies.flatMap((body) => declarationsOf(entriesIn.get(body.name))),
      ({ body }) => body,
    ),
  );
  const byKey = perBody((body) => groupBy(declared().get(body) ?? [], ({ key }) => key));
  const sectionsIn = perBody((body) => [...(entriesIn.get(body)?.keys() ?? [])]);
  const found = new Set(
    bodies.filter(({ name, from }) => name === HOST || from !== null).map(({ name }) => name),
  );
  const linksIn = perBody((body) => {
    if (making > 0) throw new Error('what a link is cannot depend on all links: ask for one with `link`');
    return (declared().get(body) ?? []).flatMap((declaration) => linkOf(declaration) ?? []);
  });
  const bridgesIn = perBody((body) =>
    linksIn(body).flatMap(({ bridge, key }) => (bridge === undefined ? [] : [key])),
  );
  const portsIn = perBody((body) => groupBy(linksIn(body), ({ value }) => value['bridge']));
  const mastersIn = perBody(
    (body) =>
      new Map(linksIn(body).flatMap((link) => (link.members ?? []).map((member) => [member, link] as const))),
  );
  const made = new Map<Entry, readonly DeclaredLink[]>();
  const declaring = new Map<DeclaredLink, { readonly kind: SectionKind; readonly properties: Properties }>();
  let making = 0;

  function linkOf({ section, entry, nth }: Declaration): DeclaredLink | undefined {
    if (!made.has(entry)) {
      made.set(entry, []); // an entry that refers to itself in a circle finds nothing
      making++;
      const kind = names.kindFor(section, entry);
      const links = kind?.section.links?.(entry, names) ?? [];
      made.set(entry, links);
      if (kind) {
        const { properties } = kind.section;
        for (const [i, link] of links.entries())
          declaring.set(link, { kind, properties: i === 0 ? properties : ofOtherEnd(properties) });
      }
      making--;
    }
    return made.get(entry)?.[nth];
  }

  const names: Index = {
    topology,
    link(body, key) {
      const [first] = byKey(body).get(key) ?? [];
      return first && linkOf(first);
    },
    links: linksIn,
    ports: ({ body, key }) => portsIn(body).get(key) ?? [],
    master: ({ body, key }) => mastersIn(body).get(key),
    found: (body) => found.has(body),
    device: (body, key) => devices.get(`${body}/${key}`),
    entries: (body, section) => entriesIn.get(body)?.get(section) ?? [],
    kindFor: (section, entry) =>
      sectionKinds(section).find((kind) => kind.section.takes?.(entry, names) ?? true),
    declarerOf: (link) => declaring.get(link)?.kind,
    propertiesOf: (link) => declaring.get(link)?.properties ?? {},
    bridges: bridgesIn,
    sections: sectionsIn,
    declarations: (body) => declared().get(body) ?? [],
  };
  return names;
}

/** The fields of a section's entries in which a further link stands (the peer of a veth). */
const ofOtherEnd = (properties: Properties): Properties =>
  (Object.values(properties).find((property) => property['x-link'])?.['properties'] ?? {}) as Properties;

/** The entries of a body's sections, in the order of the file. */
function entriesOf({ name, value, path }: DeclaredBody): ReadonlyMap<string, readonly Entry[]> {
  const sections = Object.entries(value).filter(([section]) => sectionKinds(section).length > 0);
  return new Map(
    sections.map(([section, content]) => [section, itemsOf(section, content, name, [...path, section])]),
  );
}

function itemsOf(section: string, content: Json, body: string, path: Path): Entry[] {
  const scalars = sectionKinds(section).some((kind) => kind.section.values !== undefined);
  const index = Array.isArray(content) ? Number : String;
  return Object.entries(content ?? {}).flatMap(([key, given]: [string, Json]) => {
    const value = scalars ? { value: given } : given;
    return isIgnored(key) || !isMapping(value) ? [] : [{ body, key, value, path: [...path, index(key)] }];
  });
}

function declarationsOf(entries: ReadonlyMap<string, readonly Entry[]> | undefined): Declaration[] {
  return [...(entries ?? [])].flatMap(([section, list]) => {
    // Whichever of the section's kinds takes an entry, its keys are told in one way.
    const kind = sectionKinds(section).find(({ section: { links } }) => links !== undefined);
    if (kind === undefined) return [];
    return list.flatMap((entry) =>
      (kind.section.keys?.(entry) ?? [entry]).map(({ body, key }, nth) => ({
        body,
        key,
        section,
        entry,
        nth,
      })),
    );
  });
}

const bySection = groupBy(
  kinds.filter((kind): kind is SectionKind => kind.section !== undefined),
  ({ section }) => section.name,
);

/** The kinds that share a section. */
export const sectionKinds = (section: string): readonly SectionKind[] => bySection.get(section) ?? [];

function perBody<Value>(make: (body: string) => Value): (body: string) => Value {
  const made = new Map<string, Value>();
  return (body) => {
    const known = made.get(body);
    if (known !== undefined) return known;
    const value = make(body);
    made.set(body, value);
    return value;
  };
}
