// A flow of an Open vSwitch bridge: an entry of its `flows` in, a line for ovs-ofctl with the topology's cookie out.
import { desired, type DeclaredLink, type Kind, type Names } from '../kind.js';
import { cookieOf } from '../marks.js';
import { HOST, type Command, type Desired, type Live, type Resource } from '../model.js';
import type { FlowTable, HostState } from '../state.js';
import {
  flowText,
  identityFound,
  identityOf,
  portsNamed,
  portWord,
  withPorts,
  type FlowWords,
  type PlainFlow,
} from '../tools/flow-words.js';
import { flowFields } from './flow-fields.js';
import { portsAt } from './ovs-bridge-ports.js';
import { ownerIn, OVSDB } from './ovs-ids.js';
import { lostPorts } from './ovs-listening.js';
import { bridgeId, portName } from './ovs-port-rows.js';

export const flow: Kind = {
  name: 'flow',
  called: 'a flow of an Open vSwitch bridge',
  noun: 'flow',
  fields: { actions: flowFields.actions },

  live: (host) => [...(host.flows ?? [])].flatMap(([bridge, table]) => flowsIn(bridge, table, host)),

  make: add,
  // A flow of the same table, priority and match takes the place of the one before.
  change: (_before, after, _changed, site) => add(after, site),
  remove: ({ id, fields }) => {
    const { bridge, identity } = placeOf(id);
    return [command('delete_strict', bridge, `cookie=${String(fields[COOKIE])}/-1,${identity}`)];
  },
  reads({ id, fields }) {
    const { bridge, identity } = placeOf(id);
    const what = `${bridge} ${flowText(identity, String(fields['actions']))}`;
    return [OVSDB, { tool: 'ofctl', body: HOST, what }];
  },
  traces: (body) => (body === HOST ? [{ tool: 'ofctl', body, what: '' }] : []),
  refusal,
  advice: (_body, name) => ({
    use: 'leave it out of the file',
    look: `ovs-ofctl dump-flows ${name.split('/')[0] ?? ''}`,
    free: 'choose another priority or match',
  }),
};

/** The flows that a bridge's entry says. */
export function flowsOf(bridge: DeclaredLink, names: Names): Desired[] {
  const ports = portsAt(bridge, names);
  const word = (key: string): string =>
    key === bridge.key ? 'LOCAL' : portWord(ports.get(key)?.device ?? key);
  return ((bridge.value['flows'] ?? []) as readonly Partial<FlowWords>[]).map((said, i) => {
    const { table, priority, match, actions } = { ...flowDefaults, ...said };
    const identity = identityOf({ table, priority, match: withPorts(match, word) });
    const named = [match, actions].flatMap(portsNamed).filter((key) => key !== bridge.key);
    const needs = [...new Set(named)].map((key) => portName(ports.get(key)?.device ?? key));
    return desired({
      ...idsOf(bridge.device, identity, needs),
      fields: { actions: withPorts(actions.trim(), word) },
      ownership: 'owned',
      at: [...bridge.path, 'flows', i],
    });
  });
}

const flowDefaults: FlowWords = {
  table: flowFields.table.default,
  priority: flowFields.priority.default,
  match: flowFields.match.default,
  actions: '',
};

/** A port that is made anew may have another number. What decides who forwards flushes all flows (ofproto_flush_flows). */
const idsOf = (bridge: string, identity: string, ports: readonly string[]) => ({
  id: `${HOST}/flow/${bridge}/${identity}`,
  kind: 'flow',
  body: HOST,
  needs: [bridgeId(bridge), ...ports],
  diesWith: [bridgeId(bridge), `${bridgeId(bridge)}#fail-mode`, `${bridgeId(bridge)}#controllers`],
  provides: [],
});

/** A match may have slashes in it. */
function placeOf(id: string): { readonly bridge: string; readonly identity: string } {
  const [, , bridge = '', ...rest] = id.split('/');
  return { bridge, identity: rest.join('/') };
}

const command = (verb: string, bridge: string, text: string): Command => ({
  tool: 'ofctl',
  body: HOST,
  args: [verb, bridge, text],
});

function add({ id, fields }: Resource, { topology }: { readonly topology: string }): Command[] {
  const { bridge, identity } = placeOf(id);
  return [
    command('add', bridge, flowText(`cookie=${cookieOf(topology)},${identity}`, String(fields['actions']))),
  ];
}

/** The topology that has made a bridge. */
function ownerOf(bridge: string, { ovs }: HostState): string | null {
  const row = ovs?.Bridge.find(({ name }) => name === bridge);
  return row === undefined ? null : ownerIn(row);
}

/** Of a flow that is there: only that very one is deleted. */
const COOKIE = 'cookie';

interface Said extends PlainFlow {
  readonly text: string;
  readonly identity: string;
  readonly actionsSaid: string;
}

/** Flows that are said go by what the file says of them; others by what ovs-ofctl prints. */
function flowsIn(bridge: string, { there, said, made }: FlowTable, host: HostState): Live[] {
  const topology = ownerOf(bridge, host);
  const lost = lostPorts(host);
  const spellings = [...said]
    .flatMap(([text, form]) => ('refused' in form ? [] : [saidOf(text, form)]))
    // The port that comes in the place of a lost one has another number.
    .filter(({ text }) => !portsNamed(text).some((name) => lost.has(name)));
  return there.filter(isSomebodys).map((found) => {
    const own = spellings.filter((each) => isSameFlow(each, found));
    const same = own.find(({ actions }) => actions === found.actions);
    const fields = { actions: same?.actionsSaid ?? found.actions, [COOKIE]: found.cookie };
    // Over OpenFlow 1.0, which is what ovs-ofctl speaks unless it is told otherwise, `mod-flows` takes the cookie away.
    const wasOurs = found.cookie === '0x0' && own.some(({ text }) => made.has(text));
    const { identity } = own[0] ?? { identity: identityFound(found) };
    const ports = [identity, fields.actions].flatMap(portsNamed);
    return {
      ...idsOf(bridge, identity, [...new Set(ports)].map(portName)),
      fields,
      owner: topology !== null && (wasOurs || found.cookie === cookieOf(topology)) ? topology : null,
    };
  });
}

/** Open vSwitch's own flow of a bridge that forwards by itself comes and goes with `fail-mode`. */
const isSomebodys = ({ cookie, table, rule, actions }: FlowTable['there'][number]): boolean =>
  !(cookie === '0x0' && table === 0 && rule === 'priority=0' && actions === 'NORMAL');

function saidOf(text: string, form: PlainFlow): Said {
  const [identity = '', actionsSaid = ''] = text.split(/,actions=(.*)/s);
  return { ...form, text, identity, actionsSaid };
}

const isSameFlow = (a: PlainFlow, b: PlainFlow): boolean => a.table === b.table && a.rule === b.rule;

/** What ovs-ofctl says against it, or that another one is the same in other words. */
function refusal({ id, fields }: Desired, { flows }: HostState): string | null {
  const { bridge, identity } = placeOf(id);
  const said = [...(flows?.get(bridge)?.said ?? [])];
  const at = said.findIndex(([text]) => text === flowText(identity, String(fields['actions'])));
  const [, form] = said[at] ?? [];
  if (form === undefined) return null;
  if ('refused' in form) return form.refused;
  // Those of the topology stand before those of its record.
  const twin = said.slice(0, at).find(([, other]) => !('refused' in other) && isSameFlow(other, form));
  return twin === undefined ? null : `it is the same flow as \`${saidOf(twin[0], form).identity}\``;
}
