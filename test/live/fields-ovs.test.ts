// Every field of every kind of Open vSwitch, changed on a live topology and changed back.
import { liveTables } from './fields/live-tables.js';
import { tables } from './fields/tables.js';

liveTables(tables.filter(({ needs }) => needs?.includes('ovs') === true));
