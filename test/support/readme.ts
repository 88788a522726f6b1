// README.md in, the sessions that it shows out: each command with the lines that it printed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './sandbox.js';

export const readme = (): string => readFileSync(path.join(projectRoot, 'README.md'), 'utf8');

/** The content of the first block of a language. */
export function blockOf(text: string, language: string): string {
  const [, content] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(text) ?? [];
  if (content === undefined) throw new Error(`no block of ${language}`);
  return content;
}

export interface Shown {
  readonly command: string;
  readonly printed: string;
}

/** All commands of the `console` blocks, in order. */
export function sessionsIn(text: string): Shown[] {
  const blocks = [...text.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, content = '']) => content);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return { command: part.slice(0, end), printed: part.slice(end + 1) };
      }),
  );
}

/** How long a ping took is never the same. */
export const timeless = (text: string): string => text.replace(/in [\d.]+ ms/g, 'in … ms');
