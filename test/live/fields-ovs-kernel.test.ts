// Every field of every kind of Open vSwitch again, where the kernel forwards: changed on a live topology and changed back.
import { liveTables } from './fields/live-tables.js';
import type { Row } from './fields/table.js';
import { tables } from './fields/tables.js';

const elsewhere = tables.filter(({ needs = [] }) => needs.includes('ovs') && !needs.includes('openvswitch'));

/** The userspace datapath sets a flag to get all frames of a device, the kernel's does not need one: there is none to be taken away. */
const withoutFlags = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => (/^~ \S+ promiscuous$/.test(line) ? [] : line.replace(/ promiscuous$/, '')));

/** The kernel's datapath has a device for all tunnels of a kind, which comes and goes with them. */
const inTheKernel = ({ plan, brings, back, ...row }: Row): Row => ({
  ...row,
  ...(plan === undefined ? {} : { plan: withoutFlags(plan) }),
  ...(brings === undefined ? {} : { brings: withoutFlags(brings) }),
  ...(back === undefined ? {} : { back: withoutFlags(back) }),
  chosen: row.chosen ?? /links (vxlan|genev|gre|ip6gre)_sys\S* address: /,
});

liveTables(
  elsewhere.map((table) => ({
    ...table,
    title: `${table.title}, in the kernel’s datapath`,
    needs: [...(table.needs ?? []), 'openvswitch'],
    rows: table.rows.map(inTheKernel),
  })),
  true,
);
