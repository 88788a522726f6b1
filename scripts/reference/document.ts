// The table of kinds in, docs/topology.md out: every section and every field, with what a change of it interrupts.
import { kinds } from '../../src/kinds/index.js';
import type { Kind, Properties, Property } from '../../src/kind.js';
import { NAMESPACES } from '../../src/load/topology.js';
import { topologySchema, type Schema } from '../../src/schema.js';
import { examples } from './examples.js';
import { fieldText, type Variant } from './field.js';
import { INTRODUCTION, LINKS, PORTS } from './prose.js';

interface Chapter {
  readonly title: string;
  readonly text: string;
}

/** The whole reference. */
export function reference(): string {
  const names = [...new Set(kinds.flatMap(({ section }) => section?.name ?? []))];
  const chapters = [
    { title: 'The top of the file', text: topText() },
    {
      title: 'What every link takes',
      text: LINKS + fieldsText(onLinks((kind) => kind.onLink?.takes === undefined)),
    },
    {
      title: 'What a port of a bridge takes',
      text: PORTS + fieldsText(onLinks((kind) => kind.onLink?.takes !== undefined)),
    },
    ...names.map((name) => ({ title: `\`${name}\``, text: sectionText(name) })),
    { title: '`checks`', text: checksText() },
  ];
  const contents = chapters.map(({ title }) => `- [${title}](#${anchorOf(title)})\n`).join('');
  return `${INTRODUCTION}\n## Contents\n\n${contents}${chapters.map(chapterText).join('')}`;
}

const chapterText = ({ title, text }: Chapter): string => `\n## ${title}\n\n${text}`;

/** As GitHub makes it of a heading. */
const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

/** All that several kinds say of the fields of one thing, field by field. */
interface Words {
  readonly variants: ReadonlyMap<string, readonly Variant[]>;
  readonly required: readonly string[];
}

function wordsOf(
  parts: readonly { readonly kind: Kind; readonly properties: Properties }[],
  required: readonly string[],
): Words {
  const variants = new Map<string, Variant[]>();
  for (const { kind, properties } of parts) {
    for (const [name, property] of Object.entries(properties)) {
      const variant = { who: parts.length === 1 ? '' : makerOf(kind), property };
      variants.set(name, [...(variants.get(name) ?? []), variant]);
    }
  }
  return { variants, required };
}

/** Who makes such things, where the kernel and Open vSwitch both can. */
const makerOf = ({ name }: Kind): string => (/^(ovs-|patch$)/.test(name) ? 'Open vSwitch' : 'Linux');

const fieldsText = ({ variants, required }: Words): string =>
  [...variants].map(([name, all]) => fieldText(name, all, required.includes(name))).join('');

/** What all links take has no maker to tell apart; ports have. */
function onLinks(choose: (kind: Kind) => boolean): Words {
  const chosen = kinds.filter((kind) => kind.onLink !== undefined && choose(kind));
  const parts = chosen.map((kind) => ({ kind, properties: kind.onLink?.properties ?? {} }));
  const arePorts = chosen.some(({ onLink }) => onLink?.takes !== undefined);
  if (arePorts) return wordsOf(parts, []);
  const all = parts.flatMap(({ properties }) => Object.entries(properties));
  const variants = new Map(all.map(([name, property]) => [name, [{ who: '', property }]]));
  return { variants: new Map([['name', [{ who: '', property: deviceName() }]], ...variants]), required: [] };
}

function deviceName() {
  const { name } = (topologySchema().definitions?.['link'] as Schema).properties ?? {};
  return { ...name, description: name?.description ?? '' };
}

function sectionText(name: string): string {
  const takers = kinds.filter(({ section }) => section?.name === name);
  const sections = takers.flatMap((kind) => (kind.section === undefined ? [] : [{ kind, ...kind.section }]));
  const [first] = sections;
  if (first === undefined) return '';
  const isBody = name === NAMESPACES;
  const isLink = !isBody && sections.some(({ links }) => links !== undefined);
  const required = first.required?.filter((field) =>
    sections.every((each) => each.required?.includes(field) === true),
  );
  const shape =
    first.shape === 'list'
      ? 'A list.'
      : isLink
        ? 'A map; the key names the link.'
        : isBody
          ? 'A map; the key names the namespace. Each takes the sections of [the top of the file](#the-top-of-the-file), but no `checks`.'
          : 'A map.';
  const common = isLink ? ' Takes [what every link takes](#what-every-link-takes) as well.' : '';
  const values =
    first.values === undefined
      ? ''
      : `\n- **any key** (${scalarsText(first.values.type)}): ${first.values.description}\n`;
  return `${first.description} ${shape}${common}\n${exampleText(name)}\n${fieldsText(wordsOf(sections, required ?? []))}${values}`;
}

const scalarsText = (type: string | readonly string[] | undefined): string => [type ?? []].flat().join(', ');

const exampleText = (name: string): string => `\n\`\`\`yaml\n${(examples[name] ?? '').trim()}\n\`\`\`\n`;

function topText(): string {
  const { properties = {} } = topologySchema();
  const field = (name: string): string =>
    fieldText(
      name,
      [{ who: '', property: { description: '', ...properties[name] } }],
      name === 'version',
      false,
    );
  const fields = ['version', 'name', 'protect'];
  const names = Object.keys(properties).filter((name) => !fields.includes(name));
  const links = names.map((name) => `[\`${name}\`](#${name})`).join(', ');
  return `${fields.map(field).join('')}- **sections**: ${links}.\n`;
}

function checksText(): string {
  const { description = '', items } = topologySchema().properties?.['checks'] ?? {};
  const entries = Object.entries(items?.properties ?? {});
  const kindsText = entries
    .map(([name, { description: text = '' }]) => `- **\`${name}\`**: ${text}\n`)
    .join('');
  return `${description} A list; each entry is one of these:\n\n${kindsText}${exampleText('checks')}\nEach takes:\n\n${checkFields(entries)}`;
}

/** What all sorts of checks take, once; what they do not agree on, with whose it is. */
function checkFields(entries: readonly (readonly [string, Schema])[]): string {
  const words = new Map<string, Map<string, string[]>>();
  for (const [sort, { properties = {} }] of entries) {
    for (const [name, property] of Object.entries(properties)) {
      const facts = JSON.stringify(property);
      const sorts = words.get(name) ?? new Map<string, string[]>();
      words.set(name, sorts.set(facts, [...(sorts.get(facts) ?? []), `\`${sort}\``]));
    }
  }
  return [...words]
    .flatMap(([name, variants]) =>
      [...variants].map(([facts, sorts]) => {
        const property = JSON.parse(facts) as Property;
        const only = variants.size === 1 ? '' : ` With ${sorts.join(' and ')}.`;
        const told = { ...property, description: property.description + only };
        return fieldText(name, [{ who: '', property: told }], name === 'to', false);
      }),
    )
    .join('');
}
