// In: stage names (compile, bundle, types). Out: the validator, build/ and dist/; `npm run build` names all.
// The validator comes first because every stage reads it; the stages are independent of each other.
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import * as esbuild from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

process.chdir(path.join(import.meta.dirname, '..'));
const generated = 'src/load/generated';
const forNode = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
const stages = { compile, bundle, types };

const wanted = process.argv.slice(2);
const began = new Date();
await generate();
const results = await Promise.allSettled(wanted.map((name) => stages[name]?.()));
const failures = results.filter(({ status }) => status === 'rejected');
for (const { reason } of failures) console.error(`build: ${reason.message}`);
process.exitCode = failures.length > 0 ? 1 : 0;
// scripts/setup.sh compares the sources with this. Only a whole build counts, and only what was there when it began.
const whole = Object.keys(stages).every((name) => wanted.includes(name));
if (whole && failures.length === 0) {
  await writeFile('build/.stamp', '');
  await utimes('build/.stamp', began, began);
}

/** Compiles the schema into a function of its own: doing that at run time would cost every command 40 ms. */
async function generate() {
  const schema = await topologySchema();
  const Dialect = String(schema.$schema).includes('2020-12') ? Ajv2020 : Ajv;
  const ajv = new Dialect({
    allErrors: true,
    messages: false, // src/load/shape-words.ts words them
    inlineRefs: false, // the fields of links stand in many sections: one function each
    strict: false,
    validateFormats: false, // addresses and names are checked where the message can say more
    code: { source: true, esm: true },
  });
  // ajv's ESM output still calls require() for its run-time functions; bundling takes them in.
  const { outputFiles } = await esbuild.build({
    ...forNode,
    stdin: { contents: standaloneCode(ajv, ajv.compile(bare(schema))), resolveDir: '.' },
    format: 'esm',
    write: false,
  });
  await mkdir(generated, { recursive: true });
  await writeIfChanged(`${generated}/validate.js`, outputFiles[0].text);
  await writeIfChanged(
    `${generated}/validate.d.ts`,
    "import type { ValidateFunction } from 'ajv';\n\nexport declare const validate: ValidateFunction;\nexport default validate;\n",
  );
}

/** A schema without what only people read: the compiled function would carry it along. */
function bare(schema) {
  if (Array.isArray(schema)) return schema.map(bare);
  if (typeof schema !== 'object') return schema;
  const words = Object.entries(schema).filter(
    ([word]) => !/^(x-|description$|title$|default$|examples$)/.test(word),
  );
  const maps = ['properties', 'patternProperties', 'definitions'];
  const schemas = [
    'items',
    'additionalProperties',
    'propertyNames',
    'anyOf',
    'oneOf',
    'allOf',
    'not',
    'if',
    'then',
    'else',
  ];
  const inMap = (map) => Object.fromEntries(Object.entries(map).map(([name, inner]) => [name, bare(inner)]));
  return Object.fromEntries(
    words.map(([word, value]) => [
      word,
      maps.includes(word) ? inMap(value) : schemas.includes(word) ? bare(value) : value,
    ]),
  );
}

/** The schema that the sources assemble: they are TypeScript, and nothing has compiled them yet. */
async function topologySchema() {
  if (!existsSync('src/schema.ts')) return {};
  const outfile = path.resolve('build/schema.mjs');
  await esbuild.build({ ...forNode, entryPoints: ['src/schema.ts'], format: 'esm', outfile });
  return (await import(pathToFileURL(outfile).href)).topologySchema();
}

/** Keeps the time stamp of what did not change, for the compiler's incremental mode. */
async function writeIfChanged(file, text) {
  const before = existsSync(file) ? await readFile(file, 'utf8') : undefined;
  if (before !== text) await writeFile(file, text);
}

/** TypeScript to build/, for tests and scripts. */
async function compile() {
  await removeOrphans();
  await cp(generated, path.join('build', generated), { recursive: true });
  await tsc('tsconfig.json');
}

/** Without this, the compiled form of a deleted test would go on being run. */
async function removeOrphans() {
  for (const folder of ['build/src', 'build/test', 'build/scripts'].filter((name) => existsSync(name))) {
    const files = await readdir(folder, { recursive: true });
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      const compiled = path.join(folder, file);
      const source = path.relative('build', compiled).replace(/\.js$/, '');
      if (!existsSync(`${source}.ts`) && !existsSync(`${source}.js`)) await rm(compiled);
    }
  }
}

/** The command as one executable file and the library as one module, dependencies included. */
async function bundle() {
  await esbuild.build({
    ...forNode,
    entryPoints: ['src/index.ts'],
    format: 'esm',
    outfile: 'dist/index.js',
    // Some dependencies are CommonJS, and ask for Node's own modules by require().
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
  });
  // CommonJS starts 6 to 8 ms faster than ESM. It has no import.meta, so that is spelled out.
  const { outputFiles } = await esbuild.build({
    ...forNode,
    entryPoints: ['src/cli.ts'],
    format: 'cjs',
    charset: 'ascii', // src/start.cjs reads it as such
    supported: { 'dynamic-import': false }, // Node's ESM loader, for Node's own modules alone, is slow to start
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: {
      js: "'use strict';\nconst __importMetaUrl = require('node:url').pathToFileURL(__filename).href;",
    },
    write: false,
    outdir: 'dist',
  });
  const code = outputFiles[0].text.replace(/^#!.*\n/, '');
  await rm('dist/code-cache', { recursive: true, force: true }); // V8 would take one of another bundle of the same length
  await writeFile('dist/netplan-ovs.cjs', `#!/usr/bin/env node\n${code}`);
  await cp('src/start.cjs', 'dist/start.cjs');
  for (const file of ['netplan-ovs', 'start']) await chmod(`dist/${file}.cjs`, 0o755);
  await compileAhead();
}

/**
 * Compiles every function of the bundle for src/start.cjs. A cache that is made after a run has only those that were
 * called in it: that starts 5 ms faster where the next run calls the same, and needs a host to plan for in the build.
 */
async function compileAhead() {
  const starter = createRequire(import.meta.url)('../dist/start.cjs');
  setFlagsFromString('--no-lazy');
  const script = starter.bundle();
  setFlagsFromString('--lazy'); // before the flags go into the cache: V8 takes none that was made with others
  await mkdir('dist/code-cache', { recursive: true });
  await writeFile(starter.codeCache, script.createCachedData());
}

/** The library's declarations, beside dist/index.js. */
async function types() {
  await tsc('tsconfig.build.json');
}

async function tsc(project) {
  const child = spawn(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], {
    stdio: 'inherit',
  });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error(`tsc -p ${project} failed`);
}
