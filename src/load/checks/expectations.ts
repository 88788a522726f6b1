// The section `checks`: targets that can be tried.
import { isMulticast, isUnspecified, parseAddress } from '../../address.js';
import type { Json } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { parseEndpoint } from '../expectations.js';
import { isMapping } from '../topology.js';
import type { Subject } from './subject.js';

export function* targets({ document }: Subject): Generator<Finding> {
  const entries = Array.isArray(document['checks']) ? (document['checks'] as Json[]) : [];
  for (const [i, entry] of entries.entries()) {
    for (const [kind, value] of Object.entries(isMapping(entry) ? entry : {})) {
      const to = isMapping(value) ? value['to'] : undefined;
      const fault = typeof to === 'string' ? targetFault(kind, to) : undefined;
      if (fault !== undefined) yield { code: 'bad-target', ...fault, path: ['checks', i, kind, 'to'] };
    }
  }
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
