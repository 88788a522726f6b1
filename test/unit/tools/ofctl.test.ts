// ovs-ofctl: what gets into its file, whom it blames, and what is read from what it prints. Its words are recorded from 3.1.
import test from 'ava';
import fc from 'fast-check';
import type { Command } from '../../../src/model.js';
import { settingsFrom } from '../../../src/settings.js';
import {
  flowIn,
  flowParsed,
  identityFound,
  identityOf,
  portsNamed,
  portWord,
  withPorts,
} from '../../../src/tools/flow-words.js';
import { flowsParsed, ofctl, refusalIn } from '../../../src/tools/ofctl.js';

const settings = settingsFrom({ OVS_RUNDIR: '/run/ovs' });
const tool = ofctl(settings);
const command = (...args: string[]): Command => ({ tool: 'ofctl', body: 'host', args });
const commands = [
  command('add', 'br0', 'cookie=0x1,table=0,priority=1,actions=drop'),
  command('add', 'br1', 'table=0,priority=2,ip,actions=NORMAL'),
  command('delete_strict', 'br0', 'cookie=0x1/-1,table=0,priority=3'),
];

test('a batch is one bundle for each bridge, at the socket beside the database', (t) => {
  const calls = tool.calls(commands, null);
  t.deepEqual(
    calls.map(({ commands: indexes, process }) => [indexes, process.argv.slice(-3, -1), process.input]),
    [
      [
        [0, 2],
        ['bundle', 'unix:/run/ovs/br0.mgmt'],
        'flow add cookie=0x1,table=0,priority=1,actions=drop\nflow delete_strict cookie=0x1/-1,table=0,priority=3\n',
      ],
      [[1], ['bundle', 'unix:/run/ovs/br1.mgmt'], 'flow add table=0,priority=2,ip,actions=NORMAL\n'],
    ],
  );
  const [other] = ofctl({ ...settings, ovsDb: 'unix:/srv/ovs/db.sock' }).calls(commands, null);
  t.true(other?.process.argv.includes('unix:/srv/ovs/br0.mgmt'));
});

test('a flow cannot end its line', (t) => {
  for (const flow of ['actions=drop\nflow delete', 'a#b', 'a\rb', 'a\0b'])
    t.throws(() => tool.calls([command('add', 'br0', flow)], null), { message: /cannot take/ }, flow);
});

test('as a person types it, a flow is one word', (t) => {
  t.regex(
    tool.shell(command('add', 'br0', "ip,actions=learn(table=1),$(reboot)'")),
    /^ovs-ofctl -O \S+ add-flow br0 'ip,actions=learn\(table=1\),\$\(reboot\)'\\'''$/,
  );
  t.regex(
    tool.shell(commands[2]!),
    /^ovs-ofctl -O \S+ --strict del-flows br0 cookie=0x1\/-1,table=0,priority=3$/,
  );
});

test('the flow that makes no sense is to blame', (t) => {
  const [call] = tool.calls(commands, null);
  const outcome = (stderr: string) => ({ exitCode: 1, stdout: '', stderr });
  t.deepEqual(tool.failure(call!, outcome('ovs-ofctl: /tmp/input:2: nowhere: invalid IP address\n')), {
    command: 2,
    message: 'nowhere: invalid IP address',
  });
  t.deepEqual(tool.failure(call!, outcome('ovs-ofctl: unix:/run/ovs/br0.mgmt: failed to connect\n')), {
    command: 0,
    message: 'unix:/run/ovs/br0.mgmt: failed to connect',
  });
  t.is(tool.failure(call!, { exitCode: 0, stdout: '', stderr: '' }), null);
});

test('flows are read as a bridge shows them', (t) => {
  const lines: readonly (readonly [string, object])[] = [
    [
      ' cookie=0x0, table=0, priority=0 actions=NORMAL',
      { cookie: '0x0', table: 0, rule: 'priority=0', actions: 'NORMAL' },
    ],
    [' cookie=0x6e, actions=drop', { cookie: '0x6e', table: 0, rule: '', actions: 'drop' }],
    [
      ' cookie=0x6e, table=3, ip,nw_dst=10.0.0.0/24 actions=output:3,learn(table=2)',
      { cookie: '0x6e', table: 3, rule: 'ip,nw_dst=10.0.0.0/24', actions: 'output:3,learn(table=2)' },
    ],
    [
      ' cookie=0x6e, table=0, idle_timeout=5, send_flow_rem priority=5,tcp,in_port=3 actions=drop',
      {
        cookie: '0x6e',
        table: 0,
        rule: 'priority=5,tcp,in_port=3',
        actions: 'idle_timeout=5 send_flow_rem drop',
      },
    ],
  ];
  for (const [line, expected] of lines)
    t.deepEqual(flowIn(line), expected as ReturnType<typeof flowIn>, line);
  t.is(flowIn('NXST_FLOW reply (xid=0x4):'), null);
  t.is(identityFound(flowIn(lines[2]![0])!), 'table=3,priority=32768,ip,nw_dst=10.0.0.0/24');
});

test('flows are read as ovs-ofctl has understood them', (t) => {
  const parsed =
    'usable protocols: any\nOFPT_FLOW_MOD (OF1.4) (xid=0x1): ADD table:1 priority=7,tcp,tp_dst=80 actions=drop\n';
  t.deepEqual(flowsParsed({ exitCode: 0, stdout: parsed, stderr: '' }), [
    { table: 1, rule: 'priority=7,tcp,tp_dst=80', actions: 'drop' },
  ]);
  t.deepEqual(flowParsed('OFPT_FLOW_MOD (OF1.4) (xid=0x3): ADD actions=NORMAL'), {
    table: 0,
    rule: '',
    actions: 'NORMAL',
  });
  const lost = '2026-01-01T00:00:00Z|00001|ofp_match|INFO|normalization changed ofp_match, details:\n';
  t.is(flowsParsed({ exitCode: 0, stdout: parsed, stderr: lost }), null);
  t.regex(refusalIn(lost), /protocol/);
  t.is(refusalIn('ovs-ofctl: /tmp/x:1: fly: unknown action\n'), 'fly: unknown action');
});

test('ports are found where a flow has them, and nowhere else', (t) => {
  const names = (text: string): string[] => portsNamed(text);
  t.deepEqual(names('in_port=v0,ip,nw_dst=10.0.0.1'), ['v0']);
  t.deepEqual(
    names('output:v0,enqueue:v1:7,enqueue(v2,3),resubmit(v3,2),resubmit:v4,output(port=v5,max_len=64)'),
    [...['v0', 'v1', 'v2', 'v3', 'v4', 'v5']],
  );
  t.deepEqual(names('in_port=LOCAL'), []);
  t.deepEqual(
    names('output:7,output:0x7,output:NXM_OF_IN_PORT[],output:in_port,resubmit(,2),NORMAL,drop'),
    [],
  );
  t.deepEqual(
    names('learn(table=2,in_port=99,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])'),
    [],
  );
  t.deepEqual(names('tcp,tp_dst=80,dl_vlan=7,ct_state=+trk,tun_src=10.0.0.1,nw_src=192.0.2.0/24'), []);
  t.is(
    withPorts('in_port=a,ip', () => 'b'),
    'in_port=b,ip',
  );
  t.is(
    withPorts('output:"a+b",drop', (name) => `<${name}>`),
    'output:<a+b>,drop',
  );
  for (const [name, word] of [
    ['v0', 'v0'],
    ['a+b', '"a+b"'],
    ['123', '"123"'],
    ['local', '"local"'],
    ['ü', '"ü"'],
  ] as const)
    t.is(portWord(name), word);
});

test('replacing ports by themselves changes nothing', (t) => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('"')),
      (text) => withPorts(text, (name) => name) === text,
    ),
  );
  t.pass();
});

test('spaces in a match do not make it another flow', (t) => {
  t.is(
    identityOf({ table: 1, priority: 2, match: ' ip ,  nw_dst=10.0.0.1 ' }),
    'table=1,priority=2,ip,nw_dst=10.0.0.1',
  );
});
