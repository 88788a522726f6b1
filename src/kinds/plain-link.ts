// A kind of link that has nothing of its own beside what every link has: its names in, the kind out.
import { desired, deviceOf, linkDefaultsOf, netnsOf, type Kind } from '../kind.js';
import { groupOf, ownerOf } from '../marks.js';
import type { Fields } from '../model.js';
import type { IpLink } from '../state.js';
import { deviceIn, deviceNamed, madeByUs } from './declared.js';
import { inEachBody } from './in-each-body.js';

export interface PlainLink {
  /** `dummy`: name of the kind, and the word of `ip` and of the kernel for such a link. */
  readonly name: 'dummy' | 'ifb';
  readonly called: string;
  readonly section: string;
  readonly description: string;
  /** Words of `ip link add` that give a fresh one what other fresh links have. */
  readonly fresh?: readonly string[];
  /** True when the kernel gives it a MAC address, and takes no other. */
  readonly keepsAddress?: true;
}

export function plainLink(link: PlainLink): Kind {
  const { name, called, section, description, fresh = [] } = link;
  const idsOf = (body: string, device: string, fields: Fields = {}) => ({
    id: `${body}/${name}/${device}`,
    kind: name,
    body,
    fields,
    needs: [netnsOf(body), linkDefaultsOf(body)],
    diesWith: [netnsOf(body)],
    provides: [deviceOf(body, device)],
  });
  return {
    name,
    called,
    noun: name,
    fields: {},
    section: {
      name: section,
      shape: 'map',
      description,
      properties: {},
      findings: ({ value, path }) =>
        link.keepsAddress === true && value['macaddress'] !== undefined
          ? [
              {
                code: 'fixed-address',
                message: `${called} keeps the MAC address that the kernel gives it`,
                path: [...path, 'macaddress'],
              },
            ]
          : [],
      links: (entry) => [madeByUs(entry, () => ETHERNET_MTU)],
      desired: (entry) => [
        desired({ ...idsOf(entry.body, deviceNamed(entry)), ownership: 'owned', at: entry.path }),
      ],
    },
    live: inEachBody(({ body, links }, topology) =>
      links
        .filter(({ linkinfo }) => linkinfo?.info_kind === name)
        .map((found) => ({
          ...idsOf(body.name, found.ifname, link.keepsAddress === true ? addressOf(found) : {}),
          owner: ownerOf(found, topology),
        })),
    ),
    requires: () => [{ kernel: name }],
    make({ body, id, fields: { macaddress } }, { topology }) {
      const address = typeof macaddress === 'string' ? ['address', macaddress] : [];
      const words = [...fresh, ...address, 'group', String(groupOf(topology)), 'type', name];
      return [{ tool: 'ip', body, args: ['link', 'add', 'name', deviceIn(id), ...words] }];
    },
    change: () => [],
    cost: (field) => (field === 'macaddress' ? 'replace' : undefined),
    remove: ({ body, id }) => [{ tool: 'ip', body, args: ['link', 'del', 'dev', deviceIn(id)] }],
  };
}

/** To have this one again it has to be made with it. */
const addressOf = ({ address }: IpLink): Fields => (address === undefined ? {} : { macaddress: address });

/** ether_setup() in the kernel's net/ethernet/eth.c, in bytes. */
const ETHERNET_MTU = 1500;
