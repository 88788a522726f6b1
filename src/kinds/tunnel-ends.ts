// An end of a tunnel as a file says it in, why it cannot be one out: for tunnels of the kernel and of Open vSwitch alike.
import { isMulticast, isUnspecified, parseAddress } from '../address.js';
import type { Finding } from '../load/diagnostic.js';

/** `word` is `local`, `remote`, or another one by which a file says an end. Whether it may be a group is for others to say. */
export function endFault(word: string, said: string): Pick<Finding, 'message' | 'hint'> | null {
  const address = parseAddress(said);
  if (address === null)
    return { message: `\`${said}\` is not an address`, hint: 'write it like `192.0.2.1` or `2001:db8::1`' };
  if (isUnspecified(address.ip))
    return { message: `\`${said}\` is nobody’s address`, hint: `for any address, leave \`${word}\` out` };
  return word === 'local' && isMulticast(address.ip)
    ? { message: `\`${said}\` is a group’s address, and this end is one host` }
    : null;
}
