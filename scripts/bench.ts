// In: which parts to measure, and at which sizes. Out: medians and ratios as a table and a JSON file; status 1 when a target is missed.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { sandboxCommand } from '../src/sandbox.js';
import { endpoints } from './bench/endpoints.js';
import { growth } from './bench/growth.js';
import { machine } from './bench/machine.js';
import type { Measurement, Scale } from './bench/measurement.js';
import { ports } from './bench/ports.js';
import { writeReadme } from './bench/readme.js';
import { startUp } from './bench/start-up.js';
import { table } from './bench/table.js';
import { verdictsOf } from './bench/targets.js';

const USAGE = `npm run bench -- [--quick] [--only PART]... [--sizes N,N,...] [--readme] [RESULTS.json]

Measures netplan-ovs beside the same work done by hand, in a sandbox. Parts: start-up, endpoints, ports, growth.
  --quick   small sizes and few rounds, in less than two minutes; what has a target is mostly larger
  --only    this part alone; may be said several times
  --readme  write the tables into README.md, too
  --sizes   numbers of endpoints (10,100,1000)
Results are written to RESULTS.json (bench-results.json). The exit status is 1 when a target is missed.
`;

const parts: Readonly<Record<string, (scale: Scale) => Iterable<Measurement>>> = {
  'start-up': startUp,
  endpoints,
  ports,
  growth,
};

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: Object.keys(parts) },
      sizes: { type: 'string' },
      readme: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only.find((name) => !(name in parts));
  if (values.help || unknown !== undefined) {
    process.stderr.write(unknown === undefined ? USAGE : `no part is called ${unknown}\n\n${USAGE}`);
    return values.help ? 0 : 1;
  }
  if (process.env['NETPLAN_OVS_SANDBOX'] === undefined) return enter();
  const sizes = values.sizes?.split(',').map(Number) ?? (values.quick ? [10, 100] : [10, 100, 1000]);
  const measurements = measure(values.only, { quick: values.quick, sizes });
  const verdicts = verdictsOf(measurements);
  const results = JSON.stringify({ machine: machine(), measurements, verdicts }, null, 2);
  process.stdout.write(table(measurements, verdicts));
  writeFileSync(positionals[0] ?? 'bench-results.json', `${results}\n`);
  if (values.readme) writeReadme(measurements, verdicts);
  return verdicts.some(({ met }) => met === false) ? 1 : 0;
}

/** The same command line again, in a throw-away host. */
function enter(): number {
  const { argv, env } = sandboxCommand([process.execPath, ...process.argv.slice(1)]);
  const [program, ...words] = argv;
  return spawnSync(program, words, { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}

/** Says on standard error what has been measured so far: all of it takes a quarter of an hour. */
function measure(names: readonly string[], scale: Scale): Measurement[] {
  const measurements: Measurement[] = [];
  for (const name of names) {
    for (const measured of parts[name]?.(scale) ?? []) {
      const { scene, what, median, unit } = measured;
      process.stderr.write(`  ${scene}: ${what} ${median} ${unit}\n`);
      measurements.push(measured);
    }
  }
  return measurements;
}

process.exitCode = main();
