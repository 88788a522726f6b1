// In: a directory, the tool to ask (ip, nft, ovs), and namespaces below /run/netns. Out: in the directory what it prints of
// this host and of the namespaces, in the files that the tests of the readers take. The tools are those of PATH.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { HOST, netnsFile } from '../src/model.js';
import { settingsFrom } from '../src/settings.js';
import { readFdb, readVlans } from '../src/tools/bridge.js';
import { readNamespace, readRules } from '../src/tools/ip.js';
import { readRuleset } from '../src/tools/nft.js';
import { readDatabase } from '../src/tools/ovs-database.js';
import { run } from '../src/tools/run.js';
import { INPUT, type Process } from '../src/tools/tool.js';
import { everyRule, scriptOf, wanted } from '../test/support/nat.js';

const [directory = '', tool, ...namespaces] = process.argv.slice(2);
const settings = settingsFrom(process.env);

await mkdir(directory, { recursive: true });
if (tool === 'ovs') await record('ovs.jsonl', readDatabase(settings));
if (tool === 'nft') {
  // Rules are listed by the version that has made them.
  await outputOf({ argv: ['nft', '-f', INPUT], netns: null, input: scriptOf(wanted(everyRule)) });
  await record('every-rule.json', readRuleset(null));
}
if (tool === 'ip') {
  for (const name of [HOST, ...namespaces]) {
    const netns = name === HOST ? null : netnsFile(name);
    await record(`${name}.ip.jsonl`, readNamespace(netns));
    await record(`${name}.vlans.json`, readVlans(netns));
    await record(`${name}.fdb.json`, readFdb(netns));
    await record(`${name}.rules.jsonl`, readRules(netns));
  }
}

async function record(file: string, question: Process): Promise<void> {
  await writeFile(path.join(directory, file), await outputOf(question));
}

async function outputOf(process: Process): Promise<string> {
  const { exitCode, stdout, stderr } = await run(process, settings);
  if (exitCode !== 0) throw new Error(`${process.argv.join(' ')}: ${stderr}`);
  return stdout;
}
