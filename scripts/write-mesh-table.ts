import { readFile, writeFile } from 'node:fs/promises';
import { withMeshTable } from './mesh-table.ts';

const file = new URL('../docs/meshes.md', import.meta.url);
await writeFile(file, withMeshTable(await readFile(file, 'utf8')));
