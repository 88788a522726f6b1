// Whether to colour in, the colour of each part of the output out. The door to picocolors.
import picocolors from 'picocolors';
import type { Action } from '../model.js';
import type { Paint as DiagnosticPaint } from './diagnostics.js';

export interface Paint extends DiagnosticPaint {
  /** Where lines are broken, in characters. */
  readonly columns: number;
  readonly good: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly action: Readonly<Record<Action, (text: string) => string>>;
}

/** Every part of the output in its colour, or as it is. `width`: that of the terminal in characters, if there is one. */
export function paint(enabled: boolean, width = NO_TERMINAL): Paint {
  const { red, green, yellow, magenta, dim, bold } = picocolors.createColors(enabled);
  return {
    columns: Math.min(Math.max(width, NARROWEST), WIDEST),
    error: red,
    warning: yellow,
    good: green,
    faint: dim,
    strong: bold,
    action: { create: green, update: yellow, replace: magenta, remove: red },
  };
}

/** In characters: files and pipes get lines that fit beside something else; narrower columns, and wider lines, are hard to read. */
const [NO_TERMINAL, NARROWEST, WIDEST] = [100, 60, 140];

/** The same text without colours: for files, pipes and tests. */
export const plain: Paint = paint(false);
