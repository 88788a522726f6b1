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
import { startUp } from './bench/start-up.js';
import { table } from './bench/table.js';
import { verdictsOf } from './bench/targets.js';

const USAGE = `npm run bench -- [--quick] [--only PART]... [--sizes N,N,...] [RESULTS.json]

Measures netplan-ovs beside the same work done by hand, in a sandbox. Parts: start-up, endpoints, ports, growth.
  --quick   small sizes and few rounds, in less than two minutes; what has a target is mostly larger
  --only    this part alone; may be said several times
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
  return measure(values.only, { quick: values.quick, sizes }, positionals[0] ?? 'bench-results.json');
}

/** The same command line again, in a throw-away host. */
function enter(): number {
  const { argv, env } = sandboxCommand([process.execPath, ...process.argv.slice(1)]);
  const [program, ...words] = argv;
  return spawnSync(program, words, { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
}

function measure(names: readonly string[], scale: Scale, file: string): number {
  const measurements: Measurement[] = [];
  for (const name of names) {
    for (const measured of parts[name]?.(scale) ?? []) {
      process.stderr.write(
        `  ${measured.scene}: ${measured.what} ${String(measured.median)} ${measured.unit}\n`,
      );
      measurements.push(measured);
    }
  }
  const verdicts = verdictsOf(measurements);
  process.stdout.write(table(measurements, verdicts));
  writeFileSync(file, `${JSON.stringify({ machine: machine(), measurements, verdicts }, null, 2)}\n`);
  return verdicts.some(({ met }) => met === false) ? 1 : 0;
}

process.exitCode = main();
