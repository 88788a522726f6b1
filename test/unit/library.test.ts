// The library entry as another program sees it: imported from the build, not from the sources.
import test from 'ava';
import type * as library from '../../src/index.js';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../support/sandbox.js';

const { load, loadFile, topologySchema, Refusal, ToolError, ...verbs } = (await import(
  pathToFileURL(path.join(projectRoot, 'dist/index.js')).href
)) as typeof library;

test('it has the program’s verbs, and nothing that is not documented', (t) => {
  t.deepEqual(Object.keys(verbs).sort(), ['apply', 'destroy', 'plan', 'show', 'verify']);
});

test('a topology is loaded from a text and from a file', (t) => {
  const { topology, diagnostics } = load('version: 1\nname: lab\nnamespaces: {ns1: {}}\n', 'lab.yaml');
  t.deepEqual(diagnostics, []);
  t.is(topology?.name, 'lab');
  t.deepEqual(
    topology?.bodies.map(({ name }) => name),
    ['host', 'ns1'],
  );
  t.is(loadFile(path.join(projectRoot, 'examples/bridge.yaml')).topology?.checks.length, 4);
});

test('what is wrong with a topology is data, not an exception', (t) => {
  const { topology, diagnostics } = load('version: 1\nbridgs: {}\n', 'lab.yaml');
  t.is(topology, null);
  t.like(diagnostics[0], { severity: 'error', position: { file: 'lab.yaml', line: 2, column: 1 } });
  t.is(loadFile('/no/such/file.yaml').topology, null);
});

test('the schema and the errors are there', (t) => {
  t.is(topologySchema().title, 'netplan-ovs topology');
  t.true(new Refusal('no') instanceof Error);
  t.is(new ToolError('exit status 1', { argv: ['ip'], netns: null }).name, 'ToolError');
});
