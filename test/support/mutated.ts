// Documents of JSON, a line each, changed at random: by numbers that fast-check draws and shows when something fails.
import fc from 'fast-check';

/** What nobody expects in most places, or what means harm. */
const VALUES: readonly unknown[] = [
  // Not what it is elsewhere.
  ...[null, true, false, 0, -1, 1.5, 4294967296, 1e308, '', ' ', 'a b', 'lo', 'host', '..'],
  // Words of some language.
  ...[
    '#',
    '"',
    "'",
    '\\',
    '\n',
    'x\nlink del dev eth0',
    'x; reboot',
    '$(reboot)',
    '`reboot`',
    '--',
    '-all',
    '*',
  ],
  ...['../../etc/passwd', '__proto__', 'constructor', '\u0000', '\u001b[2J', '\u202e', '\ud800'],
  ...['é'.repeat(8), 'x'.repeat(10_000)],
  // Addresses, and numbers and names of the kernel's and ours.
  ...[
    '10.0.0.1',
    '10.0.0.1/33',
    '256.1.1.1',
    'fe80::1%eth0',
    '::',
    'ff:ff:ff:ff:ff:ff',
    'inet',
    '0x7fffffff',
  ],
  ...['netplan-ovs:demo', '253', 'default', 'veth', 'bridge', 'vxlan', 'vlan', 'UP'],
  ...[
    [],
    {},
    [[]],
    [null],
    { a: null },
    ['map', []],
    ['set', [1]],
    ['uuid', null],
    { set: [{}] },
    { range: [1] },
  ],
];

/** Of something's length. Unbiased: most places are somewhere in the middle. */
const fraction = fc.noBias(fc.nat(0xffff)).map((number) => number / 0x10000);

/** Where in which file what becomes of it: plain numbers, so that a failure shows them. */
export const changes = fc.array(
  fc.record({
    file: fraction,
    line: fraction,
    where: fraction,
    which: fraction,
    how: fc.constantFrom('cut', 'garble', 'repeat', 'delete', 'retype', ...Array<'alike'>(20).fill('alike')),
  }),
  { minLength: 1, maxLength: 3 },
);
export type Change = (typeof changes extends fc.Arbitrary<infer List> ? List : never)[number];

export const pick = <Item>(items: readonly Item[], share: number): Item | undefined =>
  items[Math.floor(share * items.length)];

export function changed(text: string, change: Change): string {
  const { line, where, which, how } = change;
  const lines = text.split('\n');
  const at = Math.floor(where * text.length);
  if (how === 'cut') return text.slice(0, at);
  if (how === 'garble') return text.slice(0, at) + String(pick(VALUES, which)) + text.slice(at + 5);
  const n = pick(
    [...lines.keys()].filter((i) => (lines[i] ?? '').length > 2),
    line,
  );
  if (n === undefined) return text;
  if (how === 'repeat') lines.splice(n, 0, lines[n] ?? '');
  else lines[n] = withAnother(lines[n] ?? '', change);
  return lines.join('\n');
}

/** Still JSON, without something or with another value in some place, most often of the same type. */
function withAnother(line: string, { where, which, how }: Change): string {
  const document = JSON.parse(line) as unknown;
  const place = pick(placesIn(document), where);
  if (place === undefined) return line;
  const { holder, key } = place;
  const alike = VALUES.filter((value) => typeof value === typeof holder[key]);
  if (how === 'delete') Reflect.deleteProperty(holder, key);
  else holder[key] = pick(how === 'alike' ? alike : VALUES, which);
  return JSON.stringify(document);
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

const placesIn = (value: unknown): Place[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [
        { holder: value as Record<string, unknown>, key },
        ...placesIn(inner),
      ]);

/** False after a change that has left no JSON. */
export function isRead(text: string): boolean {
  try {
    for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** In ms: what no input may take. It takes some 10. */
const MOST = 2000;

/** Whether an action can end soon: a machine that does much else may stop it for long once, not each time. */
export function endsSoon(action: () => void): boolean {
  for (let tries = 0; tries < 5; tries += 1) {
    const begun = performance.now();
    action();
    if (performance.now() - begun < MOST) return true;
  }
  return false;
}
