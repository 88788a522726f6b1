// The doors and arrows of the architecture: the lint rule says no where it should, and no detour leads around it.
import test from 'ava';
import { readdir, readFile } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Architecture {
  pure: string[];
  effects: string[];
  reader: string;
  /** What speaks against the first file importing the second. */
  objection(file: string, specifier: string): string | undefined;
}

// ESLint loads the rule as it is, so it is plain JavaScript that the compiler does not see.
const rule = pathToFileURL(resolve('scripts/eslint-architecture.js')).href;
const { pure, effects, reader, objection } = (await import(rule)) as Architecture;

test('a dependency comes in through its door alone', (t) => {
  t.is(objection('src/load/yaml.ts', 'yaml'), undefined);
  t.is(objection('src/render/text.ts', 'picocolors'), undefined);
  t.regex(objection('src/plan.ts', 'yaml') ?? '', /through src\/load\/yaml.ts alone/);
  t.regex(objection('src/kinds/veth.ts', 'ajv/dist/2020.js') ?? '', /through src\/load\/validator.ts alone/);
  t.regex(objection('src/sandbox.ts', 'child_process') ?? '', /through src\/tools\/run.ts alone/);
});

test('a pure stage cannot import what reads or writes the host', (t) => {
  t.regex(objection('src/kinds/veth.ts', '../tools/run.js') ?? '', /is pure/);
  t.regex(objection('src/plan.ts', './execute.js') ?? '', /is pure/);
  t.regex(objection('src/load/document.ts', 'node:fs') ?? '', /is pure/);
  t.is(objection('src/load/read.ts', 'node:fs/promises'), undefined);
  t.is(objection('src/commands/apply.ts', '../execute.js'), undefined);
});

test('no detour leads from a pure stage to the host', async (t) => {
  const isPure = (file: string) =>
    pure.some((part) => file === part || (part.endsWith('/') && file.startsWith(part)));
  const detours = await Promise.all((await sources()).filter(isPure).map((file) => wayToEffect([file])));
  t.deepEqual(
    detours.filter((way) => way !== undefined),
    [],
  );
});

/** All TypeScript sources, as `src/…`. */
async function sources(): Promise<string[]> {
  const files = await readdir('src', { recursive: true });
  return files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')).map((file) => `src/${file}`);
}

/** The chain of imports that ends where processes are started or files are touched, if there is one. */
async function wayToEffect(way: readonly string[], seen = new Set<string>()): Promise<string | undefined> {
  const file = way.at(-1) ?? '';
  if (effects.includes(file) || file === 'node:child_process') return way.join(' → ');
  if (!file.startsWith('src/') || file === reader || seen.has(file)) return undefined;
  seen.add(file);
  for (const imported of await runtimeImports(file)) {
    const found = await wayToEffect([...way, imported], seen);
    if (found) return found;
  }
  return undefined;
}

/** Read from the compiled form, in which imports of types are gone. */
async function runtimeImports(file: string): Promise<string[]> {
  const code = await readFile(`build/${file.replace(/\.ts$/, '.js')}`, 'utf8').catch(() => '');
  const specifiers = [...code.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.map((name) =>
    name.startsWith('.') ? posix.join(posix.dirname(file), name).replace(/\.js$/, '.ts') : name,
  );
}
