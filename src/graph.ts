// Names of resources: which resources of a set an id or a provided name means.
import type { Resource } from './model.js';

const graphs = new WeakMap<readonly Resource[], Graph<Resource>>();

/** The names of a list of resources; made once for each list, which therefore must not be added to afterwards. */
export function graphOf<Node extends Resource>(nodes: readonly Node[]): Graph<Node> {
  const known = graphs.get(nodes) as Graph<Node> | undefined;
  if (known !== undefined) return known;
  const graph = new Graph(nodes);
  graphs.set(nodes, graph);
  return graph;
}

/** Resolves what `needs` and `diesWith` say within one set of resources (all desired, or all live ones). */
export class Graph<Node extends Resource> {
  readonly #byId = new Map<string, Node>();
  readonly #byName = new Map<string, Node[]>();

  constructor(nodes: readonly Node[]) {
    for (const node of nodes) {
      this.#byId.set(node.id, node);
      for (const name of node.provides) {
        const providers = this.#byName.get(name);
        if (providers === undefined) this.#byName.set(name, [node]);
        else providers.push(node);
      }
    }
  }

  get(id: string): Node | undefined {
    return this.#byId.get(id);
  }

  values(): IterableIterator<Node> {
    return this.#byId.values();
  }

  /** The resources that an id or a provided name means; none when it is outside the set (a NIC, a found namespace). */
  resolve(name: string): readonly Node[] {
    const node = this.#byId.get(name);
    return node === undefined ? (this.#byName.get(name) ?? []) : [node];
  }
}
