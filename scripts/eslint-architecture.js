// The architecture as lint rules: through which file a dependency comes in, and what the pure stages may not reach.
// A rule of our own, because no-restricted-imports looks neither at import() nor at where a relative path leads.
import path from 'node:path';

/** One door per dependency: nothing else in src/ imports it. A name that ends in a slash is a folder. */
export const doors = {
  yaml: 'src/load/yaml.ts',
  ajv: 'src/load/validator.ts',
  execa: 'src/tools/run.ts',
  'node:child_process': 'src/tools/run.ts',
  commander: 'src/cli.ts',
  diff: 'src/render/',
  picocolors: 'src/render/',
  'ipaddr.js': 'src/address.ts',
};

/** A dry run cannot write, because these files cannot reach anything that does. */
export const pure = [
  'src/model.ts',
  'src/kind.ts',
  'src/load/',
  'src/kinds/',
  'src/graph.ts',
  'src/diff.ts',
  'src/plan.ts',
  'src/render/',
];
export const effects = [
  'src/tools/run.ts',
  'src/execute.ts',
  'src/observe.ts',
  'src/requirements/index.ts',
  'src/requirements/kernel.ts',
  'src/requirements/trial.ts',
  'node:fs',
  'node:fs/promises',
];
export const reader = 'src/load/read.ts';

/** What speaks against `file` importing `specifier`, both relative to the project; undefined when nothing does. */
export function objection(file, specifier) {
  const target = resolve(file, specifier);
  const door = doors[dependency(target)];
  if (door && !within(file, door)) return `"${specifier}" comes in through ${door} alone.`;
  const reads = file === reader && target.startsWith('node:fs');
  if (!reads && pure.some((part) => within(file, part)) && effects.includes(target)) {
    return `${file} is pure: it may not import "${specifier}".`;
  }
  return undefined;
}

function resolve(file, specifier) {
  if (specifier.startsWith('.'))
    return path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts');
  return specifier === 'fs' || specifier === 'fs/promises' || specifier === 'child_process'
    ? `node:${specifier}`
    : specifier;
}

/** `ajv/dist/2020.js` is ajv; `@scope/name/file` is `@scope/name`. */
function dependency(target) {
  if (target.startsWith('node:')) return target;
  return target.split('/', target.startsWith('@') ? 2 : 1).join('/');
}

function within(file, part) {
  return part.endsWith('/') ? file.startsWith(part) : file === part;
}

const imports = {
  meta: { type: 'problem', schema: [], messages: { objection: '{{text}}' } },
  create(context) {
    const file = path.relative(context.cwd, context.filename).replaceAll(path.sep, '/');
    const check = ({ source, importKind, exportKind }) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const text = objection(file, source.value);
      // A type is gone at run time: it can pass an arrow, but not a door.
      const erased = (importKind === 'type' || exportKind === 'type') && text?.includes(' is pure');
      if (text && !erased) context.report({ node: source, messageId: 'objection', data: { text } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};

export default { rules: { imports } };
