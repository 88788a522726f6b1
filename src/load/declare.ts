// The data of a document in, its bodies, names and checks out.
import { HOST } from '../model.js';
import { checksOf } from './expectations.js';
import { protectedIn } from './protect.js';
import { indexOf, type Devices } from './names.js';
import {
  isIgnored,
  isMapping,
  NAMESPACES,
  type DeclaredBody,
  type Mapping,
  type Topology,
} from './topology.js';

/** A topology before anyone knows whether it is sound, with what checks need beyond it. */
export interface Draft extends Topology {
  readonly document: Mapping;
}

export function declare(
  document: Mapping,
  file: string,
  positionOf: Topology['positionOf'],
  devices?: Devices,
): Draft {
  const name = typeof document['name'] === 'string' ? document['name'] : baseName(file);
  const bodies = bodiesOf(document);
  return {
    name,
    file,
    document,
    bodies,
    names: indexOf(name, bodies, devices),
    checks: checksOf(document),
    protect: protectedIn(document),
    positionOf,
    withDevices: (found) => declare(document, file, positionOf, found),
  };
}

/** `topologies/lab-1.yaml` is called `lab-1`. */
const baseName = (file: string): string =>
  file.slice(file.lastIndexOf('/') + 1).replace(/\.(ya?ml|json)$/i, '');

function bodiesOf(document: Mapping): DeclaredBody[] {
  const host: DeclaredBody = { name: HOST, from: null, value: document, path: [] };
  const namespaces = isMapping(document[NAMESPACES]) ? Object.entries(document[NAMESPACES]) : [];
  const bodies = namespaces.flatMap(([name, value]): DeclaredBody[] =>
    isMapping(value) && !isIgnored(name) && name !== HOST
      ? [{ name, from: fromOf(value), value, path: [NAMESPACES, name] }]
      : [],
  );
  return [host, ...bodies];
}

const fromOf = (value: Mapping): string | null => (typeof value['from'] === 'string' ? value['from'] : null);
