// A flow in the words of ovs-ofctl: the parts of one in, its text out; what ovs-ofctl prints of flows in, their parts out.

/** What a flow of a topology file says. */
export interface FlowWords {
  readonly table: number;
  readonly priority: number;
  readonly match: string;
  readonly actions: string;
}

/** A flow as ovs-ofctl writes it, in one way for all spellings, with numbers for ports. */
export interface PlainFlow {
  readonly table: number;
  /** Priority and match, as in `priority=5,tcp,in_port=3`; the usual priority goes without saying. */
  readonly rule: string;
  /** With what else is set beside them (time-outs). */
  readonly actions: string;
}

/** Which flow of a bridge it is: there is one of each table, priority and match. */
export const identityOf = ({ table, priority, match }: Omit<FlowWords, 'actions'>): string =>
  [`table=${table}`, `priority=${priority}`, ...wordsOf(match)].join(',');

/** The same of a flow that was found. OFP_DEFAULT_PRIORITY is not printed. */
export const identityFound = ({ table, rule }: PlainFlow): string =>
  [`table=${table}`, ...(rule.startsWith('priority=') ? [] : ['priority=32768']), ...wordsOf(rule)].join(',');

export const flowText = (identity: string, actions: string): string => `${identity},actions=${actions}`;

/** The words of a match, which commas or spaces separate. */
export const wordsOf = (match: string): string[] => match.split(/[\s,]+/).filter((word) => word !== '');

/** A match or actions with every name of a port replaced; numbers, what OpenFlow calls by itself (`LOCAL`) and fields stay. */
export const withPorts = (text: string, replaced: (name: string) => string): string =>
  text.replace(PORT, (whole, before: string, name: string) =>
    isName(name) ? before + replaced(name.replace(/^"|"$/g, '')) : whole,
  );

/** The names of ports in a match or in actions. */
export function portsNamed(text: string): string[] {
  const names: string[] = [];
  withPorts(text, (name) => {
    names.push(name);
    return name;
  });
  return names;
}

/** A port's name as ovs-ofctl takes it: one that could be something else, in quotes (ofputil_port_from_string). */
export const portWord = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && isName(name) ? name : JSON.stringify(name);

/** Where ovs-actions(7) and ovs-fields(7) have a port. */
const PORT =
  /(?<![A-Za-z0-9_])((?:in_port|sampling_port|port|output)=|(?:output|enqueue|resubmit)[:(])([^\s,:()=]+)(?![^\s,:()])/g;

const isName = (word: string): boolean => !/^(\d+|0x[0-9a-f]+)$/i.test(word) && !RESERVED.test(word);

/** ofputil_port_from_string(); a word with brackets is a field (`reg0[0..15]`). */
const RESERVED = /\[|^(in_port|table|normal|flood|all|controller|local|any|none|unset)$/i;

/** A line of `dump-flows --no-stats`; null when it is none. */
export function flowIn(line: string): (PlainFlow & { readonly cookie: string }) | null {
  const [, head = '', actions] = /^(.*?) ?actions=(.*)$/.exec(line) ?? [];
  if (actions === undefined) return null;
  const words = head.trim().split(/,? +|,$/);
  const value = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const others = words.filter((word) => OPTIONS.test(word));
  return {
    cookie: value('cookie') ?? '0x0',
    table: Number(value('table') ?? 0),
    rule: words.find((word) => !OPTIONS.test(word) && !/^(cookie|table)=/.test(word)) ?? '',
    actions: [...others, actions].join(' '),
  };
}

/** ofputil_flow_stats_format() and ofputil_flow_mod_flags_format(), without what `--no-stats` leaves out. */
const OPTIONS =
  /^((idle_timeout|hard_timeout|importance)=|(send_flow_rem|check_overlap|reset_counts|no_packet_counts|no_byte_counts)$)/;

/** A line of `parse-flows`: `OFPT_FLOW_MOD (OF1.4) (xid=0x1): ADD table:1 priority=5,tcp actions=drop`; null when it is none. */
export function flowParsed(line: string): PlainFlow | null {
  const [, table = '0', rule = '', actions] =
    /: ADD (?:table:(\d+) )?(?:(\S+) )?actions=(.*)$/.exec(line) ?? [];
  return actions === undefined ? null : { table: Number(table), rule, actions };
}
