// What makes the VLAN words of a port impossible although each has its right shape: a link in, findings out.
import type { DeclaredLink } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';
import type { Json } from '../model.js';

type Value = DeclaredLink['value'];
type Problem = Omit<Finding, 'path' | 'code'> & { readonly word: string };

/** The words that a mode has a use for. */
const USEFUL: Readonly<Record<string, readonly string[]>> = {
  access: ['tag'],
  'dot1q-tunnel': ['tag'],
  trunk: ['trunks'],
  'native-tagged': ['native-tag', 'trunks'],
  'native-untagged': ['native-tag', 'trunks'],
};

export function vlanFindings({ value, path }: DeclaredLink): Finding[] {
  return [...ranges(value), ...misfits(value)].map(({ word, ...problem }) => ({
    code: 'vlan',
    ...problem,
    path: [...path, word],
  }));
}

function ranges({ trunks }: Value): Problem[] {
  return (Array.isArray(trunks) ? (trunks as Json[]) : [])
    .filter((item) => typeof item === 'string' && !isRange(item))
    .map((item) => ({
      message: `\`${String(item)}\` is no range of VLAN ids`,
      hint: 'write it like `"20-29"`, within 1 to 4094',
      word: 'trunks',
    }));
}

function isRange(text: string): boolean {
  const [first = 0, last = 0] = text.split('-').map(Number);
  return first >= 1 && first <= last && last <= 4094;
}

function misfits(value: Value): Problem[] {
  const mode = modeOf(value);
  const { [mode]: useful = [] } = USEFUL;
  const [main = ''] = useful;
  const unused = ['tag', 'trunks', 'native-tag'].filter(
    (word) => value[word] !== undefined && !useful.includes(word),
  );
  const missing = mode !== 'trunk' && value[main] === undefined;
  return [
    ...unused.map((word) => ({
      message: `\`${word}\` means nothing on a port of mode ${mode}`,
      hint: hintFor(word, value),
      word,
    })),
    ...(missing ? [{ message: `a port of mode ${mode} needs \`${main}\``, word: 'vlan-mode' }] : []),
  ];
}

/** Without the word `vlan-mode`, the strongest of the others says it. */
function modeOf(value: Value): string {
  if (typeof value['vlan-mode'] === 'string') return value['vlan-mode'];
  if (value['native-tag'] !== undefined) return 'native-untagged';
  return value['tag'] === undefined ? 'trunk' : 'access';
}

function hintFor(word: string, value: Value): string | undefined {
  const both = value['tag'] !== undefined && value['trunks'] !== undefined;
  if (both && value['vlan-mode'] === undefined)
    return 'the VLAN of a trunk port’s untagged frames is `native-tag`';
  return word === 'tag' ? 'say `native-tag`, or leave it out' : undefined;
}
