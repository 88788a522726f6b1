// The batch files of iproute2's programs (ip, bridge, tc): a command's words in, its line out; what a failed batch printed in, the line to blame out.

/** What went wrong in a batch: the line, counting from 1, and the program's own words. */
export interface BatchFailure {
  readonly line: number;
  readonly message: string;
}

/**
 * A command's words as a line of a batch file, or null when some word cannot be written there and the command must be a
 * process of its own. By getcmdline() and makeargs() of iproute2's lib/utils.c: a `#` starts a comment even inside quotes,
 * a backslash before the newline joins lines, a word that begins with a quote runs to the next such quote without
 * escapes, and MAX_ARGS (utils.h) leaves room for 511 words.
 */
export function batchLine(args: readonly string[]): string | null {
  const words = args.map(quoted);
  if (words.length > 511 || !words.every((word) => word !== null)) return null;
  return words.join(' ');
}

function quoted(word: string): string | null {
  if (/[#\n\0]/.test(word)) return null;
  if (/^[^'" \t\r][^ \t\r]*$/.test(word) && !word.endsWith('\\')) return word;
  const quote = ["'", '"'].find((mark) => !word.includes(mark));
  return quote === undefined ? null : quote + word + quote;
}

/**
 * The failure that a batch printed: `Command failed FILE:LINE` below the program's words. Null when it printed none: it
 * did all lines, or it ended at once over a word it could not read (`Error: argument "x" is wrong`), without saying where.
 */
export function batchFailure(stderr: string): BatchFailure | null {
  const failed = /^Command failed .*:(\d+)$/m.exec(stderr);
  if (failed === null) return null;
  const above = stderr.slice(0, failed.index);
  const message = above.replace(/^Usage: [^]*/m, '').trim();
  return { line: Number(failed[1]), message: message === '' ? above.trim() : message };
}
