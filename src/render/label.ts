// A resource's id in, what a person calls it out: `veth:ns1/eth0`, and `bridge:br0` where the host's own namespace goes without saying.
import { HOST, type Resource } from '../model.js';
import { escaped } from './diagnostics.js';

/** What a resource is called in a plan. */
export const labelOf = ({ id, kind }: Pick<Resource, 'id' | 'kind'>): string => label(id, kind);

/** What the resource of an id is called; by its noun where its kind is not known. */
export function label(id: string, kind?: string): string {
  const [body = '', noun = '', ...name] = id.split('/');
  const place = body === HOST && name.length > 0 ? name : [body, ...name];
  return escaped(`${kind ?? noun}:${place.join('/')}`);
}
