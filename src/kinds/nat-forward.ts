// Where a TCP connection ends: the rules of a body and where the connection is sent to in, where they send it out.
import { contains, parseAddress } from '../address.js';
import { targetOf, valuesOf, type Rule } from './nat-rule.js';

/** Where a connection is sent to, as seen from one body. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Meeting extends Endpoint {
  /** The address is one of the body's. */
  readonly own: boolean;
  /** The body itself makes the connection. */
  readonly sent: boolean;
}

/** A redirection ends at an address of the body that the kernel chooses: that of the link it came in by, or loopback's. */
export interface Forwarded extends Endpoint {
  readonly redirected: boolean;
}

/** Where the first rule that fits sends a connection; null when none does. What a rule says of the other end is taken to fit. */
export function forwarded(rules: readonly Rule[], meeting: Meeting): Forwarded | null {
  const rule = rules.find((one) => fits(one, meeting));
  if (rule === undefined) return null;
  const { address = meeting.address, port = String(meeting.port) } = targetOf(rule.to ?? '') ?? {};
  // A range is the one that `port` has, and keeps each port.
  return {
    address,
    port: port.includes('-') ? meeting.port : Number(port),
    redirected: rule.action === 'redirect',
  };
}

function fits(
  { action, protocol = 'tcp', port, in: link, destination, to = '' }: Rule,
  meeting: Meeting,
): boolean {
  if (action !== 'dnat' && action !== 'redirect') return false;
  if (protocol !== 'tcp' || (meeting.sent && link !== undefined)) return false;
  const family = parseAddress(targetOf(to)?.address ?? '')?.family;
  if (family !== undefined && family !== parseAddress(meeting.address)?.family) return false;
  return (port === undefined || holdsPort(port, meeting.port)) && isDestination(destination, meeting);
}

const holdsPort = (ports: string, port: number): boolean =>
  valuesOf(ports).some((text) => {
    const [first = 0, last = first] = text.split('-').map(Number);
    return first <= port && port <= last;
  });

function isDestination(destination: string | undefined, { address, own, sent }: Meeting): boolean {
  if (destination !== undefined) return valuesOf(destination).some((network) => contains(network, address));
  return own && !(sent && (address === '::1' || contains('127.0.0.0/8', address)));
}
