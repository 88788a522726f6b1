// Which namespaces of the host are to be read: a topology's bodies in, each namespace once out.
import { readdirSync, statSync } from 'node:fs';
import { Refusal } from './errors.js';
import { netnsFile, type Body } from './model.js';

export interface Candidate {
  readonly body: Body;
  /** The same for all files that name one namespace; null: there is none. */
  readonly identity: string | null;
}

/**
 * The topology's bodies and all other named namespaces. A namespace may have several names (`ip netns attach`, a container
 * runtime's file beside ours) and may be the one that this program itself runs in: it is read once, as the topology calls it.
 * Throws a Refusal when the topology calls one namespace by two names.
 */
export function bodiesToRead(bodies: readonly Body[]): Candidate[] {
  const known = new Map<string, Body>();
  const wanted = bodies.map((body) => {
    const identity = identityOf(body.netns ?? '/proc/self/ns/net');
    const other = known.get(identity ?? '');
    if (other !== undefined) {
      throw new Refusal(`\`${body.name}\` and \`${other.name}\` are one and the same namespace`, {
        hint: 'say all that is in it under one name; what is in the host’s own stands at the top',
      });
    }
    if (identity !== null) known.set(identity, body);
    return { body, identity };
  });
  const taken = new Set(bodies.map(({ name }) => name));
  const paths = new Set(bodies.map(({ netns }) => netns));
  const others = namesIn(netnsFile('')).flatMap((name) => {
    const body = { name: nameBeside(name, taken), netns: netnsFile(name) };
    const identity = identityOf(body.netns);
    if (paths.has(body.netns) || identity === null || known.has(identity)) return [];
    known.set(identity, body);
    return [{ body, identity }];
  });
  return [...wanted, ...others];
}

/** What a named namespace that is none of a topology's bodies is called beside them. */
export const nameBeside = (name: string, taken: { has(name: string): boolean }): string =>
  taken.has(name) ? `netns:${name}` : name;

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** The same for all files that name one namespace; null where there is none that we may look at. */
function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path);
    return `${String(dev)}:${String(ino)}`;
  } catch {
    return null;
  }
}
