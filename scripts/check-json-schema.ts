import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { rolloutJsonSchema } from '../core/spec/json-schema.ts';

const file = new URL('../core/spec/rollout.schema.json', import.meta.url);
const current = isDeepStrictEqual(JSON.parse(await readFile(file, 'utf8')), JSON.parse(JSON.stringify(rolloutJsonSchema())));
if (current) console.log('JSON Schema: current');
else console.error('core/spec/rollout.schema.json is not what core/spec/rollout-spec.ts says. Run `npm run schema`.');
process.exitCode = current ? 0 : 1;
