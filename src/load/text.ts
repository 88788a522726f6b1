// The text of a file in, what no topology can begin with out: before the YAML parser looks at it.
import type { Complaint } from './diagnostic.js';

/** Problems of the text as a whole. */
export function textComplaints(text: string): Complaint[] {
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    return [
      { code: 'not-text', message: 'a NUL byte', hint: 'this is not a text file', start: nul, end: nul + 1 },
    ];
  }
  if (/^(?:\s*(?:#.*|---|\.\.\.)?(?:\n|$))*$/.test(text)) {
    const hint = 'the smallest topology is `version: 1`';
    return [{ code: 'empty-file', message: 'the file says nothing', hint, start: 0, end: 0 }];
  }
  return [];
}
