// iproute2's `ip`: commands in, one `ip -batch` a namespace out; and the batch that reads a namespace, with its parser.
import type { Command } from '../model.js';
import type { IpLink, IpNeighbour, IpRoute, IpRule } from '../state.js';
import { LINK, NEIGHBOUR, ROUTE, RULE } from './ip-shapes.js';
import { batchCalls, batchFailureOf, restOf, saysGone } from './iproute2.js';
import { has, held, isObject, list, unknown } from './shape.js';
import { INPUT, shellWord, type Process, type Tool } from './tool.js';

export const ip: Tool = {
  name: 'ip',
  calls: (commands, netns) => batchCalls('ip', commands, netns),
  failure: batchFailureOf,
  saysGone,
  rest: restOf,
  shell: (command) => ['ip', ...inNamespace(command), ...command.args.map(shellWord)].join(' '),
};

/** `ip -n NAME` for a person; what runs uses nsenter, which is cheaper from about 100 namespaces on. */
const inNamespace = ({ body }: Command): string[] => (body === 'host' ? [] : ['-n', shellWord(body)]);

/**
 * One process that reads all of a namespace that is always read. `-N`: numbers instead of names, because /etc/iproute2
 * may give any name to a group, a table or a protocol.
 */
export const readNamespace = (netns: string | null): Process => ({
  argv: ['ip', ...SHOWING, '-batch', INPUT],
  netns,
  input: ALL,
});

/** The same process, which at its end also shows what `readNamespace` does; null when it cannot. */
export function showingAll({ argv, input, ...process }: Process): Process | null {
  const [program = '', ...words] = argv;
  return program !== 'ip' || input === undefined || words[0] !== '-batch'
    ? null
    : { ...process, argv: [program, ...SHOWING, ...words], input: input + ALL };
}

const SHOWING = ['-N', '-json', '-details'];
const ALL = 'address show\nroute show table all\nneighbour show nud permanent\nneighbour show proxy\n';

/**
 * Routing policy, which is asked for where there is to be some: not every kernel has it, and a batch is of one family as a
 * whole, so each of the two takes a process.
 */
export const readRules = (netns: string | null): Process => ({ argv: ['sh', '-c', READ_RULES], netns });

const SHOW_RULES = `ip ${SHOWING.join(' ')}`;
/** A kernel may be without IPv6. */
const READ_RULES = `${SHOW_RULES} rule show && { ${SHOW_RULES} -6 rule show || echo '[]'; }`;

/** What `readRules` printed. Throws a SyntaxError when it is not that. */
export function parseRules(stdout: string): Readonly<Record<4 | 6, readonly IpRule[]>> {
  const [four = [], six = []] = listsIn(stdout);
  const rules = list(RULE);
  return { 4: held(four, rules, 'rules'), 6: held(six, rules, 'IPv6 rules') };
}

export interface Namespace {
  readonly links: readonly IpLink[];
  readonly routes: readonly IpRoute[];
  readonly neighbours: readonly IpNeighbour[];
  readonly proxies: readonly IpNeighbour[];
}

/** What `readNamespace` printed: one JSON array a line. Throws a SyntaxError when it is not that. */
export function parseNamespace(stdout: string): Namespace {
  const [links = [], routes, neighbours, proxies] = listsIn(stdout);
  // Every namespace has its `lo`: an answer without a link is none.
  if (links.length === 0 || proxies === undefined) throw new SyntaxError('not all of the lists');
  return {
    links: held(links.filter(has('ifname')).map(withIpAlone), list(LINK), 'links'),
    routes: held(routes?.filter(has('dst')).filter(isPlain), list(ROUTE), 'routes'),
    neighbours: held(neighbours?.filter(has('dst', 'dev')), list(NEIGHBOUR), 'neighbours'),
    proxies: held(proxies.filter(has('dst', 'dev')), list(NEIGHBOUR), 'proxies'),
  };
}

/** What `ip` says of an encapsulation (`encap ip`) has the same words as what it says of the route, and stands in their place. */
const isPlain = (route: unknown): boolean => !has('encap')(route);

/** Links may have addresses of other protocols (AF_MCTP), which are nothing to us. */
function withIpAlone(link: unknown): unknown {
  const found = isObject(link) ? link['addr_info'] : undefined;
  const isOther = (each: unknown): boolean =>
    isObject(each) && !['inet', 'inet6'].includes(String(each['family']));
  return Array.isArray(found) && found.some(isOther)
    ? { ...(link as object), addr_info: found.filter((each) => !isOther(each)) }
    : link;
}

const listsIn = (stdout: string): (readonly unknown[])[] =>
  stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => held(JSON.parse(line), list(unknown), 'a line'));
