// Complaints and findings in, diagnostics out: each gets its place in the file.
import type { Complaint, Diagnostic, Finding } from './diagnostic.js';
import type { Page } from './lines.js';
import type { Locate } from './locate.js';

/** A complaint's offsets become line and column. */
export function placeComplaint({ start, end, ...problem }: Complaint, page: Page): Diagnostic {
  return {
    ...problem,
    severity: 'error',
    position: page.positionOf(start),
    length: page.lengthOf(start, end),
  };
}

/** A finding's path becomes the place of its value or key. */
export function placeFinding(
  { path, at = 'value', severity = 'error', ...problem }: Finding,
  page: Page,
  locate: Locate,
): Diagnostic {
  const { start, end } = locate(path, at);
  return { ...problem, severity, position: page.positionOf(start), length: page.lengthOf(start, end) };
}
