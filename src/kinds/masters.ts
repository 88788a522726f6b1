// A link in, the bond that it is a member of out; and a bond's members.
import type { DeclaredLink, Names, Property } from '../kind.js';
import type { Path } from '../model.js';

/** The Linux bond that a link is a member of. */
export function linuxBondOf(link: DeclaredLink, names: Names): DeclaredLink | undefined {
  const master = names.master(link);
  return master?.bond === 'linux' ? master : undefined;
}

/** The links that a bond lists and that there are. */
export const membersOf = ({ body, members = [] }: DeclaredLink, names: Names): DeclaredLink[] =>
  members.flatMap((key) => names.link(body, key) ?? []);

/** The property `interfaces` of a kind that other links are members of. */
export const membersProperty = (description: string) =>
  ({
    type: 'array',
    items: { type: 'string', 'x-reference': 'link' },
    uniqueItems: true,
    description,
    default: [],
  }) as const satisfies Property;

/** The list of members that an entry says. */
export const memberKeys = (value: DeclaredLink['value']): readonly string[] =>
  Array.isArray(value['interfaces']) ? (value['interfaces'] as string[]) : [];

/** Where a bond names a member. */
export const placeIn = ({ path, members = [] }: DeclaredLink, { key }: DeclaredLink): Path => [
  ...path,
  'interfaces',
  members.indexOf(key),
];
