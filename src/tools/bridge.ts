// iproute2's `bridge`: commands in, one `bridge -batch` a namespace out; and the questions for VLANs and entries of ports, with their parsers.
import { HOST, type Command } from '../model.js';
import type { BridgeEntry, BridgeVlans } from '../state.js';
import { batchCalls, batchFailureOf, restOf, saysGone } from './iproute2.js';
import { has, held, list, maybe, number, object, text, unknown, whole } from './shape.js';
import { shellWord, type Process, type Tool } from './tool.js';

export const bridge: Tool = {
  name: 'bridge',
  calls: (commands, netns) => batchCalls('bridge', commands, netns),
  failure: batchFailureOf,
  saysGone,
  rest: restOf,
  shell: (command) => ['bridge', ...inNamespace(command), ...command.args.map(shellWord)].join(' '),
};

const inNamespace = ({ body }: Command): string[] => (body === HOST ? [] : ['-n', shellWord(body)]);

/** Asks for the VLANs of all ports of a namespace. Compressed: a port that carries all VLANs is two entries, not 4,094. */
export const readVlans = (netns: string | null): Process => ({
  argv: ['bridge', '-compressvlans', '-json', 'vlan', 'show'],
  netns,
});

/** What `readVlans` printed. Throws a SyntaxError when it is not that. */
export const parseVlans = (stdout: string): readonly BridgeVlans[] =>
  held(listIn(stdout), list(VLANS), 'ports');

/** Asks for the entries of all forwarding databases of a namespace that nobody has learned. */
export const readFdb = (netns: string | null): Process => ({
  argv: ['bridge', '-json', 'fdb', 'show', 'state', 'permanent', 'state', 'static'],
  netns,
});

/** What `readFdb` printed. Throws a SyntaxError when it is not that. */
export const parseFdb = (stdout: string): readonly BridgeEntry[] =>
  held(listIn(stdout).filter(has('mac', 'ifname')), list(ENTRY), 'entries');

/** A namespace without bridges prints an empty list or nothing. */
const listIn = (stdout: string): readonly unknown[] =>
  held(stdout.trim() === '' ? [] : JSON.parse(stdout), list(unknown), 'the answer');

/** Of twelve bits (IEEE 802.1Q). */
const vid = whole(0, 4095);

const VLANS = object<BridgeVlans>({
  ifname: text,
  vlans: list(
    object<BridgeVlans['vlans'][number]>({
      vlan: vid,
      vlanEnd: maybe(vid),
      flags: maybe(list(text)),
    }),
  ),
});

const ENTRY = object<BridgeEntry>({
  mac: text,
  ifname: text,
  state: maybe(text),
  flags: maybe(list(text)),
  master: maybe(text),
  vlan: maybe(number),
  dst: maybe(text),
  viaIf: maybe(text),
  port: maybe(number),
  vni: maybe(number),
  src_vni: maybe(number),
  nhid: maybe(number),
});
