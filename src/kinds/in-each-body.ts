// What a kind sees in one body in, a kind's `live` out: the same for every body, and not done again for one that was not read again.
import type { Live } from '../model.js';
import type { BodyState, HostState } from '../state.js';

/** For sorts of which one body shows all there is to see. `topology`: on whose behalf the host is read. */
export function inEachBody(
  look: (state: BodyState, topology: string) => readonly Live[],
): (host: HostState) => Live[] {
  const seen = new WeakMap<BodyState, { readonly topology: string; readonly live: readonly Live[] }>();
  const liveIn = (state: BodyState, topology: string): readonly Live[] => {
    const known = seen.get(state);
    if (known?.topology === topology) return known.live;
    const live = look(state, topology);
    seen.set(state, { topology, live });
    return live;
  };
  return ({ bodies, topology }) => [...bodies.values()].flatMap((state) => liveIn(state, topology));
}
