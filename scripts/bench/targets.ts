// Measurements in, ratios and differences out, each with its target where it has one.
import { groupBy } from '../../src/collections.js';
import type { Measurement } from './measurement.js';

export interface Verdict {
  readonly scene: string;
  readonly what: string;
  readonly value: number;
  readonly unit: '×' | Measurement['unit'];
  /** The most that it may be; null where there is no target. */
  readonly target: number | null;
  readonly met: boolean | null;
}

/** What is judged, as a function of the medians of a scene by what they are of; undefined where one of them is missing. */
interface Rule {
  readonly what: string;
  readonly unit: Verdict['unit'];
  readonly value: (median: (what: string) => number) => number;
  readonly target: number | null;
  /** The scenes to which the target applies; elsewhere the value is told without one. */
  readonly at: RegExp;
}

const ratio = (of: string, to: string, target: number | null, at: RegExp): Rule => ({
  what: `${of} : ${to}`,
  unit: '×',
  value: (median) => median(of) / median(to),
  target,
  at,
});

const above = (of: string, to: string, target: number, at: RegExp): Rule => ({
  what: `${of}, above ${to}`,
  unit: 'ms',
  value: (median) => median(of) - median(to),
  target,
  at,
});

const itself = (what: string, unit: Verdict['unit'], target: number, at: RegExp): Rule => ({
  what,
  unit,
  value: (median) => median(what),
  target,
  at,
});

const THOUSAND = /^1000 endpoints/;
const RESOURCES = /^50000 resources/;

const rules: readonly Rule[] = [
  above('CPU of plan, nothing to change', 'an empty `node`', 120, /lines$/),
  above('CPU of plan, from nothing', 'an empty `node`', 120, /lines$/),
  ratio('apply', 'one `ip` per step', 1 / 6, THOUSAND),
  ratio('apply', 'batches as written by hand', 1.25, THOUSAND),
  ratio('apply', 'the same batches by hand', 1.25, THOUSAND),
  ratio('plan, nothing to change', 'reading by hand', 1.3, THOUSAND),
  ratio('apply, one endpoint more', 'plan, nothing to change', 1.15, THOUSAND),
  ratio('plan, one endpoint more', 'plan, nothing to change', null, THOUSAND),
  ratio('destroy', 'deleting one by one', 1 / 15, THOUSAND),
  ratio('the transaction of apply', 'one `ovs-vsctl` by hand', 1.3, /^1000 ports/),
  ratio('apply', 'one `ovs-vsctl` by hand', null, /^1000 ports/),
  itself('own work, nothing to change', 's', 3, RESOURCES),
  itself('own work, from nothing', 's', 3, RESOURCES),
  ratio('own work, from nothing', 'four times that for a quarter', 1.25, RESOURCES),
  itself('peak memory', 'MB', 600, RESOURCES),
];

export function verdictsOf(measurements: readonly Measurement[]): Verdict[] {
  const scenes = groupBy(measurements, ({ scene }) => scene);
  return [...scenes].flatMap(([scene, measured]) => {
    const medians = new Map(measured.map(({ what, median }) => [what, median]));
    return rules.flatMap((rule) => verdictOf(rule, scene, medians));
  });
}

/** None where the scene does not have what the rule asks for. */
function verdictOf(rule: Rule, scene: string, medians: ReadonlyMap<string, number>): Verdict[] {
  const value = rule.value((what) => medians.get(what) ?? NaN);
  if (Number.isNaN(value)) return [];
  const target = rule.at.test(scene) ? rule.target : null;
  const met = target === null ? null : value <= target;
  return [{ scene, what: rule.what, value, unit: rule.unit, target, met }];
}
