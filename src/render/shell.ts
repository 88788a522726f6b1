// A command in, the line that does the same when a person types it as root out.
import { HOST, type Command } from '../model.js';
import { tools } from '../tools/index.js';
import { shellWord } from '../tools/tool.js';

/** `ip` and its like know namespaces below /run/netns by name; any other is entered by its file. */
export function shellLine(command: Command, netns: string | null): string {
  const tool = tools[command.tool];
  if (netns === null) return tool.shell({ ...command, body: HOST });
  const [, name] = /^\/run\/netns\/([^/]+)$/.exec(netns) ?? [];
  if (name !== undefined) return tool.shell({ ...command, body: name });
  return `nsenter --net=${shellWord(netns)} ${tool.shell({ ...command, body: HOST })}`;
}
