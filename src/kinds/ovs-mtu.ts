// The MTU of a device that Open vSwitch makes: fields before and after in, commands out.
import type { Command, Fields } from '../model.js';
import { ovsCommand, updates } from '../tools/ovs-words.js';

/** What a new device has (ETH_DATA_LEN), and all that can be said for a bridge whose ports may be anything. */
const FRESH = 1500;

/**
 * ovs-vswitchd leaves a device at the MTU that is no longer asked for. So it is asked for the usual one first, and then
 * for none; two transactions, because it sees only what differs between them.
 */
export function settingMtu(device: string, before: Fields, after: Fields): Command[] {
  const [from, to] = [before['mtu'] as number | null, after['mtu'] as number | null];
  const steps = to === null && from !== null ? [from, FRESH, null] : [from, to];
  return steps
    .slice(1)
    .flatMap((mtu, i) =>
      ovsCommand(...updates('Interface', device, { mtu_request: steps[i] ?? null }, { mtu_request: mtu })),
    );
}
