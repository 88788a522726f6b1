// All tables of fields.
import { interfaces } from './interfaces.js';
import { links } from './links.js';
import { linux } from './linux.js';
import { natRules } from './nat.js';
import { ovs } from './ovs.js';
import { ports } from './ports.js';
import { routes } from './routes.js';
import type { Table } from './table.js';
import { tunnels } from './tunnels.js';

export const tables: readonly Table[] = [
  ...interfaces,
  ...linux,
  ...links,
  ...ports,
  ...routes,
  ...natRules,
  ...tunnels,
  ...ovs,
];
