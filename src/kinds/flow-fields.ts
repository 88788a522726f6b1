// The words of a flow: facts of the fields, and what makes an entry of `flows` impossible: a bridge in, findings out.
import { ownWordsAlone, type DeclaredLink, type Names, type Properties } from '../kind.js';
import { show, type Finding } from '../load/diagnostic.js';
import { didYouMean } from '../load/nearest.js';
import type { Path } from '../model.js';
import { identityOf, portsNamed, wordsOf, type FlowWords } from '../tools/flow-words.js';
import { portsAt } from './ovs-bridge-ports.js';

/** Where `#` begins a comment, and quotes and backslashes are for names of ports alone, which we write. */
const LINE = { type: 'string', pattern: '^[^#"\\\\]*$' } as const;

/** Defaults: ovs-ofctl(8). */
export const flowFields = {
  table: { type: 'integer', minimum: 0, maximum: 254, default: 0, description: 'The table that it is in.' },
  priority: {
    type: 'integer',
    minimum: 0,
    maximum: 65535,
    default: 32768,
    description: 'Of the flows of a table that match a frame, the one with the highest priority counts.',
  },
  match: {
    ...LINE,
    default: '',
    examples: ['in_port=v0,ip,nw_dst=192.0.2.0/24'],
    description:
      'Which frames it is for, in the words of ovs-fields(7), with commas between them; ports by their keys. Default: all.',
  },
  actions: {
    ...LINE,
    minLength: 1,
    examples: ['drop', 'mod_nw_dst:192.0.2.9,output:v1'],
    description:
      'What happens to them, in the words of ovs-actions(7), with commas between them; ports by their keys (`output:v1`).',
  },
} as const satisfies Properties;

/** What the entry of a bridge says of all of them. */
export const flowsField = {
  type: 'array',
  default: [],
  items: { type: 'object', properties: flowFields, required: ['actions'], ...ownWordsAlone },
  description:
    'OpenFlow flows. They bear a cookie of the topology’s own: those of others stay, and these come back when somebody removes or changes them, or ovs-vswitchd was restarted.',
} as const;

/** Findings about the flows of a bridge. */
export function flowFindings(bridge: DeclaredLink, names: Names): Finding[] {
  const flows = (bridge.value['flows'] ?? []) as readonly Partial<FlowWords>[];
  if (flows.length === 0) return [];
  const ports = [...portsAt(bridge, names).keys()];
  const path = [...bridge.path, 'flows'];
  return [
    ...unspoken(bridge),
    ...flows.flatMap((flow, i) => [
      ...misplaced(flow, [...path, i]),
      ...strangers(flow, [...path, i], bridge.key, ports),
      ...bare(flow, [...path, i], ports),
      ...usual(flow, [...path, i], bridge),
    ]),
    ...twice(flows, path),
  ];
}

/** All flows are read and written in one version of OpenFlow, as what they look like differs between versions. */
function unspoken({ value, path }: DeclaredLink): Finding[] {
  const protocols = (value['protocols'] ?? []) as readonly string[];
  if (protocols.length === 0 || protocols.includes('OpenFlow14')) return [];
  const message = '`flows` need a bridge that speaks `OpenFlow14`';
  return [{ code: 'flow', message, hint: 'add it to `protocols`', path: [...path, 'protocols'] }];
}

/** Words that have a place of their own, or that would make it another flow each time. */
const ELSEWHERE =
  /^(cookie|table|priority|actions?|idle_timeout|hard_timeout|importance|out_port|out_group|duration|n_packets|n_bytes|send_flow_rem|check_overlap|reset_counts|no_packet_counts|no_byte_counts|idle_age|hard_age)$/;

/** `:` and `(` end a name as `=` does (ofputil_parse_key_value). */
const nameOf = (word: string): string => /^[^=:(]*/.exec(word)?.[0] ?? '';

function misplaced({ match = '' }: Partial<FlowWords>, path: Path): Finding[] {
  const [word] = wordsOf(match).filter((each) => ELSEWHERE.test(nameOf(each)));
  // ovs-ofctl takes what follows the first `action` for actions (extract_actions).
  const said = word ?? (match.includes('action') ? 'action' : undefined);
  if (said === undefined) return [];
  const name = nameOf(said);
  const own = ['table', 'priority', 'actions'].includes(name);
  return [
    {
      code: 'flow',
      message: `${show(name)} cannot stand in a match`,
      hint: own ? `say \`${name}:\` beside \`match:\`` : undefined,
      path: [...path, 'match'],
    },
  ];
}

/** Ports that are not of this bridge. */
function strangers(
  { match = '', actions = '' }: Partial<FlowWords>,
  path: Path,
  bridge: string,
  known: readonly string[],
): Finding[] {
  return Object.entries({ match, actions }).flatMap(([field, text]) =>
    portsNamed(text)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        code: 'dangling-reference',
        message: `${show(name)} is no port of ${show(bridge)}`,
        hint: didYouMean(name, known),
        path: [...path, field],
      })),
  );
}

/** A port alone would do for ovs-ofctl, but nobody could tell it from an action. */
function bare({ actions = '' }: Partial<FlowWords>, path: Path, ports: readonly string[]): Finding[] {
  const port = actions.split(/[\s,]+/).find((word) => ports.includes(word) && !ACTIONS.test(word));
  if (port === undefined) return [];
  const message = `${show(port)} is a port, and no action`;
  return [{ code: 'flow', message, hint: `say \`output:${port}\``, path: [...path, 'actions'] }];
}

/** Of ovs-actions(7), those that are a word alone. */
const ACTIONS =
  /^(normal|flood|all|local|in_port|controller|drop|strip_vlan|pop_vlan|dec_ttl|dec_mpls_ttl|dec_nsh_ttl|pop_queue|ct|ct_clear|exit|clear_actions|decap)$/i;

/** A bridge that forwards by itself has this flow from Open vSwitch, without a mark (bridge_configure_remotes). */
function usual(
  { table = 0, priority = flowFields.priority.default, match = '' }: Partial<FlowWords>,
  path: Path,
  { value }: DeclaredLink,
): Finding[] {
  if (value['fail-mode'] === 'secure' || table !== 0 || priority !== 0 || wordsOf(match).length > 0)
    return [];
  const message = 'Open vSwitch itself has a flow for all frames with priority 0 in table 0';
  return [
    {
      code: 'flow',
      message,
      hint: 'say `fail-mode: secure`, or another priority',
      path: [...path],
      at: 'value',
    },
  ];
}

function twice(flows: readonly Partial<FlowWords>[], path: Path): Finding[] {
  const seen = new Set<string>();
  return flows.flatMap(({ table = 0, priority = flowFields.priority.default, match = '' }, i): Finding[] => {
    const identity = identityOf({ table, priority, match: wordsOf(match).sort().join(',') });
    const isNew = !seen.has(identity);
    seen.add(identity);
    const message = 'a flow of the same table, priority and match stands above';
    return isNew ? [] : [{ code: 'duplicate-flow', message, path: [...path, i] }];
  });
}
