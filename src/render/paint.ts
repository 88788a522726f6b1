// Whether to colour in, the colour of each part of the output out. The door to picocolors.
import picocolors from 'picocolors';
import type { Action } from '../model.js';
import type { Paint as DiagnosticPaint } from './diagnostics.js';

export interface Paint extends DiagnosticPaint {
  readonly good: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly action: Readonly<Record<Action, (text: string) => string>>;
}

/** Every part of the output in its colour, or as it is. */
export function paint(enabled: boolean): Paint {
  const { red, green, yellow, magenta, dim, bold } = picocolors.createColors(enabled);
  return {
    error: red,
    warning: yellow,
    good: green,
    faint: dim,
    strong: bold,
    action: { create: green, update: yellow, replace: magenta, remove: red },
  };
}

/** The same text without colours: for files, pipes and tests. */
export const plain: Paint = paint(false);
