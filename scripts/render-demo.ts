import { readFileSync, writeFileSync } from 'node:fs';
import { pictureOfDemo } from './picture-of-demo.ts';

/** Draws docs/demo.svg out of docs/demo.json, which `npm run demo -- --scenario demo-alarm --json docs/demo.json` recorded. */
const at = (name: string) => new URL(`../docs/${name}`, import.meta.url);
writeFileSync(at('demo.svg'), pictureOfDemo(JSON.parse(readFileSync(at('demo.json'), 'utf8'))));
