// Questions for flows and the rows of Open vSwitch in, what is in the flow tables and how it compares with what is said out.
import { ToolError } from './errors.js';
import { ownerIn } from './kinds/ovs-ids.js';
import type { Read } from './model.js';
import type { Settings } from './settings.js';
import type { FlowTable, OvsState, SaidFlow } from './state.js';
import { flowIn, withPorts } from './tools/flow-words.js';
import { flowsParsed, parseFlows, readFlows, refusalIn } from './tools/ofctl.js';
import { run, runAll } from './tools/run.js';

/**
 * By bridge. A question names a bridge and, after a space, a flow that is wanted or was; an empty one means all bridges that
 * a topology has made. `recorded` are the questions of the record.
 */
export async function flowTables(
  reads: readonly Read[],
  recorded: readonly Read[],
  ovs: OvsState,
  settings: Settings,
): Promise<ReadonlyMap<string, FlowTable>> {
  const asked = flowsAskedFor(reads);
  if (asked.length === 0) return new Map();
  const said = asked.filter((what) => what !== '').map(bridgeAndFlow);
  const marked = asked.includes('') ? ovs.Bridge.filter((row) => ownerIn(row) !== null) : [];
  const named = new Set(said.map(({ bridge }) => bridge));
  const bridges = [...new Set([...named, ...marked.map(({ name }) => name)])];
  const [dumps, forms] = await Promise.all([
    dumped(bridges, named, ovs, settings),
    normalForms(
      said.map(({ bridge, flow }) => inNumbers(flow, portNumbers(bridge, ovs))),
      settings,
    ),
  ]);
  return new Map(
    bridges.map((bridge) => {
      const own = said.flatMap((each, i) => (each.bridge === bridge ? [[each.flow, forms[i]] as const] : []));
      const known = own.flatMap(([flow, form]) => (form === undefined ? [] : [[flow, form] as const]));
      return [
        bridge,
        { there: dumps.get(bridge) ?? [], said: new Map(known), made: madeOn(bridge, recorded) },
      ];
    }),
  );
}

const flowsAskedFor = (reads: readonly Read[]): string[] =>
  reads.flatMap(({ tool, what }) => (tool === 'ofctl' ? [what] : []));

const madeOn = (bridge: string, recorded: readonly Read[]): ReadonlySet<string> =>
  new Set(
    flowsAskedFor(recorded)
      .map(bridgeAndFlow)
      .flatMap((each) => (each.bridge === bridge ? [each.flow] : [])),
  );

function bridgeAndFlow(what: string): { readonly bridge: string; readonly flow: string } {
  const space = what.indexOf(' ');
  return { bridge: what.slice(0, space), flow: what.slice(space + 1) };
}

/**
 * Bridges that are not there yet have no flows; nor has one, of ours as far as we know, of which only the marks ask and that does not
 * answer: ovs-vswitchd has not made it, or it speaks none of the versions in which flows are made.
 */
async function dumped(
  bridges: readonly string[],
  named: ReadonlySet<string>,
  { Bridge }: OvsState,
  settings: Settings,
): Promise<Map<string, FlowTable['there']>> {
  const there = bridges.filter((bridge) => Bridge.some(({ name }) => name === bridge));
  const processes = there.map((bridge) => readFlows(bridge, settings));
  const outcomes = await runAll(processes, settings);
  return new Map(
    there.map((bridge, i) => {
      const [process, outcome] = [processes[i], outcomes[i]];
      if (process === undefined || outcome === undefined) throw new Error('a process without an outcome');
      if (outcome.exitCode !== 0 && !named.has(bridge)) return [bridge, []];
      if (outcome.exitCode !== 0)
        throw new ToolError(`exit status ${String(outcome.exitCode)}`, process, outcome.stderr);
      return [bridge, outcome.stdout.split('\n').flatMap((line) => flowIn(line) ?? [])];
    }),
  );
}

/** ovs-ofctl gives up at the first flow that makes no sense; then each is asked for by itself. */
async function normalForms(flows: readonly string[], settings: Settings): Promise<SaidFlow[]> {
  if (flows.length === 0) return [];
  const process = parseFlows(flows);
  const parsed = flowsParsed(await run(process, settings));
  if (parsed?.length === flows.length) return parsed;
  const outcomes = await runAll(
    flows.map((flow) => parseFlows([flow])),
    settings,
  );
  return outcomes.map((outcome) => {
    const [flow] = flowsParsed(outcome) ?? [];
    return flow ?? { refused: refusalIn(outcome.stderr) };
  });
}

/** Numbers of OpenFlow ports by their names, as far as Open vSwitch has given any. */
function portNumbers(bridge: string, ovs: OvsState): ReadonlyMap<string, number> {
  const uuids = new Set(ovs.Bridge.find(({ name }) => name === bridge)?.ports);
  const interfaces = new Set(
    ovs.Port.filter(({ _uuid }) => uuids.has(_uuid)).flatMap((port) => port.interfaces),
  );
  return new Map(
    ovs.Interface.flatMap(({ _uuid, name, ofport }) =>
      interfaces.has(_uuid) && ofport !== null && ofport > 0 ? [[name, ofport]] : [],
    ),
  );
}

/** A port that is still to come has a number that no port has: the first ones below OFPP_MAX. */
function inNumbers(flow: string, known: ReadonlyMap<string, number>): string {
  const coming = new Map<string, number>();
  return withPorts(flow, (name) => {
    const number = known.get(name) ?? coming.get(name) ?? NO_PORT - coming.size;
    if (!known.has(name)) coming.set(name, number);
    return String(number);
  });
}

const NO_PORT = 0xfeff;
