// A part that a kernel may be without in, whether this one has it out: by what the kernel and its package say of themselves.
import { existsSync, readFileSync } from 'node:fs';
import { release as runningRelease } from 'node:os';
import { join } from 'node:path';
import { kernelParts, type KernelPart, type Part } from './parts.js';

/**
 * - `there`: loaded, built in, or a module that the kernel loads by itself when it is asked for.
 * - `left-out`: the kernel is built without it.
 * - `no-module`: it would be a module, of which there is no file.
 * - `unknown`: nothing says; so it is in a container, which has neither the kernel's modules nor its configuration.
 */
export type Presence = 'there' | 'left-out' | 'no-module' | 'unknown';

export interface Kernel {
  /** As `uname -r` says it. */
  readonly release: string;
  has(part: KernelPart): Promise<Presence>;
}

/** The kernel that runs; `root` is where its files are looked for. Reads each file once, and only when it is needed. */
export function kernelOf(root = '/', release = runningRelease()): Kernel {
  const directory = join(root, 'lib/modules', release);
  const sources: Sources = {
    isLoaded: (module) => existsSync(join(root, 'sys/module', module.replaceAll('-', '_'))),
    modules: once(() => modulesIn(directory)),
    configuration: once(
      async () =>
        textOf(join(root, 'boot', `config-${release}`)) ??
        textOf(join(directory, 'config')) ??
        (await unzipped(join(root, 'proc/config.gz'))),
    ),
  };
  return { release, has: (part) => presenceOf(kernelParts[part], sources) };
}

interface Sources {
  readonly isLoaded: (module: string) => boolean;
  /** The paths of all modules, a line each; null where there is no list. */
  readonly modules: () => string | null;
  /** Lines `CONFIG_…=y`; null where the kernel does not say how it was built. */
  readonly configuration: () => Promise<string | null>;
}

/** The cheap questions first. A list of modules also knows those that came in later, from another package. */
async function presenceOf(
  { module, option }: Part,
  { isLoaded, modules, configuration }: Sources,
): Promise<Presence> {
  if (module !== null && isLoaded(module)) return 'there';
  const list = module === null ? null : modules();
  if (module !== null && list !== null && isListed(module, list)) return 'there';
  const text = await configuration();
  if (text === null) return list === null ? 'unknown' : 'no-module';
  const [, value] = new RegExp(`^CONFIG_${option}=([ym])$`, 'm').exec(text) ?? [];
  if (value === 'y') return 'there';
  if (value === undefined) return 'left-out';
  return list === null ? 'unknown' : 'no-module';
}

/** At the start of a line, for what follows are the modules that it needs; in names of modules `-` and `_` are the same. */
const isListed = (module: string, list: string): boolean =>
  new RegExp(`^(\\S*/)?${module.replaceAll(/[-_]/g, '[-_]')}\\.ko(\\.[a-z]+)?(:|$)`, 'm').test(list);

/** Without `modules.dep` nothing can be loaded (depmod(8)); what is built in is listed beside it (Documentation/kbuild/kbuild.rst). */
function modulesIn(directory: string): string | null {
  const loadable = textOf(join(directory, 'modules.dep'));
  return loadable === null ? null : `${loadable}\n${textOf(join(directory, 'modules.builtin')) ?? ''}`;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Loads zlib only where there is something to unzip. */
async function unzipped(file: string): Promise<string | null> {
  if (!existsSync(file)) return null;
  const { gunzipSync } = await import('node:zlib');
  try {
    return gunzipSync(readFileSync(file)).toString();
  } catch {
    return null;
  }
}

function once<Value>(read: () => Value): () => Value {
  let known: { readonly value: Value } | undefined;
  return () => (known ??= { value: read() }).value;
}
