// Strings of a topology that would like to be more than strings: each arrives as it is, in the kernel, in OVSDB and in nftables, or is refused.
import { liveTest } from '../support/live-test.js';
import { NIC, stage, TOPOLOGY } from '../support/stage.js';

/** Words of ip, bridge, nft and ovs-vsctl, abbreviations of them, numbers, and what YAML or a shell would take for something else. */
const WORDS = [
  ...[
    'dev',
    'group',
    'type',
    'up',
    'vrf',
    'help',
    'name',
    'link',
    'master',
    'nomaster',
    'peer',
    'netns',
    'via',
    'table',
    'mtu',
  ],
  ...[
    'address',
    'alias',
    'add',
    'del',
    'set',
    'show',
    'list',
    'd',
    'g',
    'ty',
    'veth',
    'bridge',
    'any',
    'inet',
    'permanent',
    'proto',
  ],
  ...[
    'on',
    'off',
    'none',
    'null',
    'true',
    'false',
    'yes',
    'no',
    '0',
    '1',
    '123',
    '0x10',
    '1e3',
    '4294967295',
    'if1',
    '+',
    '_',
    '.x',
    'x.',
    'a+b',
  ],
  ...[
    'pid',
    'exec',
    'attach',
    'flush',
    'default0',
    'all1',
    'lo0',
    'iifname',
    'accept',
    'Bridge',
    'Port',
    'ünïcödé',
    '日本語1',
    '🙂',
  ],
];

/** Everything printable, and what begins, ends or interrupts a word, a line, a string or a command somewhere. */
const TEXTS = [
  String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 0x20 + i)),
  '#',
  '# all a comment',
  'half # a comment',
  '\\',
  'ends with \\',
  '\\n',
  '"',
  "'",
  `"'`,
  `it's "both" \\ of # them`,
  '""',
  "''",
  '-',
  '--',
  '-x',
  '--help',
  ';',
  '; flush ruleset',
  '$(touch /run/broken)',
  '`touch /run/broken`',
  '&& touch /run/broken',
  '| tee /run/broken',
  '%s%n',
  '${IFS}',
  '*',
  '?',
  '[a-z]',
  '~',
  '!!',
  ' begins with a space',
  'ends with a space ',
  'two  spaces',
  ' ',
  '=',
  'a=b',
  ',',
  'a,b',
  '{}',
  '{a=b}',
  '[]',
  '[a]',
  '(x)',
  '<y>',
  '@x',
  ':',
  '/',
  '../..',
  'dev',
  'up',
  'true',
  '42',
  '1.5',
  'null',
  '1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f',
  'ünïcödé',
  '日本語',
  '🙂',
  'e\u0301',
  '\u200b',
  '\u00a0',
  '\ufeff',
  '\u202eabc',
];

liveTest(
  'descriptions arrive in the alias as they are',
  { needs: ['veth', 'bridge'], timeout: 120 },
  async (t) => {
    const { host, lives } = await stage(t, NIC);
    const described = Object.fromEntries(
      TEXTS.map((description, i) => [`b${i}`, { type: 'linux', description }]),
    );
    const hostile = `"'#\\ $(touch /run/broken) %s ;`;
    await lives({ bridges: described, interfaces: { up0: { description: hostile } } }, async () => {
      for (const [i, text] of TEXTS.entries())
        t.is(
          await host.sh(`cat /sys/class/net/b${i}/ifalias || ip -j link show b${i}`),
          `netplan-ovs:${TOPOLOGY} ${text}\n`,
        );
      t.is(await host.sh('cat /sys/class/net/up0/ifalias'), `${hostile}\n`);
    });
    t.is(await host.sh('ls /run/broken 2>/dev/null || :'), '');
  },
);

liveTest(
  'keys and values arrive in OVSDB as they are',
  { needs: ['ovs', 'veth'], timeout: 120 },
  async (t) => {
    const { host, lives, settles } = await stage(t, '', {});
    const values = Object.fromEntries(TEXTS.map((text, i) => [`key${i}`, text]));
    const keys = Object.fromEntries(TEXTS.map((text, i) => [text, String(i)]));
    const maps = { 'external-ids': { ...values, ...keys }, 'other-config': { ...values, ...keys } };
    const topology = (words: object) => ({
      bridges: { br0: { type: 'ovs', ...words } },
      veths: { v: { bridge: 'br0', ...words, peer: { name: 'w' } } },
    });
    const has = async (...place: string[]) => {
      const [found] = (await host.ovs(...place)) as Record<string, Record<string, string>>[];
      const [[, map] = ['', {}]] = Object.entries(found ?? {});
      for (const [key, value] of Object.entries(maps['other-config']))
        t.is(map[key], value, `${place.join(' ')} ${key}`);
    };
    await lives(topology(maps), async () => {
      for (const column of ['external_ids', 'other_config'])
        await has(`--columns=${column}`, 'list', 'Bridge', 'br0');
      await has('--columns=external_ids', 'list', 'Interface', 'v');
      await has('--columns=other_config', 'list', 'Port', 'v');
      // One by one they go and come back.
      const fewer = Object.fromEntries(Object.entries(maps['external-ids']).filter((_, i) => i % 2 === 0));
      await settles(topology({ 'external-ids': fewer, 'other-config': fewer }));
      await settles(topology(maps));
    });
    t.is(await host.sh('ls /run/broken 2>/dev/null || :'), '');
  },
);

liveTest(
  'devices and namespaces are called by words of the tools',
  { needs: ['veth', 'bridge', 'nat'], timeout: 120 },
  async (t) => {
    const { host, lives } = await stage(t);
    const veths = WORDS.map((name, i) => [
      `k${i}`,
      {
        name,
        bridge: 'br',
        addresses: [`10.1.${i}.1/24`, `fd01:${i}::1/64`],
        neighbours: [{ to: `10.1.${i}.9`, macaddress: '02:00:00:00:00:09' }],
        peer: {
          namespace: name,
          name,
          addresses: [`10.2.${i}.1/24`, `fd02:${i}::1/64`],
          routes: [
            { to: 'default', via: `10.2.${i}.2` },
            { to: 'default', via: `fd02:${i}::2` },
          ],
          sysctls: { 'ipv4.rp_filter': 1 },
        },
      },
    ]);
    const bodies = Object.fromEntries(
      WORDS.map((name, i) => [name, i % 8 === 0 ? { nat: [{ masquerade: { out: name } }] } : {}]),
    );
    const nat = WORDS.map((_, i) => ({ masquerade: { out: `k${i}`, source: '10.0.0.0/8' } }));
    await lives(
      { bridges: { br: { type: 'linux' } }, namespaces: bodies, veths: Object.fromEntries(veths), nat },
      async () => {
        const ports = (await host.ip('link', 'show', 'master', 'br')) as { ifname: string }[];
        t.deepEqual(ports.map(({ ifname }) => ifname).sort(), [...WORDS].sort());
        t.deepEqual((await host.sh('ls -A /run/netns')).trim().split('\n').sort(), [...WORDS].sort());
        for (const word of WORDS) {
          const [link] = (await host.netns(word).ip('address', 'show', 'dev', word)) as { ifname: string }[];
          t.is(link?.ifname, word);
        }
        const rules = JSON.stringify(await host.nft('list', 'table', 'inet', `netplan-ovs-${TOPOLOGY}`));
        for (const word of WORDS) t.true(rules.includes(`"right":${JSON.stringify(word)}`), word);
      },
    );
  },
);

liveTest(
  'bridges and ports of Open vSwitch are called by words of the tools',
  { needs: ['ovs', 'veth'], timeout: 120 },
  async (t) => {
    const { host, lives } = await stage(t, '', {});
    const names = [
      'set',
      'add-port',
      'Bridge',
      'list',
      'true',
      '0',
      '123',
      '1e3',
      'dev',
      'vrf',
      '_',
      '+x',
      '.x',
      'x.',
      'a+b',
      'ünï',
      'external_ids',
      'br-to-parent',
    ].map((name) => name.slice(0, 15));
    const bridges = Object.fromEntries(names.slice(0, 4).map((name, i) => [`b${i}`, { name, type: 'ovs' }]));
    const veths = Object.fromEntries(
      names
        .slice(4)
        .map((name, i) => [`k${i}`, { name, bridge: `b${i % 4}`, tag: i + 1, peer: { name: `w${i}` } }]),
    );
    const tunnels = Object.fromEntries(
      [
        'type',
        'remove',
        'options',
        'a-port-whose-name-the-kernel-never-hears-of',
        '--'.slice(2) + 'ü'.repeat(20),
      ].map((name, i) => [`t${i}`, { name, mode: 'vxlan', bridge: 'b0', id: i + 1, remote: '192.0.2.1' }]),
    );
    await lives({ bridges, veths, tunnels }, async () => {
      const found = ((await host.ovs('--columns=name', 'list', 'Port')) as { name: string }[]).map(
        ({ name }) => name,
      );
      for (const name of [...names, ...Object.values(tunnels).map(({ name }) => name)])
        t.true(found.includes(name), name);
    });
  },
);

liveTest(
  'flows of bridges and ports that are called by words of ovs-ofctl are those flows and no more',
  { needs: ['ovs', 'veth'], timeout: 120 },
  async (t) => {
    const { host, lives } = await stage(t, '', {});
    const names = [
      ...['drop', 'output', 'NORMAL', 'local', 'in_port', 'none', 'any', 'ip', 'add', 'delete', 'flow'],
      ...[
        'table',
        'priority',
        'true',
        '0',
        '123',
        '0x10',
        '1e3',
        '_',
        '+x',
        '.x',
        'x.',
        'a+b',
        'a-b',
        'ünï',
        '日本語1',
      ],
    ];
    const veths = Object.fromEntries(
      names.map((name, i) => [`k${i}`, { name, bridge: 'b', peer: { name: `w${i}` } }]),
    );
    const flows = names.flatMap((_, i) => [
      { priority: 100 + i, match: `in_port=k${i},ip`, actions: `output:k${(i + 1) % names.length}` },
      { priority: 200 + i, match: `in_port=k${i},arp`, actions: `enqueue(k${i},3),resubmit(k${i},2)` },
    ]);
    await lives({ bridges: { b: { type: 'ovs', name: 'add-flow', flows } }, veths }, async () => {
      const numbers = new Map<string, number>();
      const rows = (await host.ovs('--columns=name,ofport', 'list', 'Interface')) as {
        name: string;
        ofport: number;
      }[];
      for (const { name, ofport } of rows) numbers.set(name, ofport);
      const shown = await host.sh('ovs-ofctl --no-names --no-stats dump-flows add-flow');
      for (const [i, name] of names.entries()) {
        const [from, to] = [name, names[(i + 1) % names.length]!].map((each) => numbers.get(each));
        t.true(
          shown.includes(`priority=${100 + i},ip,in_port=${from} actions=output:${to}\n`),
          `${name}\n${shown}`,
        );
      }
      t.is(shown.trim().split('\n').length, flows.length + 1);
    });
    t.is(await host.sh('ls /run/broken 2>/dev/null || :'), '');
  },
);

liveTest('what a tool could not take is refused', { needs: ['bridge'], timeout: 120 }, async (t) => {
  const { host, session } = await stage(t);
  const codes = async (topology: object): Promise<string> => {
    const text = JSON.stringify({ version: 1, name: TOPOLOGY, ...topology });
    const outcome = await session.run({
      command: 'validate',
      argument: '/run/topology.yaml',
      text,
      options: {},
    });
    t.true(outcome.exitCode === 0 || outcome.exitCode === 1, outcome.stderr);
    t.notRegex(outcome.stderr, /this is a bug/, text);
    return outcome.exitCode === 0 ? 'taken' : 'refused';
  };
  for (let code = 0x20; code < 0x7f; code += 1) {
    const mark = String.fromCharCode(code);
    const expected = /[A-Za-z0-9._+-]/.test(mark) ? 'taken' : 'refused';
    t.is(await codes({ bridges: { b: { type: 'linux', name: `a${mark}b` } } }), expected, `device ${mark}`);
    t.is(await codes({ bridges: { b: { type: 'ovs', name: `a${mark}b` } } }), expected, `bridge ${mark}`);
    t.is(await codes({ namespaces: { [`a${mark}b`]: {} } }), expected, `namespace ${mark}`);
    t.is(await codes({ name: `a${mark}b` }), mark === '+' ? 'refused' : expected, `topology ${mark}`);
  }
  for (const name of ['', '.', '..', '-x', '--', 'all', 'default', 'lo', 'a\u00a0b', 'à'])
    t.is(await codes({ bridges: { b: { type: 'linux', name } } }), 'refused', name);
  for (const text of ['a\nb', 'a\rb', 'a\0b', '\u001b[31m', '\u007f', '\u0085', '\u2028', '\ud800']) {
    const shown = JSON.stringify(text);
    t.is(await codes({ bridges: { b: { type: 'linux', description: text } } }), 'refused', shown);
    t.is(await codes({ bridges: { b: { type: 'ovs', 'external-ids': { key: text } } } }), 'refused', shown);
    t.is(
      await codes({ bridges: { b: { type: 'ovs', 'other-config': { [text]: 'value' } } } }),
      'refused',
      shown,
    );
    t.is(
      await codes({ bridges: { b: { type: 'ovs', flows: [{ match: text, actions: 'drop' }] } } }),
      'refused',
      shown,
    );
    t.is(
      await codes({ bridges: { b: { type: 'ovs', flows: [{ actions: `drop,${text}` }] } } }),
      'refused',
      shown,
    );
    t.is(await codes({ bridges: { [text]: { type: 'linux', name: 'b' } } }), 'refused', shown);
    t.is(await codes({ sysctls: { 'net.ipv4.ip_forward': text } }), 'refused', shown);
  }
  for (const actions of ['drop # x', 'output:"b"', 'drop\\'])
    t.is(await codes({ bridges: { b: { type: 'ovs', flows: [{ actions }] } } }), 'refused', actions);
  t.is(await codes({ interfaces: { up0: { description: 'netplan-ovs:other text' } } }), 'refused');
  t.is(await host.sh('ip -br link show type bridge'), '');
});

/** All that dev_valid_name() takes, in names of at most 15 bytes. */
const STRANGE = [
  'a#b',
  '#',
  '$(touch /x)'.replace(' ', '_').replace('/', ''),
  '`id`',
  '"q"',
  "'q'",
  'b\\',
  '\\',
  ';',
  '&',
  '|',
  '*',
  '?',
  '[x]',
  '{y}',
  '(z)',
  '<',
  '>',
  '%',
  '%d%s',
  '=',
  ',',
  '~',
  '!',
  '^',
  '-x',
  '--',
  'dev',
  '@if7',
  'a@b',
  'é',
];

liveTest(
  'devices of others with the strangest names are read, and left as they are',
  { needs: ['veth', 'bridge', 'ovs'], timeout: 120 },
  async (t) => {
    const { host, lives } = await stage(t, '', {});
    for (const name of STRANGE)
      await host.run(['ip', 'link', 'add', 'name', name, 'type', 'bridge'], { allowFailure: true });
    for (const name of STRANGE)
      await host.run(['ip', 'address', 'add', '10.77.0.1/24', 'dev', name], { allowFailure: true });
    const found = ((await host.ip('link', 'show')) as { ifname: string }[]).map(({ ifname }) => ifname);
    t.true(found.length > STRANGE.length / 2, found.join(' '));
    await lives({
      bridges: { br0: { type: 'linux', addresses: ['10.0.0.1/24'] }, br1: { type: 'ovs' } },
      veths: { v: { bridge: 'br0', peer: { name: 'w', bridge: 'br1' } } },
      nat: [{ masquerade: { out: 'br0' } }],
    });
  },
);
