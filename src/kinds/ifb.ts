// An intermediate functional block: an entry under `ifbs` in, `ip link … type ifb` out.
import { plainLink } from './plain-link.js';

export const ifb = plainLink({
  name: 'ifb',
  called: 'an intermediate functional block',
  section: 'ifbs',
  description:
    'Intermediate functional blocks: links that `tc` redirects what another link receives to, so that it can be queued and shaped as if it were sent. Not `ifb0` and `ifb1`: on most hosts the kernel makes these itself as it loads the module.',
  // TX_Q_LIMIT in the kernel's drivers/net/ifb.c is 32.
  fresh: ['txqueuelen', '1000'],
  // Its driver has no ndo_set_mac_address.
  keepsAddress: true,
});
