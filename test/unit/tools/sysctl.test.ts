// Kernel settings: paths and values in, what the constant scripts get and what their answers mean out.
import test from 'ava';
import type { Command } from '../../../src/model.js';
import { isSysctlPath, parseSysctls, readSysctls, sysctl } from '../../../src/tools/sysctl.js';

const write = (path: string, value: string, body = 'host'): Command => ({
  tool: 'sysctl',
  body,
  args: [path, value],
});

test('paths and values are data: the script is the same for all', (t) => {
  const [first] = sysctl.calls(
    [write('net/ipv4/ip_forward', '1'), write('net/ipv4/conf/a$(x)/rp_filter', '2')],
    null,
  );
  const [second] = sysctl.calls([write('net/ipv4/tcp_rmem', '1 2 3')], '/run/netns/a');
  t.is(first?.process.input, 'net/ipv4/ip_forward\n1\nnet/ipv4/conf/a$(x)/rp_filter\n2\n');
  t.deepEqual(first?.process.argv, second?.process.argv);
  t.false(first!.process.argv.some((word) => word.includes('\n')));
});

test('only network settings are paths', (t) => {
  for (const path of ['net/ipv4/ip_forward', 'net/ipv4/conf/eth0.10/rp_filter', 'net/ipv4/conf/..a/x'])
    t.true(isSysctlPath(path), path);
  const bad = [
    'kernel/hostname',
    'net',
    'net/',
    'net//x',
    'net/../kernel/x',
    'net/./x',
    'net/x/..',
    '/net/x',
    'net/a b',
    'net/a:b',
    'net/a\nb',
    '',
  ];
  for (const path of bad) {
    t.false(isSysctlPath(path), JSON.stringify(path));
    t.throws(
      () => sysctl.calls([write(path, '1')], null),
      { message: /not a network setting/ },
      JSON.stringify(path),
    );
    t.is(readSysctls([path], null).input, '');
  }
  t.throws(() => sysctl.calls([write('net/x', '1\nnet/y')], null), { message: /not a network setting/ });
});

test('the write whose number the script printed is to blame', (t) => {
  const call = { process: { argv: [], netns: null }, commands: [3, 5] };
  const stderr = 'tee: /proc/sys/net/nope: No such file or directory\n';
  t.deepEqual(sysctl.failure(call, { exitCode: 1, stdout: '2\n', stderr }), {
    command: 5,
    message: '/proc/sys/net/nope: No such file or directory',
  });
  t.deepEqual(sysctl.failure(call, { exitCode: 2, stdout: '', stderr: '' }), {
    command: 3,
    message: 'exit status 2',
  });
  t.is(sysctl.failure(call, { exitCode: 0, stdout: '', stderr: '' }), null);
});

test('values are read with their white space folded, and what is missing is not there', (t) => {
  const printed = 'net/ipv4/tcp_rmem:4096\t131072\t33554432\nnet/x:a: b\nnet/y:1\nnet/y:2\nnet/empty:\n';
  t.deepEqual(parseSysctls(printed), {
    'net/ipv4/tcp_rmem': '4096 131072 33554432',
    'net/x': 'a: b',
    'net/y': '1 2',
    'net/empty': '',
  });
  t.deepEqual(parseSysctls(''), {});
});

test('a person needs no sysctl command either', (t) => {
  t.is(
    sysctl.shell(write('net/ipv4/ip_forward', '1')),
    "printf '%s\\n' 1 | tee /proc/sys/net/ipv4/ip_forward >/dev/null",
  );
  t.is(
    sysctl.shell(write('net/ipv4/tcp_rmem', '1 2 3', 'ns1')),
    "printf '%s\\n' '1 2 3' | ip netns exec ns1 tee /proc/sys/net/ipv4/tcp_rmem >/dev/null",
  );
});
