// A field's facts, as one kind or several have them, in; its entry in the reference out, with those of the fields inside it.
import { equal } from '../../src/compare.js';
import type { Property, Properties } from '../../src/kind.js';
import type { Json } from '../../src/model.js';
import { valueText as valueTextOf } from '../../src/render/value.js';

/** What one of the kinds that share a section, or a port's words, says of a field. */
export interface Variant {
  /** Whose it is, as a person says it: `Linux`, `Open vSwitch`; empty where there is only one. */
  readonly who: string;
  readonly property: Property;
}

/** `- **\`mtu\`** (68 to 65535, in bytes): Largest packet. _Change: flap._` */
export function fieldText(
  name: string,
  variants: readonly Variant[],
  isRequired: boolean,
  changes = true,
  depth = 0,
): string {
  const [first] = variants;
  if (first === undefined) return '';
  const { property, who } = first;
  const defaults = isRequired ? ['required'] : agreed(variants, defaultText);
  const facts = [...agreed(variants, valueText), ...defaults].join('; ');
  const only = variants.length === 1 && who !== '' ? ` _${who} alone._` : '';
  const change = changes ? changeText(variants) : '';
  const head = `- **\`${name}\`** (${facts}): ${property.description}${only}${change}`;
  const inside = nested(property);
  const saysChange = (each: Property): boolean => each['x-change'] !== undefined;
  const areParts = !saysChange(property) && inside.some(([, each]) => saysChange(each));
  const rest = inside.map(([inner, each, required]) =>
    fieldText(inner, [{ who: '', property: each }], required, areParts || saysChange(each), depth + 1),
  );
  return `${'  '.repeat(depth)}${head}\n${rest.join('')}`;
}

/** What all say alike once, else each with whose it is. */
function agreed(variants: readonly Variant[], textOf: (property: Property) => string): string[] {
  const texts = variants.map(({ property }) => textOf(property));
  if (new Set(texts).size <= 1) return texts.slice(0, 1).filter((text) => text !== '');
  return variants.flatMap(({ who }, i) => (texts[i] === '' ? [] : [`${who}: ${texts[i] ?? ''}`]));
}

function changeText(variants: readonly Variant[]): string {
  const text = (property: Property): string => {
    if (isListOfParts(property)) return 'each item by itself';
    const { 'x-change': cost = 'live', 'x-why': why } = property;
    return why === undefined ? cost : `${cost}, as ${why}`;
  };
  return ` _Change: ${agreed(variants, text).join('; ')}._`;
}

function valueText(property: Property): string {
  const { type, enum: values, examples, 'x-unit': unit, 'x-reference': reference } = property;
  if (property['x-link'] === true) return 'a link';
  if (typeof property['x-form'] === 'string') return property['x-form'];
  if (property['const'] !== undefined) return code(property['const'] as Json);
  if (Array.isArray(values)) return (values as Json[]).map(code).join(', ');
  const types = Array.isArray(type) ? (type as string[]) : [type ?? 'string'];
  const names = types.map((each) => typeText(each as string, property));
  const sample = Array.isArray(examples)
    ? `, for example ${(examples as Json[]).map(code).join(' or ')}`
    : '';
  const what = reference === undefined ? [...new Set(names)].join(' or ') : `a ${reference}`;
  return what + (unit === undefined ? '' : `, in ${UNITS[unit] ?? unit}`) + sample;
}

function typeText(type: string, { minimum, maximum }: Property): string {
  if (type !== 'integer' || minimum === undefined) return NAMES[type] ?? 'any value';
  return maximum === undefined ? `${String(minimum)} or more` : `${String(minimum)} to ${String(maximum)}`;
}

const NAMES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: '`true` or `false`',
  array: 'a list',
  object: 'a map',
};

const UNITS: Readonly<Record<string, string>> = { s: 'seconds', ms: 'milliseconds' };

/** Where it is not always the same, the description says it in words. */
function defaultText({ default: value, description }: Property): string {
  if (description.includes('Default:')) return '';
  const isEmpty = value === undefined || ['', [], {}].some((empty) => equal(empty, value));
  return isEmpty ? 'default: none' : `default ${code(value)}`;
}

const code = (value: Json): string => `\`${valueTextOf(value)}\``;

/** The fields of a map, of the maps in a list, or of those behind names. */
function nested(property: Property): (readonly [string, Property, boolean])[] {
  const {
    items,
    additionalProperties: values,
    properties = items?.properties ?? values?.properties ?? {},
    required = items?.required ?? [],
  } = property as Property & Inner;
  return Object.entries(properties).map(([name, facts]) => [name, facts, required.includes(name)]);
}

interface Inner {
  /** Of a map whose keys are names. */
  readonly additionalProperties?: { readonly properties?: Properties };
  readonly items?: { readonly properties?: Properties; readonly required?: readonly string[] };
  readonly properties?: Properties;
  readonly required?: readonly string[];
}

/** Each item is a thing of its own, which is made, changed and removed by itself. */
const isListOfParts = ({ type, default: value, 'x-change': cost }: Property): boolean =>
  type === 'array' && cost === undefined && equal(value, []);
