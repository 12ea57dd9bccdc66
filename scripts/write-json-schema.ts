import { writeFile } from 'node:fs/promises';
import { rolloutJsonSchema } from '../core/spec/json-schema.ts';

const file = new URL('../core/spec/rollout.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(rolloutJsonSchema(), null, 2)}\n`);
