// Probes of the network: a target in, the process that tries it once, and what its outcome says of the network, out.
import type { Outcome } from './tool.js';

export interface Probe {
  readonly argv: readonly string[];
  /** `reached` is null when the probe itself failed, and nothing is known. */
  readonly read: (outcome: Outcome) => { readonly reached: boolean | null; readonly detail: string };
}

/** Two ICMP echo requests, of which one must be answered within `waitMs`. */
export const pinging = (address: string, waitMs: number): Probe => ({
  // A second one, so that a packet that is lost while a neighbour is looked for does not count. 0.2 s is what users may.
  argv: ['ping', '-n', '-c', '2', '-i', '0.2', '-W', (waitMs / 1000).toFixed(2), '--', address],
  read: readPing,
});

/** A TCP connection that must be there within `waitMs`. */
export const connecting = (address: string, port: number, waitMs: number): Probe => ({
  argv: [process.execPath, '-e', CONNECT, '--', address, String(port), String(Math.ceil(waitMs))],
  read: readConnect,
});

/**
 * Iputils' ping exits with 1 when nothing answered, and with 2 for everything else, be it that there is no route or that it
 * does not know an option. nsenter exits with 1 as well, when there is no such namespace; but only ping prints statistics.
 */
function readPing({ exitCode, stdout, stderr }: Outcome): ReturnType<Probe['read']> {
  if (exitCode === 0)
    return { reached: true, detail: `answered in ${/time=([\d.]+ ms)/.exec(stdout)?.[1] ?? 'time'}` };
  const error = /^From \S+ icmp_seq=\d+ (.*)$/m.exec(stdout)?.[1];
  if (stdout.includes('packets transmitted')) return { reached: false, detail: error ?? 'no answer' };
  const refusal = /^(?:\S*\/)?ping: (?:connect|sendmsg): (.*)$/m.exec(stderr)?.[1] ?? '';
  if (NO_WAY.has(refusal)) return { reached: false, detail: refusal };
  // What ping says of EACCES, which a `prohibit` route answers with.
  if (stderr.includes('Do you want to ping broadcast?'))
    return { reached: false, detail: 'Permission denied' };
  return { reached: null, detail: stderr.trim() || `ping: exit status ${exitCode}` };
}

/** The kernel's answers that mean: nothing gets there from here. `Invalid argument` is a blackhole route's. */
const NO_WAY: ReadonlySet<string> = new Set([
  'Network is unreachable',
  'No route to host',
  'Network is down',
  'Host is down',
  'Invalid argument',
  'Permission denied',
  'Operation not permitted',
  'Cannot assign requested address',
]);

/** Prints `connected`, or the name of the error. */
const CONNECT = `
const [address, port, ms] = process.argv.slice(1);
const socket = require("node:net").connect({ host: address, port: Number(port) });
const end = (word) => { console.log(word); process.exit(0); };
socket.once("connect", () => end("connected")).once("error", ({ code }) => end(code));
setTimeout(() => end("ETIMEDOUT"), Number(ms));
`;

function readConnect({ exitCode, stdout, stderr }: Outcome): ReturnType<Probe['read']> {
  const word = stdout.trim();
  if (exitCode === 0 && word === 'connected') return { reached: true, detail: 'connected' };
  const detail = exitCode === 0 ? NOT_CONNECTED[word] : undefined;
  if (detail !== undefined) return { reached: false, detail };
  return { reached: null, detail: word || stderr.trim() || `node: exit status ${exitCode}` };
}

/** Errors that mean: no connection from here. Any other (too many open files) is the probe's own trouble. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'no answer',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  EHOSTDOWN: 'Host is down',
  ENETDOWN: 'Network is down',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EINVAL: 'Invalid argument',
  EADDRNOTAVAIL: 'Cannot assign requested address',
};
