// A document of the right shape in, everything in it that makes no sense out. One file for each theme.
import type { Finding } from '../diagnostic.js';
import { addresses } from './addresses.js';
import { cycles } from './cycles.js';
import { deviceNames, devicesOnce, keysOnce } from './devices.js';
import { bodyNames, topologyName } from './document.js';
import { expectations } from './expectations.js';
import { linkFields, sectionFields } from './fields.js';
import { ipv6 } from './ipv6.js';
import { ofKinds } from './kinds.js';
import { descriptions, macAddresses, withoutFrames } from './links.js';
import { masters } from './masters.js';
import { mtus } from './mtu.js';
import { neighbours } from './neighbours.js';
import { vlansOfPorts } from './ports.js';
import { protect } from './protect.js';
import { references } from './references.js';
import { routes } from './routes.js';
import { strings } from './strings.js';
import type { Rule, Subject } from './subject.js';

const rules: readonly Rule[] = [
  topologyName,
  bodyNames,
  deviceNames,
  keysOnce,
  devicesOnce,
  references,
  sectionFields,
  linkFields,
  macAddresses,
  withoutFrames,
  descriptions,
  ipv6,
  mtus,
  addresses,
  neighbours,
  routes,
  masters,
  vlansOfPorts,
  cycles,
  expectations,
  protect,
  ofKinds,
];

/** All findings, in no order. Of a text with a control character, nothing else is said. */
export function findingsOf(draft: Omit<Subject, 'links' | 'bodyNames'>): Finding[] {
  const links = draft.bodies.flatMap(({ name }) => draft.names.links(name));
  const bodyNames = new Set(draft.bodies.map(({ name }) => name));
  const subject: Subject = { ...draft, bodyNames, links };
  const unsafe = [...strings(subject)];
  const places = new Set(unsafe.map(placeOf));
  const found = rules.flatMap((rule) => [...rule(subject)]);
  return [...unsafe, ...found.filter((finding) => !places.has(placeOf(finding)))];
}

const placeOf = ({ path, at = 'value' }: Finding): string => JSON.stringify([path, at]);
