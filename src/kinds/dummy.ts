// A link to nowhere: an entry under `dummies` in, `ip link … type dummy` out.
import { plainLink } from './plain-link.js';

export const dummy = plainLink({
  name: 'dummy',
  called: 'a dummy link',
  section: 'dummies',
  description:
    'Links that lead nowhere and are always up: for addresses that belong to the host and not to one of its NICs. What is sent through one is dropped.',
});
