import { writeFileSync } from 'node:fs';
import { exampleFile, exampleRecording, exampleSeed } from './example.ts';

/** Writes the example recording anew. */
writeFileSync(exampleFile, await exampleRecording());
console.log(`${exampleFile}, simulated with the seed ${exampleSeed}`);
