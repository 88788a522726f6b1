// A document of the right shape in, everything in it that makes no sense out. One file for each theme.
import type { Draft } from '../declare.js';
import type { Finding } from '../diagnostic.js';
import { addresses } from './addresses.js';
import { cycles } from './cycles.js';
import { deviceNames, devicesOnce, keysOnce } from './devices.js';
import { bodyNames, topologyName } from './document.js';
import { targets } from './expectations.js';
import { linkFields, sectionFields } from './fields.js';
import { ipv6 } from './ipv6.js';
import { ofKinds } from './kinds.js';
import { descriptions, macAddresses } from './links.js';
import { vlansOfPorts } from './ports.js';
import { references } from './references.js';
import { routes } from './routes.js';
import { strings } from './strings.js';
import type { Rule, Subject } from './subject.js';

const rules: readonly Rule[] = [
  topologyName,
  bodyNames,
  strings,
  deviceNames,
  keysOnce,
  devicesOnce,
  references,
  sectionFields,
  linkFields,
  macAddresses,
  descriptions,
  ipv6,
  addresses,
  routes,
  vlansOfPorts,
  cycles,
  targets,
  ofKinds,
];

/** All findings, in no order. `lost` are the names that left-out entries may have declared. */
export function* findingsOf(draft: Draft, lost: ReadonlySet<string>): Generator<Finding> {
  const links = draft.bodies.flatMap(({ name }) => draft.names.links(name));
  const subject: Subject = { ...draft, lost, links };
  for (const rule of rules) yield* rule(subject);
}
