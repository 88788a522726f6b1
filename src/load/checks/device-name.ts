// A name in; what keeps it from being one of a device or a namespace out. Pure words, no place.

/** IFNAMSIZ is 16, of which the last byte is NUL. */
const LONGEST = 15;

/** In bytes. */
const lengthOf = (name: string): number => Buffer.byteLength(name);

/** Why a network device cannot be called so; undefined when it can. */
export function deviceFault(name: string): string | undefined {
  // `/proc/sys/net/ipv4/conf` has two directories of its own (sysctl_dev_name_is_allowed in net/ipv4/devinet.c).
  if (name === 'all' || name === 'default')
    return 'is a name that the kernel keeps for its settings of all links';
  return nameFault(name, LONGEST);
}

/**
 * Why neither the kernel nor our tools take a name. dev_valid_name() in net/core/dev.c refuses an empty name, one of 16
 * bytes or more, `.`, `..`, and any `/`, `:` or white space. The rest is ours: a `-` first is an option to `ip`, `%`
 * numbers the device by itself (__dev_alloc_name), `*` is a wildcard to nft, `@` is how `ip` shows a peer, and other
 * marks have a meaning in batch lines or in the database of Open vSwitch.
 */
export function nameFault(name: string, longest: number): string | undefined {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'stands for a directory';
  if (name.startsWith('-')) return 'begins with `-`, which makes it an option of `ip`';
  if (lengthOf(name) > longest) return `has ${lengthOf(name)} bytes, and ${longest} is the most`;
  const [mark] = FORBIDDEN.exec(name) ?? [];
  if (mark === '%') return 'has `%` in it, which the kernel replaces by a number';
  if (mark !== undefined) return mark.trim() === '' ? 'has white space in it' : `has \`${mark}\` in it`;
  return hasKernelSpace(name) ? 'has the byte 0xa0 in it, which the kernel takes for white space' : undefined;
}

/** All of ASCII but letters, digits and `.`, `_`, `+`, `-`, and white space of any script. */
const FORBIDDEN = /[\p{White_Space}!-*,/:-@[-^`{-~]/u;

/** The kernel's isspace() knows Latin-1 (lib/ctype.c), so that `à`, which is 0xc3 0xa0 in UTF-8, is refused. */
const hasKernelSpace = (name: string): boolean =>
  lengthOf(name) > name.length && Buffer.from(name).includes(0xa0);
