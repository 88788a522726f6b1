// All tables of fields.
import { bonds } from './bonds.js';
import { interfaces } from './interfaces.js';
import { links } from './links.js';
import { linux } from './linux.js';
import { natRules } from './nat.js';
import { ovs } from './ovs.js';
import { ovsRest } from './ovs-rest.js';
import { ownLinks } from './own-links.js';
import { ports } from './ports.js';
import { routes } from './routes.js';
import { rules } from './rules.js';
import type { Table } from './table.js';
import { tunnels } from './tunnels.js';
import { upperLinks } from './upper-links.js';
import { vrfs } from './vrfs.js';

export const tables: readonly Table[] = [
  ...interfaces,
  ...linux,
  ...links,
  ...ownLinks,
  ...upperLinks,
  ...bonds,
  ...ports,
  ...routes,
  ...rules,
  ...vrfs,
  ...natRules,
  ...tunnels,
  ...ovs,
  ...ovsRest,
];
