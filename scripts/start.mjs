// In: nothing. Out: the main job on an example, one command after the other, in a sandbox that nothing leaves; not 0 when one fails.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

process.chdir(path.join(import.meta.dirname, '..'));
const command = path.resolve('dist/start.cjs');
const isInside = process.argv[2] === '--inside';
const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
const [strong, faint] = [1, 2].map((code) => (text) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text));

/** This file again, as root of a throw-away host. */
function enter() {
  const args = [command, 'sandbox', '--', process.execPath, import.meta.filename, '--inside'];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
}

function tour() {
  const example = opens('/dev/net/tun') ? EXAMPLE : withoutOvs();
  const stops = [
    ['A topology is one file', () => print(readFileSync(example, 'utf8')), `cat ${example}`],
    ['What would have to be done? Nothing is written yet', tool('plan', example)],
    ['Do it, look again, and try the checks', tool('apply', example, '--yes')],
    ['What the kernel and Open vSwitch have now', run('ip', '-n', 'ns1', '-br', 'address')],
    ['', example === EXAMPLE ? run('ovs-vsctl', 'show') : run('bridge', 'link')],
    ['Once more: there must be nothing left to do', tool('plan', example, '--detailed-exitcode')],
    ['And all of it goes again', tool('destroy', example, '--yes')],
    ['So that nothing is left', tool('show')],
  ];
  let number = 0;
  for (const [caption, stop, line = stop.line] of stops) {
    if (caption !== '') print(`\n${strong(`${String((number += 1))}. ${caption}`)}\n`);
    print(`\n${faint('$')} ${strong(line)}\n\n`);
    const status = stop() ?? 0;
    if (status !== 0) return failed(line, status);
  }
  print(end());
  return 0;
}

/** Open vSwitch's bridges need a device that only root may open on some machines. */
function withoutOvs() {
  const copy = '/run/bridge.yaml'; // of the sandbox
  writeFileSync(copy, readFileSync(EXAMPLE, 'utf8').replace('type: ovs', 'type: linux'));
  print(
    `\n/dev/net/tun cannot be opened, which Open vSwitch needs here: the example with a Linux bridge instead.\n`,
  );
  return copy;
}

function opens(file) {
  try {
    closeSync(openSync(file, 'r+'));
    return true;
  } catch {
    return false;
  }
}

function tool(...words) {
  return Object.assign(run(process.execPath, command, ...words), {
    line: ['netplan-ovs', ...words].join(' '),
  });
}

/** The example's commands come to an end by themselves, each within its own timeouts. */
function run(program, ...words) {
  const start = () => spawnSync(program, words, { stdio: 'inherit' }).status ?? 1;
  return Object.assign(start, { line: [program, ...words].join(' ') });
}

function failed(line, status) {
  process.stderr.write(`\nerror: \`${line}\` ended with status ${String(status)}\n`);
  return 1;
}

function print(text) {
  process.stdout.write(text);
}

const EXAMPLE = 'examples/bridge.yaml';
const end = () => `
${strong('All of this happened in a sandbox: the network of this machine is as it was.')}

  node dist/start.cjs rehearse examples/nat.yaml   the same for another example, or for a file of your own
  node dist/start.cjs sandbox -- bash              a shell in such a sandbox, to try things
  node dist/start.cjs --help                       everything else
`;

process.stdout.on('error', () => process.exit(1)); // whoever reads has had enough
process.exitCode = isInside ? tour() : enter();
