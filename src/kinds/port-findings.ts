// What makes the VLAN words of a port impossible although each has its right shape: a link in, findings out.
import type { DeclaredLink } from '../kind.js';
import type { Finding } from '../load/diagnostic.js';

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
  return misfits(value).map(({ word, ...problem }) => ({
    code: 'vlan-mode',
    ...problem,
    path: [...path, word],
    ...(word === 'vlan-mode' ? {} : { at: 'key' as const }),
  }));
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
      message: `\`${word}\` means nothing on ${named(mode)}`,
      hint: hintFor(word, value),
      word,
    })),
    ...(missing ? [{ message: `${named(mode)} needs \`${main}\``, word: 'vlan-mode' }] : []),
  ];
}

const named = (mode: string): string =>
  mode === 'access' || mode === 'trunk'
    ? `${mode === 'access' ? 'an access' : 'a trunk'} port`
    : `a port with \`vlan-mode: ${mode}\``;

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
