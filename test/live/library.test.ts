// The library on a real kernel, as another program would use it: planned, applied, verified, shown, destroyed.
import path from 'node:path';
import { Cli } from '../support/cli.js';
import { liveTest } from '../support/live-test.js';
import { projectRoot } from '../support/sandbox.js';

const OTHER_PROGRAM = `
import { apply, destroy, load, plan, show, verify } from '${path.join(projectRoot, 'dist/index.js')}';
const text = \`
version: 1
name: lab
namespaces: {ns1: {}}
veths: {v1: {addresses: [10.0.0.254/24], peer: {namespace: ns1, name: eth0, addresses: [10.0.0.1/24]}}}
checks: [ping: {from: ns1, to: 10.0.0.254}]
\`;
const { topology } = load(text, 'lab.yaml');
const status = async (outcome) => (await outcome).applied?.status ?? null;
console.log(JSON.stringify({
  planned: (await plan(topology)).plan.changes.length > 0,
  applied: await status(apply(topology)),
  again: await status(apply(topology)),
  verified: (await verify(topology)).map(({ passed }) => passed),
  shown: (await show()).map(({ topology: name }) => name),
  destroyed: await status(destroy('lab')),
  left: (await show()).length,
}));
`;

liveTest('another program does all that the command does', { needs: ['veth'], timeout: 180 }, async (t) => {
  const cli = await Cli.open(t);
  await cli.write('/run/other.mjs', OTHER_PROGRAM);
  const { stdout } = await cli.box.run([process.execPath, '/run/other.mjs'], { cwd: '/run' });
  t.deepEqual(JSON.parse(stdout), {
    ...{ planned: true, applied: 'done', again: null, verified: [true] },
    ...{ shown: ['lab'], destroyed: 'done', left: 0 },
  });
});
