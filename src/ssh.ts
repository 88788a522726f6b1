// The environment in, the two ends of the SSH connection that this process was started by out.
import { readFileSync } from 'node:fs';
import { parseAddress } from './address.js';
import type { Lifelines } from './lifelines.js';

/** sudo takes `SSH_CONNECTION` away, so those who started us are asked, too, as far as we may. Null: there is no SSH in it. */
export function sshConnection(env: NodeJS.ProcessEnv): Lifelines['ssh'] {
  const own = endsOf(env['SSH_CONNECTION']);
  if (own !== null) return own;
  for (let pid = process.ppid; pid > 1;) {
    const parent = look(pid);
    if (parent === null) return null;
    const ends = endsOf(parent.connection);
    if (ends !== null) return ends;
    pid = parent.ppid;
  }
  return null;
}

/** sshd(8): client address, client port, server address, server port. An IPv6 address may say its link behind a `%`. */
function endsOf(text: string | undefined): Lifelines['ssh'] {
  const [client, , server] = (text ?? '').split(' ').map((word) => parseAddress(word.replace(/%.*/, ''))?.ip);
  return client === undefined || server === undefined ? null : { client, server };
}

function look(pid: number): { readonly ppid: number; readonly connection: string | undefined } | null {
  try {
    const [, ppid] = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const connection = variables.find((each) => each.startsWith(NAME))?.slice(NAME.length);
    return { ppid: Number(ppid ?? 0), connection };
  } catch {
    return null; // it has ended, or is somebody else's
  }
}

const NAME = 'SSH_CONNECTION=';
