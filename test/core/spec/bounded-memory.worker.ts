import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { isNestedDeeper } from '../../../core/nesting.ts';
import { readAlertJson } from '../../../core/spec/alert-message.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';

/** Reads as somebody who thinks of no harm: keeps ten thousand things for each letter. */
function careless(letters: number): number {
  return Array.from({ length: letters }, (_, index) => Array(10_000).fill(index)).length;
}

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  spec: (text) => parseSpec(text, 'a.yaml').ok,
  alerts: (text) => readAlertJson(text).wrong.length,
  event: (text) => isNestedDeeper(JSON.parse(text), 100),
  careless: (text) => careless(text.length),
};

for (const { reader, text } of z.array(z.object({ reader: z.string(), text: z.string() })).parse(workerData)) readers[reader]?.(text);
parentPort?.postMessage('read');
