// Probes: what ping (iputils 20221126) and the connecting script printed in, whether the target was reached out.
import test from 'ava';
import { connecting, pinging } from '../../../src/tools/probe.js';

const ping = (exitCode: number, stdout: string, stderr = '') =>
  pinging('10.0.0.1', 1000).read({ exitCode, stdout, stderr });
const tcp = (exitCode: number, stdout: string, stderr = '') =>
  connecting('10.0.0.1', 80, 1000).read({ exitCode, stdout, stderr });

const statistics =
  '\n--- 10.0.0.1 ping statistics ---\n2 packets transmitted, 0 received, 100% packet loss, time 200ms\n\n';

test('an answer is an answer', (t) => {
  const stdout = '64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.170 ms\n';
  t.deepEqual(ping(0, stdout), { reached: true, detail: 'answered in 0.170 ms' });
  t.deepEqual(tcp(0, 'connected\n'), { reached: true, detail: 'connected' });
});

test('silence and refusals mean that nothing gets there', (t) => {
  t.deepEqual(ping(1, statistics), { reached: false, detail: 'no answer' });
  t.deepEqual(ping(1, `From 10.0.0.9 icmp_seq=1 Destination Host Unreachable\n${statistics}`), {
    reached: false,
    detail: 'Destination Host Unreachable',
  });
  for (const words of [
    'Network is unreachable',
    'No route to host',
    'Invalid argument',
    'Cannot assign requested address',
  ]) {
    for (const name of ['ping', '/usr/bin/ping'])
      t.deepEqual(ping(2, '', `${name}: connect: ${words}\n`), { reached: false, detail: words });
  }
  const prohibited =
    'ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n';
  t.deepEqual(ping(2, '', prohibited), { reached: false, detail: 'Permission denied' });
  t.deepEqual(tcp(0, 'ECONNREFUSED\n'), { reached: false, detail: 'Connection refused' });
  t.deepEqual(tcp(0, 'ETIMEDOUT\n'), { reached: false, detail: 'no answer' });
});

test('a probe that failed by itself says nothing of the network', (t) => {
  t.is(ping(1, '', 'nsenter: cannot open /run/netns/x: No such file or directory\n').reached, null);
  t.is(ping(2, '', "ping: invalid option -- 'Z'\n").reached, null);
  t.is(ping(2, '', 'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n').reached, null);
  t.is(ping(137, '').reached, null);
  t.is(tcp(0, 'EMFILE\n').reached, null);
  t.is(tcp(1, '', 'nsenter: cannot open /run/netns/x: No such file or directory\n').reached, null);
  t.is(tcp(1, 'ECONNREFUSED\n').reached, null);
});

test('a target is an argument, never an option or code', (t) => {
  const { argv } = pinging('-f', 500);
  t.true(argv.indexOf('--') >= 0 && argv.indexOf('--') < argv.indexOf('-f'));
  t.deepEqual(connecting('fd00::1', 80, 500).argv.slice(-4), ['--', 'fd00::1', '80', '500']);
  t.is(connecting('a', 1, 1).argv[2], connecting('b', 2, 2).argv[2]);
});
