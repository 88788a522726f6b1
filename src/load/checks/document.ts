// The topology as a whole and its bodies: what they may be called.
import { HOST } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { NAME, NAME_FORM } from '../topology.js';
import { nameFault } from './device-name.js';
import type { Subject } from './subject.js';

/** The schema looks at a name that is said; one taken from the file's name is looked at here. */
export function* topologyName({ name, document, lost }: Subject): Generator<Finding> {
  if (NAME.test(name) || document['name'] !== undefined || lost.has('name')) return;
  yield {
    code: 'topology-name',
    message: `the file’s name gives the topology the name ${show(name)}, which cannot be one`,
    hint: `add \`name:\` with ${NAME_FORM}`,
    path: ['version'],
    at: 'key',
  };
}

/** A namespace is a file below /run/netns, and a word of `ip` lines. */
export function* bodyNames({ bodies }: Subject): Generator<Finding> {
  for (const { name, path } of bodies.slice(1)) {
    const fault = name === HOST ? 'is what the host’s own namespace is called' : nameFault(name, 255);
    if (fault === undefined) continue;
    yield {
      code: 'namespace-name',
      message: `${show(name)} ${fault}`,
      hint: 'give the namespace another name',
      path,
      at: 'key',
    };
  }
}
