// The list `protect`: each an address.
import { parseAddress } from '../../address.js';
import { show, type Finding } from '../diagnostic.js';
import { texts, type Subject } from './subject.js';

export function* protect({ document }: Subject): Generator<Finding> {
  for (const [i, text] of texts(document['protect'])) {
    if (parseAddress(text) !== null) continue;
    const hint = 'write one address, without a prefix, like `192.0.2.10` or `2001:db8::1`';
    yield { code: 'bad-address', message: `${show(text)} is not an address`, hint, path: ['protect', i] };
  }
}
