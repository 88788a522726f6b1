// The table of kinds in; schemas/topology.schema.json and docs/topology.md out, which a test compares with what this would write.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { jsonText } from '../src/render/json.js';
import { topologySchema } from '../src/schema.js';
import { reference } from './reference/document.js';

const root = path.join(import.meta.dirname, '../..');
await writeFile(path.join(root, 'schemas/topology.schema.json'), jsonText(topologySchema()));
await writeFile(path.join(root, 'docs/topology.md'), reference());
