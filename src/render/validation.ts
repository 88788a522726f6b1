// What loading files came to in; a line for each sound one, and every problem of the others, out.
import type { Loaded } from '../load/index.js';
import { escaped, renderDiagnostics } from './diagnostics.js';
import { plural } from './fold.js';
import { jsonText } from './json.js';
import { plain, type Paint } from './paint.js';

export interface Validated extends Loaded {
  readonly file: string;
}

export function validationText(results: readonly Validated[], paint: Paint = plain): string {
  return results.map((result) => problems(result, paint) + verdict(result, paint)).join('');
}

export function validationJson(results: readonly Validated[]): string {
  const files = results.map(({ file, topology, diagnostics }) => ({
    file,
    valid: topology !== null,
    topology: topology?.name ?? null,
    diagnostics,
  }));
  return jsonText({ format: 1, valid: files.every(({ valid }) => valid), files });
}

const problems = ({ diagnostics, texts }: Validated, paint: Paint): string =>
  diagnostics.length === 0 ? '' : `${renderDiagnostics(diagnostics, texts, paint)}\n`;

function verdict({ file, topology, diagnostics }: Validated, paint: Paint): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  if (topology === null) return `${escaped(file)}: ${paint.error(plural('error', errors))}\n`;
  return `${escaped(file)}: ${paint.good('valid')}, topology ${topology.name}\n`;
}
