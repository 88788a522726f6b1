// An entry of a section of links in, the link that it declares out: for links that we make and the kernel sees.
import type { DeclaredLink, Entry } from '../kind.js';

/** The link of an entry. `mtu` gives the kernel's choice of its MTU in bytes; it is asked once all links are declared. */
export function madeByUs(
  entry: Entry,
  mtu: () => number | undefined,
  traits: Pick<DeclaredLink, 'bridge' | 'noEthernet'> = {},
): DeclaredLink {
  const { body, key, value, path } = entry;
  const chosen = once(mtu);
  return {
    body,
    key,
    device: deviceNamed(entry),
    value,
    path,
    adopted: false,
    netdev: true,
    byOvs: false,
    ...traits,
    get defaultMtu() {
      return chosen();
    },
  };
}

/** The device that an entry makes: its `name`, else its key. */
export const deviceNamed = ({ key, value }: Entry): string =>
  typeof value['name'] === 'string' ? value['name'] : key;

/** A link's MTU in bytes, as the file says it or the kernel chooses it; undefined when the file alone cannot tell. */
export function mtuOf(link: DeclaredLink | undefined): number | undefined {
  const said = link?.value['mtu'];
  return typeof said === 'number' ? said : link?.defaultMtu;
}

/** Remembers the answer. Links that stand on each other in a circle, which is an error of its own, find none. */
function once(ask: () => number | undefined): () => number | undefined {
  let asked = false;
  let answer: number | undefined;
  return () => {
    if (!asked) {
      asked = true;
      answer = ask();
    }
    return answer;
  };
}

/** The device that the id of a link's resource ends in; the kernel takes no slash in a name (dev_valid_name). */
export const deviceIn = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The link of an entry for which Open vSwitch makes the device. */
export const madeByOvs = (entry: Entry): DeclaredLink => ({
  body: entry.body,
  key: entry.key,
  device: deviceNamed(entry),
  value: entry.value,
  path: entry.path,
  adopted: false,
  netdev: true,
  byOvs: true,
});
