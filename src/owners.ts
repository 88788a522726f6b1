// Live resources in, whose each of them is out.
import { graphOf, type Graph } from './graph.js';
import type { Live } from './model.js';

const known = new WeakMap<readonly Live[], Owners>();

/** Whose the resources of a list are; found out once for each list. */
export function ownersOf(live: readonly Live[]): Owners {
  const owners = known.get(live) ?? new Owners(graphOf(live));
  known.set(live, owners);
  return owners;
}

/** Whose a live resource is: its own mark, or that of what it dies with. */
export class Owners {
  readonly #live: Graph<Live>;
  readonly #known = new Map<string, string | null>();

  constructor(live: Graph<Live>) {
    this.#live = live;
  }

  of(resource: Live): string | null {
    if (resource.owner !== undefined) return resource.owner;
    const known = this.#known.get(resource.id);
    if (known !== undefined) return known;
    this.#known.set(resource.id, null);
    const [holder] = resource.diesWith;
    const owner = holder === undefined ? null : this.ofName(holder);
    this.#known.set(resource.id, owner);
    return owner;
  }

  /** Several may provide a name (any device also is an interface to adopt): the first that is owned counts. */
  ofName(name: string): string | null {
    for (const provider of this.#live.resolve(name)) {
      const owner = this.of(provider);
      if (owner !== null) return owner;
    }
    return null;
  }
}
