// The section `checks`: targets that can be tried, in a time that somebody waits.
import { isMulticast, isUnspecified, parseAddress } from '../../address.js';
import type { Json, Path } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { parseEndpoint, withinOf } from '../expectations.js';
import { isMapping, type Mapping } from '../topology.js';
import type { Subject } from './subject.js';

export function* expectations({ document }: Subject): Generator<Finding> {
  const entries = Array.isArray(document['checks']) ? (document['checks'] as Json[]) : [];
  for (const [i, entry] of entries.entries()) {
    for (const [kind, value] of Object.entries(isMapping(entry) ? entry : {})) {
      const to = isMapping(value) ? value['to'] : undefined;
      const fault = typeof to === 'string' ? targetFault(kind, to) : undefined;
      if (fault !== undefined) yield { code: 'bad-target', ...fault, path: ['checks', i, kind, 'to'] };
      if (isMapping(value)) yield* patience(value, ['checks', i, kind, 'within']);
    }
  }
}

/** In milliseconds; as the schema says of plain numbers. */
const LONGEST = 3_600_000;

function* patience({ within }: Mapping, path: Path): Generator<Finding> {
  const time = withinOf(within);
  if (time > 0 && time <= LONGEST) return;
  const message = `\`within\` must be more than 0 s and at most ${LONGEST / 1000} s, not ${show(within)}`;
  yield { code: 'out-of-range', message, path };
}

function targetFault(kind: string, to: string): Pick<Finding, 'message' | 'hint'> | undefined {
  const endpoint = parseEndpoint(to);
  const ip = endpoint?.to ?? parseAddress(to)?.ip;
  if (ip !== undefined && (isMulticast(ip) || isUnspecified(ip)))
    return { message: `${show(to)} is not one host’s address` };
  if (kind.endsWith('tcp')) {
    const hint = 'write address and port: `192.168.1.1:80` or `[fd00::1]:80`';
    return endpoint === null ? { message: `${show(to)} is not an address with a port`, hint } : undefined;
  }
  const hint = endpoint
    ? `a ping has no port: \`${endpoint.to}\``
    : 'write an address like `192.168.1.1` or `fd00::1`';
  return parseAddress(to) === null ? { message: `${show(to)} is not an address`, hint } : undefined;
}
