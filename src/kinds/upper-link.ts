// A kind of link that takes what another link receives (macvlan, macvtap, ipvlan): what is special about it in, the kind out.
import {
  desired,
  deviceOf,
  linkDefaultsOf,
  netnsOf,
  type DeclaredLink,
  type Entry,
  type Kind,
  type Names,
  type Properties,
} from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import { groupOf, ownerOf } from '../marks.js';
import type { Fields } from '../model.js';
import { deviceIn, deviceNamed, madeByUs, mtuOf } from './declared.js';
import { inEachBody } from './in-each-body.js';
import { placesUpon, type Place } from './upper-places.js';

export interface UpperLink {
  /** `macvlan`: name of the kind, and the word of `ip` and of the kernel for such a link. */
  readonly name: 'macvlan' | 'macvtap' | 'ipvlan';
  readonly called: string;
  readonly section: string;
  readonly description: string;
  /** Its own fields, beside `link`. */
  readonly properties: Properties;
  readonly findings: (entry: Entry, names: Names) => Finding[];
  /** Its own fields as an entry says them. */
  readonly wanted: (value: Entry['value']) => Fields;
  /** Its own fields in the `info_data` of `ip -j -d link`. */
  readonly read: (shown: Readonly<Record<string, unknown>>) => Fields;
  /** The words of `ip` that set some of its own fields. */
  readonly words: (fields: Fields, said: readonly string[]) => readonly string[];
  /** Own fields that a fresh one has where nothing is said of them. */
  readonly usual: Fields;
  readonly placeOf: (fields: Fields) => Place;
  readonly cost?: Kind['cost'];
  /** Words of `ip link add` that give a fresh one what other fresh links have. */
  readonly fresh?: readonly string[];
}

const link = {
  type: 'string',
  description: 'The link that it stands on: a NIC, a veth end, a VLAN, a bond or a bridge.',
  'x-reference': 'link',
  // Neither macvlan_changelink() nor ipvlan_nl_changelink() looks at it.
  'x-change': 'replace',
  'x-why': 'the kernel ignores the change',
} as const;

export function upperLink(sort: UpperLink): Kind {
  const { name, called, section, description, fresh = [] } = sort;
  const properties = { link, ...sort.properties };
  const idsOf = (body: string, device: string, fields: Fields, isOurs: boolean) => {
    const lower = fields['link'] as string | null;
    // One in another namespace (null) is nothing that we can name.
    const below = lower === null ? [] : [deviceOf(body, lower)];
    return {
      id: `${body}/${name}/${device}`,
      kind: name,
      body,
      fields,
      needs: [netnsOf(body), linkDefaultsOf(body), ...below],
      diesWith: [...below, netnsOf(body)],
      provides: [deviceOf(body, device), ...placesUpon(body, lower, sort.placeOf(fields), isOurs)],
    };
  };
  return {
    name,
    called,
    noun: name,
    fields: properties,
    section: {
      name: section,
      shape: 'map',
      description,
      properties,
      required: ['link', 'mode'],
      // macvlan_common_newlink() and ipvlan_adjust_mtu() take that of the link below.
      links: (entry, names) => [madeByUs(entry, () => mtuOf(lowerOf(entry, names)))],
      findings: sort.findings,
      desired(entry, names) {
        const lower = lowerOf(entry, names);
        if (lower === undefined) return [];
        const fields = { link: lower.device, ...sort.wanted(entry.value) };
        const ids = idsOf(entry.body, deviceNamed(entry), fields, true);
        return [desired({ ...ids, ownership: 'owned', at: entry.path })];
      },
    },
    live: inEachBody(({ body, links }, topology) =>
      links
        .filter(({ linkinfo }) => linkinfo?.info_kind === name)
        .map((found) => {
          const fields = { link: found.link ?? null, ...sort.read(found.linkinfo?.info_data ?? {}) };
          const owner = ownerOf(found, topology);
          return { ...idsOf(body.name, found.ifname, fields, owner === topology), owner };
        }),
    ),
    ...(sort.cost === undefined ? {} : { cost: sort.cost }),
    requires: () => [{ kernel: name }],
    make({ body, id, fields }, { topology }) {
      const said = Object.keys(sort.properties).filter((field) => !isNothing(fields[field]));
      const args = ['link', fields['link'] as string, 'name', deviceIn(id), ...fresh];
      const kind = ['group', String(groupOf(topology)), 'type', name, ...sort.words(fields, said)];
      return [{ tool: 'ip', body, args: ['link', 'add', ...args, ...kind] }];
    },
    change(_before, { body, id, fields }, changed) {
      const args = ['link', 'set', 'dev', deviceIn(id), 'type', name, ...sort.words(fields, changed)];
      return [{ tool: 'ip', body, args }];
    },
    usual: () => sort.usual,
    remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'del', 'dev', deviceIn(id)] }],
  };
}

/** The link below; undefined when there is none of that name, which is reported elsewhere. */
const lowerOf = ({ body, value }: Entry, names: Names): DeclaredLink | undefined =>
  names.link(body, value['link'] as string);

const isNothing = (value: Fields[string] | undefined): boolean =>
  value === undefined || (Array.isArray(value) && value.length === 0);
