// The topology as a whole and its bodies: what they may be called.
import { HOST } from '../../model.js';
import { show, type Finding } from '../diagnostic.js';
import { isMapping, NAME, NAME_FORM, NAMESPACES } from '../topology.js';
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
export function* bodyNames({ bodies, document }: Subject): Generator<Finding> {
  const namespaces = isMapping(document[NAMESPACES]) ? document[NAMESPACES] : {};
  if (HOST in namespaces) {
    const fault = 'is what the host’s own namespace is called';
    yield misnamed(HOST, fault, 'what it has stands at the top of the file');
  }
  for (const { name } of bodies.slice(1)) {
    const fault = nameFault(name, LONGEST);
    if (fault !== undefined) yield misnamed(name, fault, 'give the namespace another name');
  }
}

/** NAME_MAX of include/uapi/linux/limits.h, in bytes. */
const LONGEST = 255;

const misnamed = (name: string, fault: string, hint: string): Finding => ({
  code: 'namespace-name',
  message: `${show(name)} ${fault}`,
  hint,
  path: [NAMESPACES, name],
  at: 'key',
});
