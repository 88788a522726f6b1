// Measurements and verdicts in, Markdown out: what a person reads on a terminal, and what the README shows.
import { groupBy } from '../../src/collections.js';
import type { Measurement } from './measurement.js';
import type { Verdict } from './targets.js';

export function table(measurements: readonly Measurement[], verdicts: readonly Verdict[]): string {
  const scenes = groupBy(measurements, ({ scene }) => scene);
  const blocks = [...scenes].map(([scene, measured]) => {
    const judged = verdicts.filter((verdict) => verdict.scene === scene);
    return [`### ${scene}\n`, medians(measured), judged.length > 0 ? `\n${judgements(judged)}` : ''].join(
      '\n',
    );
  });
  return `${blocks.join('\n')}\n${summary(verdicts)}\n`;
}

const medians = (measured: readonly Measurement[]): string =>
  rows(
    ['median', 'rounds', 'what'],
    measured.map(({ what, unit, median, runs }) => [`${number(median)} ${unit}`, String(runs.length), what]),
  );

const judgements = (verdicts: readonly Verdict[]): string =>
  rows(
    ['value', 'at most', 'met', 'what'],
    verdicts.map(({ what, value, unit, target, met }) => [
      quantity(value, unit),
      target === null ? '' : quantity(target, unit),
      met === null ? '' : met ? 'yes' : 'NO',
      what,
    ]),
  );

function summary(verdicts: readonly Verdict[]): string {
  const judged = verdicts.filter(({ met }) => met !== null);
  const met = judged.filter((verdict) => verdict.met === true);
  return judged.length === 0
    ? 'Nothing that has a target was measured.'
    : `${met.length} of ${judged.length} targets met.`;
}

/** Ratios far below 1 read better the other way round: `1/6.3`. */
export function quantity(value: number, unit: Verdict['unit']): string {
  if (unit !== '×') return `${number(value)} ${unit}`;
  return value < 0.5 ? `1/${(1 / value).toFixed(1)}` : `${value.toFixed(2)} ×`;
}

const number = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en-US');

/** For the README: the medians of all numbers of endpoints side by side, and all that has a target. */
export function overview(measurements: readonly Measurement[], verdicts: readonly Verdict[]): string {
  const inSeconds = measurements.filter(({ scene }) => / endpoints, /.test(scene));
  const scenes = [...groupBy(inSeconds, ({ scene }) => scene).keys()];
  const times = [...groupBy(inSeconds, ({ what }) => what)].map(([what, measured]) => [
    what,
    ...scenes.map((scene) => number(measured.find((one) => one.scene === scene)?.median ?? NaN)),
  ]);
  const judged = verdicts.flatMap(({ scene, what, value, unit, target, met }) =>
    target === null
      ? []
      : [[what, scene, quantity(value, unit), quantity(target, unit), met === true ? 'yes' : '**no**']],
  );
  return [
    rows(['seconds', ...scenes], times),
    rows(['target', 'with', 'value', 'at most', 'met'], judged),
  ].join('\n');
}

/** A Markdown table whose columns line up as plain text, too. */
function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const all = [head, ...body];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return `${[head, rule, ...body].map(line).join('\n')}\n`;
}
