// The source that a route gives to packets: an address, of the route's family, that the body has.
import { parseAddress, type Family } from '../../address.js';
import type { Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';

/** `own` are the addresses of the body; null where it may have others that the file does not know. */
export function* source(
  from: unknown,
  family: Family | undefined,
  body: string,
  own: ReadonlySet<string> | null,
  path: Path,
): Generator<Finding> {
  if (typeof from !== 'string') return;
  const address = parseAddress(from);
  if (address === null) {
    const hint = 'write one address of a link, without its prefix';
    yield { code: 'bad-source', message: `${show(from)} is not an address`, hint, path };
  } else if (family !== undefined && address.family !== family) {
    const message = `an IPv${family} route cannot have the IPv${address.family} source ${show(from)}`;
    yield { code: 'mixed-families', message, path };
  } else if (own?.has(address.ip) === false) {
    // fib_valid_prefsrc() and ip6_route_info_create(): "Invalid prefsrc address".
    const message = `the source ${show(from)} is no address of ${body}`;
    yield { code: 'bad-source', message, hint: 'give it to one of its links under `addresses`', path };
  }
}
