// What makes an entry of `macvlans`, `macvtaps` or `ipvlans` impossible although it has the right shape: an entry in, findings out.
import type { DeclaredLink, Entry, Names } from '../kind.js';
import { macFault } from '../load/checks/links.js';
import { show, type Finding } from '../load/diagnostic.js';
import { mtuOf } from './declared.js';
import { canStandBeside, type Place } from './upper-places.js';

type Problem = Omit<Finding, 'path'> & { readonly word: string };

/** Findings about one entry, in no order. */
export function upperFindings(entry: Entry, names: Names): Finding[] {
  const lower = names.link(entry.body, entry.value['link'] as string);
  if (lower === undefined) return [];
  const own = isIpvlan(entry) ? ipvlanFaults(entry, lower) : macvlanFaults(entry);
  return [...lowerFaults(entry, lower, names), ...besideOthers(entry, names), ...asAPort(entry), ...own].map(
    ({ word, ...problem }) => ({ ...problem, path: [...entry.path, word] }),
  );
}

const SECTIONS = ['macvlans', 'macvtaps', 'ipvlans'] as const;

type Placed = Pick<Entry, 'path'>;

const isIn = ({ path }: Placed, ...sections: readonly (typeof SECTIONS)[number][]): boolean =>
  sections.some((section) => section === path.at(-2));
const isIpvlan = (entry: Placed): boolean => isIn(entry, 'ipvlans');
const isMacvlan = (entry: Placed): boolean => isIn(entry, 'macvlans', 'macvtaps');

/** IFF_NO_RX_HANDLER in ipvlan_link_new(); tap_handle_frame() is that of a macvtap. */
export const isTheEnd = (entry: Placed): boolean => isIn(entry, 'ipvlans', 'macvtaps');

export const called = (entry: Placed): string =>
  isIpvlan(entry) ? 'an ipvlan' : isIn(entry, 'macvtaps') ? 'a macvtap' : 'a macvlan';

function lowerFaults(entry: Entry, lower: DeclaredLink, names: Names): Problem[] {
  const what = called(entry);
  const name = show(lower.key);
  // macvlan_port_create() and ipvlan_link_new() take Ethernet devices alone, and no loopback.
  if (lower.device === 'lo' || lower.noEthernet === true) {
    const message = `${what} stands on a link that carries Ethernet frames, and ${name} does not`;
    return [{ code: 'no-frames', message, word: 'link' }];
  }
  const hint = `say \`link: ${String(lower.value['link'])}\``;
  // Both put what would stand on one of their own sort on the link below that.
  if ((isMacvlan(entry) && isMacvlan(lower)) || (isIpvlan(entry) && isIpvlan(lower))) {
    const message = `${what} upon another one stands on the same link as that`;
    return [{ code: 'upper-link', message, hint, word: 'link' }];
  }
  if (isTheEnd(lower)) {
    const message = `${what} cannot stand on ${called(lower)}, which hands no frames on`;
    return [{ code: 'upper-link', message, hint, word: 'link' }];
  }
  const bond = names.master(lower);
  if (bond?.bond !== undefined && (bond.bond === 'linux' || isTaken(bond, names))) {
    const message = `${what} cannot stand on ${name}: all that this member receives is for its bond \`${bond.key}\``;
    return [{ code: 'upper-link', message, hint: `say \`link: ${bond.key}\``, word: 'link' }];
  }
  return isTaken(lower, names) ? [portFault(what, lower)] : [];
}

/** netdev_rx_handler_register() finds that of the bridge. The userspace datapath of Open vSwitch has none. */
function isTaken({ body, value }: DeclaredLink, names: Names): boolean {
  const bridge = typeof value['bridge'] === 'string' ? names.link(body, value['bridge']) : undefined;
  return bridge?.bridge !== undefined && bridge.value['datapath'] !== 'netdev';
}

function portFault(what: string, { key, value }: DeclaredLink): Problem {
  const bridge = String(value['bridge']);
  return {
    code: 'upper-link',
    message: `${what} cannot stand on \`${key}\`: all that this port receives is for its bridge \`${bridge}\``,
    hint: `say \`link: ${bridge}\``,
    word: 'link',
  };
}

function besideOthers(entry: Entry, names: Names): Problem[] {
  const all = uponLinks(names, entry.body).get(entry.value['link'] as string) ?? [];
  const first = all
    .slice(0, all.indexOf(entry))
    .find((other) => !canStandBeside(placeOf(other), placeOf(entry)));
  if (first === undefined) return [];
  const link = show(entry.value['link']);
  const problem = { code: 'upper-place', word: 'mode' };
  if (placeOf(first) === 'passthru' || placeOf(entry) === 'passthru')
    return [
      {
        ...problem,
        message: `with \`passthru\` nothing else can stand on ${link}, and \`${first.key}\` does`,
      },
    ];
  if (isIpvlan(first) !== isIpvlan(entry)) {
    const message = `macvlans and ipvlans cannot both stand on ${link}, and \`${first.key}\` is ${called(first)}`;
    return [{ ...problem, message, word: 'link' }];
  }
  const message = `all ipvlans upon ${link} have one \`mode\` and one \`flags\`, and those of \`${first.key}\` are others`;
  return [{ ...problem, message }];
}

function placeOf(entry: Entry): Place {
  const { mode, flags = 'bridge' } = entry.value as { readonly mode: string; readonly flags?: string };
  if (isIpvlan(entry)) return `ipvlan ${mode} ${flags}`;
  return mode === 'passthru' ? 'passthru' : 'macvlan';
}

type ByLink = ReadonlyMap<string, readonly Entry[]>;
const known = new WeakMap<Names, Map<string, ByLink>>();

/** What stands on each link of a body; found out once. */
function uponLinks(names: Names, body: string): ByLink {
  const bodies = known.get(names) ?? new Map<string, ByLink>();
  known.set(names, bodies);
  const found = bodies.get(body) ?? byLink(SECTIONS.flatMap((section) => names.entries(body, section)));
  bodies.set(body, found);
  return found;
}

function byLink(entries: readonly Entry[]): ByLink {
  const upon = new Map<string, Entry[]>();
  for (const entry of entries) {
    const link = entry.value['link'] as string;
    const others = upon.get(link);
    if (others === undefined) upon.set(link, [entry]);
    else others.push(entry);
  }
  return upon;
}

function asAPort(entry: Entry): Problem[] {
  if (entry.value['bridge'] === undefined || !isTheEnd(entry)) return [];
  const message = `${called(entry)} hands no frames on, and cannot be a port of a bridge`;
  return [{ code: 'no-frames', message, word: 'bridge' }];
}

function macvlanFaults({ value }: Entry): Problem[] {
  const { mode, sources = [] } = value;
  const faults = (sources as readonly string[]).flatMap((address) => macFault(address) ?? []);
  const ofSources = faults.map((fault) => ({ ...fault, word: 'sources' }));
  // macvlan_set_mac_address() gives it to the link below.
  const isAddressed = mode === 'passthru' && value['macaddress'] !== undefined;
  const isDeaf = mode !== 'source' && value['sources'] !== undefined;
  return [
    ...ofSources,
    ...(isAddressed ? [lowersAddress('with `passthru` it has the MAC address of its link', value)] : []),
    ...(isDeaf
      ? [
          {
            code: 'upper-field',
            message: '`sources` is for mode `source`',
            word: 'sources',
            at: 'key' as const,
          },
        ]
      : []),
  ];
}

function ipvlanFaults({ value }: Entry, lower: DeclaredLink): Problem[] {
  const mtu = mtuOf(lower);
  // ipvlan_device_event() gives it that of the link at every change of that, whatever it had. A larger one is another complaint.
  const isOther = typeof value['mtu'] === 'number' && mtu !== undefined && value['mtu'] < mtu;
  return [
    // The driver has no ndo_set_mac_address.
    ...(value['macaddress'] === undefined
      ? []
      : [lowersAddress('an ipvlan has the MAC address of its link', value)]),
    ...(isOther
      ? [
          {
            code: 'upper-field',
            message: `an ipvlan has the MTU of its link, which is ${String(mtu)}`,
            hint: `leave it out, or give \`${lower.key}\` another \`mtu\``,
            word: 'mtu',
          },
        ]
      : []),
  ];
}

const lowersAddress = (message: string, { link }: Entry['value']): Problem => ({
  code: 'upper-field',
  message,
  hint: `say it of ${show(link)}`,
  word: 'macaddress',
});
