// A host of its own in which systemd is process 1, with no units but those that it is given. For the lab alone: elsewhere it would
// share the machine's files.
import type { ExecutionContext } from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run, type Outcome } from './process.js';

/** Process 1 of the host. What new units stand on by default is there, and empty. */
const FIRST = String.raw`
for directory in /run /tmp /var/tmp; do mount -t tmpfs own $directory; done
mount -t proc proc /proc
umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd/system /run/netns
for target in sysinit basic shutdown; do
  printf '[Unit]\nDefaultDependencies=no\n' >/run/systemd/system/$target.target
done
exec env -i container=other PATH="$PATH" SYSTEMD_UNIT_PATH=/run/systemd/system \
  /lib/systemd/systemd --system --unit=basic.target --log-target=console --show-status=0
`;

/** Runs a script of the shell there, whatever comes of it. */
export type Shell = (script: string) => Promise<Outcome>;

/** Where systemd has the socket that systemd-run speaks to. */
const READY = 'root/run/systemd/private';

export async function openSystemd(t: ExecutionContext): Promise<Shell> {
  const apart = ['--pid', '--mount', '--net', '--cgroup', '--ipc', '--uts', '--fork', '--kill-child'];
  const child = spawn('unshare', [...apart, 'sh', '-c', FIRST], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  let first = '';
  while (first === '' || !existsSync(`/proc/${first}/${READY}`)) {
    if (child.exitCode !== null) throw new Error(`systemd ended with ${child.exitCode}`);
    await sleep(100);
    first = existsSync(children) ? readFileSync(children, 'utf8').trim() : '';
  }
  const within = ['nsenter', '-t', first, '-p', '-m', '-n', '-C', '-i', '-u', 'sh', '-c'] as const;
  return (script) => run([...within, script], { allowFailure: true });
}
